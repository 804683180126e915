"""Entities and document types: bombs are refused, nothing outside is opened, small ones work."""

# ruff: noqa: E501 - samples of markup stay on one line
from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.parse import parse_feed

NOW = datetime(2026, 11, 24, tzinfo=UTC)

LAUGHS = "<!DOCTYPE rss [<!ENTITY a0 'ha'>{}]><rss><channel><item><title>&a30;</title></item></channel></rss>".format(
    "".join(f"<!ENTITY a{n} '&a{n - 1};&a{n - 1};&a{n - 1};'>" for n in range(1, 31))
)
QUADRATIC = f"<!DOCTYPE rss [<!ENTITY a '{'x' * 60_000}'>]><rss><channel><item><title>{'&a;' * 60_000}</title></item></channel></rss>"
IN_ATTRIBUTES = f"<!DOCTYPE rss [<!ENTITY a '{'x' * 60_000}'>]><rss><channel><item><link href='{'&a;' * 9_000}'/></item></channel></rss>"
PARAMETERS = "<!DOCTYPE rss [<!ENTITY % a0 'ha'>{}<!ENTITY b '%a30;'>]><rss><channel><item><title>&b;</title></item></channel></rss>".format(
    "".join(f"<!ENTITY % a{n} '%a{n - 1};%a{n - 1};%a{n - 1};'>" for n in range(1, 31))
)
ITSELF = (
    "<!DOCTYPE rss [<!ENTITY a '&b;'><!ENTITY b '&a;'>]><rss><channel><item><title>&a;</title></item></channel></rss>"
)
BOMBS = {"laughs": LAUGHS, "quadratic": QUADRATIC, "attributes": IN_ATTRIBUTES, "parameters": PARAMETERS, "itself": ITSELF}  # fmt: skip

# BAIT and PORT stand for a file and a listening port.
OUTSIDE = [
    '<!DOCTYPE rss SYSTEM "file://BAIT"><rss><channel><item><title>T&amp;x</title></item></channel></rss>',
    '<!doctype rss SYSTEM "BAIT"><rss><channel><item><title>T</title></item></channel></rss>',
    '<!DOCTYPE rss PUBLIC "x" "http://127.0.0.1:PORT/x.dtd"><rss><channel><item><title>T&eacute;</title></item></channel></rss>',
    '<!DOCTYPE rss [<!ENTITY f SYSTEM "file://BAIT">]><rss><channel><item><title>T&f;</title></item></channel></rss>',
    '<!DOCTYPE rss [<!ENTITY f PUBLIC "-//x" "BAIT">]><rss><channel><item><title>T&f;</title></item></channel></rss>',
    "<!DOCTYPE rss [<!ENTITY % p SYSTEM 'http://127.0.0.1:PORT/p'> %p;]><rss><channel><item><title>T</title></item></channel></rss>",
    "<!DOCTYPE rss [<!ENTITY % p SYSTEM 'file://BAIT'> %p;]><rss><channel><item><title>T</title></item></channel></rss>",
    "<!DOCTYPE rss [<!ENTITY f SYSTEM 'file://BAIT>'>]><rss><channel><item><title>T&f;</title></item></channel></rss>",
    '<?xml-stylesheet type="text/xsl" href="file://BAIT"?><rss><channel><item><title>T</title></item></channel></rss>',
    '<rss xmlns:xi="http://www.w3.org/2001/XInclude"><channel><item><title>T<xi:include href="file://BAIT" parse="text"/></title></item></channel></rss>',
    '<rss xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="http://127.0.0.1:PORT/s.xsd"><channel><item><title>T</title></item></channel></rss>',
    "<!DOCTYPE CHANNEL SYSTEM 'BAIT'><unknown><ITEM><TITLE>T</TITLE></ITEM></unknown>",
]  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_check_15_bombs_are_refused_at_once(bomb: str) -> None:
    began = time.process_time()
    with pytest.raises(NotReadable):
        parse_feed(BOMBS[bomb].encode(), url="https://e.org/", content_type=None, now=NOW)
    assert time.process_time() - began < 1


@pytest.mark.slow("starts an interpreter with an audit hook")
def test_check_15_no_file_or_socket_is_opened_and_memory_stays(tmp_path: Path) -> None:
    """libxml2 opens files without Python's knowledge: the bait is a pipe, on which whoever opens it waits for ever,
    and the port is one that would accept."""
    bait = tmp_path / "bait"
    os.mkfifo(bait)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0)
        port = listening.getsockname()[1]
        bodies = [one.replace("BAIT", str(bait)).replace("PORT", str(port)) for one in OUTSIDE]
        program = f"""
import resource, sys, warnings
warnings.simplefilter("ignore")
sys.path[:0] = {[str(Path(__file__).resolve().parents[3] / "src")]!r}
from datetime import UTC, datetime
from broadsheet.copydesk.parse import parse_feed, NotReadable
import broadsheet.copydesk.kinds.fallback, feedparser, feedparser.api, encodings.idna
now = datetime(2026, 11, 24, tzinfo=UTC)
def read(body):
    try:
        return parse_feed(body.encode(), url="https://e.org/", content_type=None, now=now)
    except NotReadable:
        return None
read("<rss><channel><item><title>warm</title></item></channel></rss>"); read("<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;&nbsp;</x>")
seen = []
sys.addaudithook(lambda event, args: seen.append((event, args)) if event in ("open", "socket.connect", "socket.getaddrinfo", "subprocess.Popen") else None)
for body in {bodies!r}:
    feed = read(body)
    assert feed is None or feed.entries[0].title.startswith("T"), feed
opened = [one for one in seen if not str(one[1][0]).endswith((".py", ".pyc"))]
assert not opened, opened
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for bomb in {list(BOMBS.values())!r}:
    assert read(bomb) is None
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
assert grown < 64 * 1024, grown
"""
        done = subprocess.run([sys.executable, "-"], input=program, capture_output=True, text=True, timeout=50)
        with pytest.raises(BlockingIOError):
            listening.accept()
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("declared", "title"),
    [
        ("<!ENTITY ours 'The Gazette'>", "The Gazette é"),
        ("<!ENTITY name 'Gazette'><!ENTITY ours 'The &name;'>", "The Gazette é"),
        ("<!ENTITY ours 'The&#32;Gazette'>", "The Gazette é"),
        ("<!ENTITY ours \"The Gazette\"><!ENTITY eacute 'e'>", "The Gazette e"),
    ],
)
def test_check_15_small_internal_entities_still_work(declared: str, title: str) -> None:
    body = f"<!DOCTYPE rss [{declared}]><rss><channel><item><title>&ours; &eacute;</title></item></channel></rss>"
    feed = parse_feed(body.encode(), url="https://e.org/", content_type=None, now=NOW)
    assert feed.entries[0].title == title


@pytest.mark.parametrize("doctype", ["", "<!DOCTYPE rss>", '<!DOCTYPE rss PUBLIC "-//x//DTD" "https://e.org/rss.dtd">'])
def test_check_15_no_text_is_lost_after_an_entity_of_html(doctype: str) -> None:
    body = f"{doctype}<rss><channel><item><title>Caf&eacute;&nbsp;&mdash; open &unknown; late</title><description>&Auml;&hellip; all &amp; more</description></item></channel></rss>"
    entry = parse_feed(body.encode(), url="https://e.org/", content_type=None, now=NOW).entries[0]
    assert entry.title == "Café — open &unknown; late"
    assert entry.summary_html == "Ä… all & more"
