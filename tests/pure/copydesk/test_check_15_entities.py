"""Entities and document types: bombs are refused, nothing outside is opened, small ones work."""

# ruff: noqa: E501 - samples of markup stay on one line
from __future__ import annotations

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
OUTSIDE = [
    '<!DOCTYPE rss SYSTEM "file:///etc/passwd"><rss><channel><item><title>T&amp;x</title></item></channel></rss>',
    '<!DOCTYPE rss PUBLIC "x" "http://127.0.0.1:9/x.dtd"><rss><channel><item><title>T&eacute;</title></item></channel></rss>',
    '<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/passwd">]><rss><channel><item><title>T&f;</title></item></channel></rss>',
    "<!DOCTYPE rss [<!ENTITY % p SYSTEM 'http://127.0.0.1:9/p'> %p;]><rss><channel><item><title>T</title></item></channel></rss>",
    "<!DOCTYPE rss [<!ENTITY f SYSTEM 'file:///etc/pass>wd'>]><rss><channel><item><title>T&f;</title></item></channel></rss>",
    '<?xml-stylesheet type="text/xsl" href="file:///etc/passwd"?><rss><channel><item><title>T</title></item></channel></rss>',
    '<rss xmlns:xi="http://www.w3.org/2001/XInclude"><channel><item><title>T<xi:include href="file:///etc/passwd" parse="text"/></title></item></channel></rss>',
]  # fmt: skip


@pytest.mark.parametrize("bomb", [LAUGHS, QUADRATIC], ids=["laughs", "quadratic"])
def test_check_15_bombs_are_refused_at_once(bomb: str) -> None:
    began = time.perf_counter()
    with pytest.raises(NotReadable):
        parse_feed(bomb.encode(), url="https://e.org/", content_type=None, now=NOW)
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize("body", OUTSIDE)
def test_check_15_nothing_outside_gets_in(body: str) -> None:
    try:
        feed = parse_feed(body.encode(), url="https://e.org/", content_type=None, now=NOW)
    except NotReadable:
        return
    assert "root:" not in str(feed)
    assert feed.entries[0].title.startswith("T")


@pytest.mark.slow("starts an interpreter with an audit hook")
def test_check_15_no_file_or_socket_is_opened() -> None:
    """libxml2 opens files without Python's knowledge, so system calls are asked, not only the hook."""
    program = f"""
import sys
sys.path[:0] = {[str(Path(__file__).resolve().parents[3] / "src")]!r}
from datetime import UTC, datetime
from broadsheet.copydesk.parse import parse_feed, NotReadable
import broadsheet.copydesk.kinds.fallback, feedparser, feedparser.api, encodings.idna
seen = []
sys.addaudithook(lambda event, args: seen.append((event, args)) if event in ("open", "socket.connect", "socket.getaddrinfo") else None)
import os
for body in {OUTSIDE!r}:
    body = body.replace("/etc/passwd", os.environ["BAIT"])
    before = os.stat(os.environ["BAIT"]).st_atime_ns
    try:
        parse_feed(body.encode(), url="https://e.org/", content_type=None, now=datetime(2026, 11, 24, tzinfo=UTC))
    except NotReadable:
        pass
    assert os.stat(os.environ["BAIT"]).st_atime_ns == before, body
opened = [one for one in seen if not str(one[1][0]).endswith((".py", ".pyc"))]
assert not opened, opened
"""
    bait = Path(__file__).resolve()
    done = subprocess.run(
        [sys.executable, "-c", program], env={"BAIT": str(bait)}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


def test_check_15_small_internal_entities_still_work() -> None:
    body = "<!DOCTYPE rss [<!ENTITY ours 'The Gazette'>]><rss><channel><item><title>&ours; &eacute;</title></item></channel></rss>"
    feed = parse_feed(body.encode(), url="https://e.org/", content_type=None, now=NOW)
    assert feed.entries[0].title == "The Gazette é"
