"""Check 05: there is no other way out."""

from __future__ import annotations

import ast
import re
import socket
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.parse import parse_feed
from broadsheet.lib.http import Door, FetchFailed, Reason
from tests.wire_server import WireServer, answer

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
ROOT = Path(__file__).parents[3]


CLIENTS = {
    "httpcore", "httpx", "requests", "urllib3", "aiohttp", "niquests", "http.client", "urllib.request", "ftplib",
    "smtplib", "poplib", "imaplib", "telnetlib", "xmlrpc.client", "pycurl", "websocket", "websockets", "tornado",
    "trafilatura.downloads", "asyncio.streams", "h11", "h2",
}  # fmt: skip
# What opens a connection, or a file for a URL, inside a library that we use for something else.
CALLS = {
    "fetch_url", "fetch_response", "urlopen", "urlretrieve", "create_connection", "open_connection", "extract_from_url",
    "build_opener", "getresponse",
}  # fmt: skip
# Who may make a bare socket, and for what; none of them speaks to another server.
SOCKETS = {
    "ops/doctor.py": "sees whether the port to serve at is free",
    "ops/serving.py": "makes the socket we listen at",
    "ops/commands/serve.py": "takes that socket over from the process before",
    "ops/counting.py": "a unix socket, to count what was read",
    "trends/pulse.py": "the other end of it",
}


# Parsing is slow, so only what imports one of their packages, or holds one of the calls, is parsed.
PACKAGES = "|".join(sorted({"socket", *(client.partition(".")[0] for client in CLIENTS)}))
WORDS = re.compile(
    rf"^\s*(?:import|from)\s.*\b(?:{PACKAGES})\b|\b(?:import_module|__import__|{'|'.join(sorted(CALLS))})\(", re.M
)


@cache
def modules() -> dict[str, ast.Module]:
    source = ROOT / "src" / "broadsheet"
    texts = {
        path.relative_to(source).as_posix(): path.read_text("utf-8")
        for path in source.rglob("*.py")
        if source / "lib" / "http" not in path.parents
    }
    assert len(texts) > 100
    return {name: ast.parse(text) for name, text in texts.items() if WORDS.search(text)}


def imported(tree: ast.Module) -> set[str]:
    """Every module and every name of a module that is imported, also inside a function or by its name as text."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
        elif isinstance(node, ast.Call) and called(node) in ("import_module", "__import__") and node.args:
            found |= {node.args[0].value} if isinstance(node.args[0], ast.Constant) else set()
    return found


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


@pytest.mark.slow("reads the whole source")
def test_check_05_no_other_module_imports_an_http_client() -> None:
    guilty = {
        f"{name}: {module}"
        for name, tree in modules().items()
        for module in imported(tree)
        if any(module == client or module.startswith(f"{client}.") for client in CLIENTS)
    }
    assert guilty == set()


@pytest.mark.slow("reads the whole source")
def test_check_05_no_other_module_opens_a_connection() -> None:
    guilty = set()
    for name, tree in modules().items():
        calls = {called(node) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        guilty |= {f"{name}: {call}" for call in calls & CALLS}
        if name not in SOCKETS and "socket" in imported(tree) and calls & {"socket", "connect"}:
            guilty.add(f"{name}: a socket")
    assert guilty == set()


def test_check_05_the_rule_finds_what_it_looks_for() -> None:
    tree = ast.parse("def f():\n import urllib.request as u\n u.urlopen('x')\n import_module('requests')")
    assert {"urllib.request", "requests"} <= imported(tree)
    assert {called(node) for node in ast.walk(tree) if isinstance(node, ast.Call)} == {"urlopen", "import_module"}


def test_check_05_the_tests_themselves_cannot_leave_this_machine() -> None:
    with socket.socket() as outside, pytest.raises((RuntimeError, UserWarning), match="connect"):
        outside.connect(("93.184.216.34", 80))


def test_check_05_no_source_or_feed_has_a_proxy_of_its_own() -> None:
    for room in ("wire", "sources", "config"):
        for path in (ROOT / "src" / "broadsheet" / room).rglob("*.py"):
            assert not re.search(r"prox(?:y|ies)_?(?:url|host|address)|http_proxy", path.read_text("utf-8"), re.I), path


@pytest.mark.parametrize(
    "body",
    ["{url}/feed", "  {url}/feed\n", "feed:{url}/feed", "file:///etc/hostname", "/etc/hostname"],
)
def test_check_05_a_body_that_is_an_address_or_a_path_is_not_opened(server: WireServer, body: str) -> None:
    server.script("/feed", answer(b"<rss><channel><item><title>inside</title></item></channel></rss>"))
    given = body.format(url=server.url).encode()
    for content_type in ("application/rss+xml", "text/plain", None):
        try:
            found = parse_feed(given, url="http://a.test/", content_type=content_type, now=NOW)
        except NotReadable:
            continue
        assert found.entries == []
    assert server.connections == 0


def test_check_05_unix_sockets_cannot_be_reached(door: Door) -> None:
    with pytest.raises(FetchFailed) as caught:
        door._connector.connect_unix_socket("/run/x.sock")
    assert caught.value.reason is Reason.ADDRESS_NOT_ALLOWED
