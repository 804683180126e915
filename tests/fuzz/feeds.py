"""Any bytes as a feed: a plain reason, or a feed that can be stored, whatever was in it."""

from __future__ import annotations

import gzip
import json
import re
import sys
import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.fuzz import driver

with driver.watched():
    from broadsheet.copydesk.entries import Entry, ParsedFeed
    from broadsheet.copydesk.errors import NotReadable
    from broadsheet.copydesk.parse import parse_feed

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
CONTENT_TYPES = (None, "application/rss+xml; charset=iso-8859-1", "text/xml; charset=utf-16", "application/json")
_ROOT = Path(__file__).resolve().parents[2]
_SAMPLES = _ROOT / "tests" / "samples" / "feeds"
_OUTSIDE = _ROOT.parent / "shared" / "data" / "feeds"
_OPML = b"""<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body><outline text="World">
<outline type="rss" text="The Gazette" xmlUrl="https://gazette.example/rss" htmlUrl="https://gazette.example/"/></outline>
</body></opml>"""
_ENTITIES = b"""<!DOCTYPE rss [<!ENTITY ours "The Gazette"><!ENTITY % more "x">]><rss version="2.0"><channel>
<title>&ours;</title><item><title>&eacute;&#146;&#x1F600;</title><guid>1</guid></item></channel></rss>"""
_ODD = """<rss version="2.0" xml:base="https://odd.example/" xmlns:media="http://search.yahoo.com/mrss/"
 xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<atom:link rel="hub" href="https://hub.example/"/><atom:link rel="self" href="/feed"/><ttl>60</ttl>
<item xml:lang="de"><title>Ä &lt;b&gt;x&lt;/b&gt;</title><link>a?b=c</link><media:group><media:content url="i.jpg"
 medium="image"/><media:description>d</media:description></media:group><itunes:image href="/i.png"/>
<enclosure url="/e.mp3" type="audio/mpeg" length="9"/><pubDate>Mon, 23 Nov 2026 10:15:00 +0100</pubDate></item>
</channel></rss>""".encode()
SCRAPS = (b"]]>", b"<![CDATA[", b"<item>", b"</item>", b"<entry>", b"</rss>", b"<channel>", b"&nbsp;", b"&amp;lt;",
          b"&#xD800;", b"&#0;", b"&#146;", b"<!--", b"-->", b"<!DOCTYPE x [", b"<!ENTITY a '&a;'>", b"xml:base='",
          b"xml:base='javascript:'", b"xmlns:a='", b"<?xml version='1.0' encoding='utf-16'?>", b"\\ud800", b'"items":[',
          b"<link rel='hub' href='", b"\x1f\x8b\x08\x00", b"<pubDate>", b"type='xhtml'", b"mode='base64'")  # fmt: skip


def _seeds() -> list[bytes]:
    found = [path.read_bytes() for path in sorted(_SAMPLES.glob("*")) if "expected" not in path.name]
    found += [_OPML, _ENTITIES, _ODD, gzip.compress(_ODD, mtime=0), _ODD.decode().encode("utf-16"),
              _ODD.decode().encode("utf-32-be"), _ODD.decode().encode("latin-1")]  # fmt: skip
    return found


SEEDS = _seeds()
# NUL as JSON spells it, with no backslash of its own before it: PostgreSQL refuses it.
_HOLDS_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def corpora(limit: int = 20_000) -> list[bytes]:
    """Seeds from the outside material, where it is here: cases of other parsers and captured feeds up to a length."""
    if not _OUTSIDE.is_dir():
        return []
    paths = (path for path in sorted(_OUTSIDE.rglob("*")) if path.is_file() and path.suffix != ".jsonl")
    return [path.read_bytes() for path in paths if path.stat().st_size <= limit and "expected" not in path.name]


def target(data: bytes) -> None:
    content_type = CONTENT_TYPES[len(data) % len(CONTENT_TYPES)]
    try:
        feed = parse_feed(data, url="https://odd.example/dir/feed", content_type=content_type, now=NOW)
    except NotReadable:
        return
    assert len(feed.entries) <= 500
    written = json.dumps(feed.as_json(), ensure_ascii=False)
    written.encode("utf-8")
    assert not _HOLDS_NUL.search(written)
    assert ParsedFeed.from_json(json.loads(written)) == feed
    _one_line(feed.title)
    for hub, topic in feed.hubs:
        _of_the_web(hub)
        _of_the_web(topic)
    for entry in feed.entries:
        _sound(entry)


def _sound(entry: Entry) -> None:
    for words in (entry.title, entry.id, *entry.authors, *entry.categories):
        _one_line(words)
    assert len(entry.key.encode()) <= 2048
    for kind in (one.type for one in (*entry.pictures, *entry.enclosures)):
        _one_line(kind)
    for address in (entry.url, entry.source_url, *(one.url for one in (*entry.pictures, *entry.enclosures))):
        if address is not None:
            _of_the_web(address)
    for moment in (entry.published, entry.updated):
        assert moment is None or moment.utcoffset() == timedelta(0)


def _one_line(words: str) -> None:
    assert unicodedata.is_normalized("NFC", words)
    assert not any(unicodedata.category(one) in ("Cc", "Cs") for one in words), words


def _of_the_web(address: str) -> None:
    assert address.startswith(("http://", "https://")), address


if __name__ == "__main__":
    sys.exit(driver.main("feeds", target, [*SEEDS, *corpora()], SCRAPS))
