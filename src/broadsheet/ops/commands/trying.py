"""`broadsheet try feed|page|markup|robots|address`: what the wire would make of something."""

from __future__ import annotations

import argparse
import base64
import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from broadsheet.ops.errors import OperatorError

if TYPE_CHECKING:
    from broadsheet.copydesk.jail import Jail

_HELP = {
    "feed": "a feed, a sitemap: its entries",
    "page": "an article's page: its text and what it says of itself",
    "markup": "outside markup after the cleaner",
    "robots": "whether a robots.txt lets us read an address",
    "address": "whether the door would go to an address",
}
# Kinds that go along a stream and keep in mind what came before: lines only, answered one after the other.
_ALONG = {
    "copies": "which texts are copies of earlier ones",
    "stories": "which story each article belongs to, and why",
    "sections": "which section an article belongs to, and why",
}
_LINES = """\
Without an argument it reads one JSON object a line from standard input and writes one for each, in
their order. docs/wire.md, "Asking the wire", says what goes in and what comes out.
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its kinds."""
    parser = commands.add_parser(
        "try",
        help="show what the wire would make of a feed, a page, markup, a robots.txt or an address",
        description="Show what the wire would make of something, through exactly the code it runs. " + _LINES,
    )
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    for kind, help in _HELP.items():
        one = kinds.add_parser(kind, help=help, description=f"Show {help}. {_LINES}")
        what = "URL" if kind == "address" else "FILE|URL"
        one.add_argument("what", nargs="?", metavar=what, help="what to show to a person (default: lines of JSON)")
        if kind in ("feed", "page", "markup"):
            one.add_argument("--url", help="where a file came from: what its links are relative to")
        if kind == "robots":
            one.add_argument("--agent", default="Broadsheet", help="the agent that asks (default Broadsheet)")
            one.add_argument("--url", help="the address that is asked about (default: the argument, if it is one)")
        if kind == "address":
            one.add_argument("--resolves-to", action="append", metavar="IP", help="what its name resolves to")
        one.set_defaults(run=run)
    for kind, help in _ALONG.items():
        one = kinds.add_parser(kind, help=help, description=f"Show {help}. {_LINES}")
        one.set_defaults(run=run, what=None)
        if kind == "sections":
            one.add_argument("--train", type=Path, metavar="FILE", help='lines with "section" to learn from first')


def run(arguments: argparse.Namespace) -> int:
    """Answer lines, or show one thing to a person."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if arguments.kind in _ALONG:
        return _stream_along(arguments)
    return _stream(arguments.kind) if arguments.what is None else _show(arguments)


def _stream_along(arguments: argparse.Namespace) -> int:
    from broadsheet.ops.trying import stream

    answer = importlib.import_module(f"broadsheet.ops.trying.{arguments.kind}").answerer(arguments)
    with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as into:
        stream.serve(into, sys.stdout.buffer, answer, workers=1)
    return 0


def _stream(kind: str) -> int:
    from broadsheet.ops.trying import answers, stream

    workers = max(1, min(4, os.cpu_count() or 1))
    # Unbuffered: whoever asks line by line gets each answer before the next question.
    with _jail(workers) as jail, open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as into:
        stream.serve(into, sys.stdout.buffer, lambda request: answers.answer(kind, request, jail), workers=workers)
    return 0


def _jail(workers: int) -> Jail:
    from broadsheet.copydesk.jail import Jail

    return Jail(workers=workers)


def _show(arguments: argparse.Namespace) -> int:
    from broadsheet.ops.trying import answers, showing

    request = _request(arguments)
    with _jail(1) as jail:
        answer = answers.answer(arguments.kind, request, jail)
    if "reason" in answer and arguments.kind != "address":
        raise OperatorError(f"{arguments.what}: {answer['reason']}", "Nothing was changed.")
    for line in showing.lines(arguments.kind, answer):
        print(line)
    return 0


def _request(arguments: argparse.Namespace) -> dict[str, Any]:
    """What a line of JSON would have held."""
    what, kind = arguments.what, arguments.kind
    if kind == "address":
        return {"url": what, "resolves_to": arguments.resolves_to}
    if kind == "robots" and _is_address(what) and arguments.url is None:
        return {"robots": _robots_of(what), "url": what, "agent": arguments.agent}
    body, url, headers = _fetched(what, kind) if _is_address(what) else (_read(what), None, {})
    url = arguments.url or url
    if kind == "robots":
        if url is None:
            raise OperatorError("Which address is asked about?", "Say it with --url.", code=2)
        return {"robots": body.decode("utf-8", "replace"), "url": url, "agent": arguments.agent}
    if kind == "markup":
        return {"html": body.decode("utf-8", "replace"), "url": url}
    if kind == "page" and url is None:
        url = "http://localhost/"
    return {"body": base64.b64encode(body).decode(), "url": url, "headers": headers}


def _is_address(what: str) -> bool:
    return what.lower().startswith(("http://", "https://"))


def _read(what: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if what == "-" else Path(what).read_bytes()
    except OSError as problem:
        raise OperatorError(f"{what} cannot be read: {problem.strerror}.", "Check the path.") from None


def _fetched(url: str, kind: str) -> tuple[bytes, str, dict[str, str]]:
    """An address through the wire's own door."""
    from broadsheet.lib.http import FetchFailed
    from broadsheet.ops.trying.doorway import open_door

    try:
        with open_door() as door:
            got = door.fetch(url, {"markup": "page"}.get(kind, kind))
    except FetchFailed as failed:
        raise OperatorError(
            f"{url}: {failed.reason.sentence} {failed.detail}".strip(), "Nothing was changed."
        ) from None
    return got.body, got.url, dict(got.headers)


def _robots_of(url: str) -> str:
    """The robots.txt that stands before an address, by the wire's rules for one that does not answer."""
    from broadsheet.ops.trying.doorway import open_door
    from broadsheet.wire.errands import robots_of

    with open_door() as door:
        return robots_of(url, door)
