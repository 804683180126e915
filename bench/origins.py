"""Many sources in one small loopback server, a host name each.

    python -m bench.origins SOURCES ENTRIES [WORDS [HOSTILE [TEASERS]]]

Prints its port. Feeds are at `/feed` of `s<number>.bench.example`; `/round/<n>` sets how many entries each feed has
gained since the start. With TEASERS feeds say little, and the texts stand on pages, in the furniture that pages have.
Of every HOSTILE sources one misbehaves, in turn: it never answers, trickles, sends 50 MB
without a length, resets, sends a bomb, leads in a circle, or fails. Texts are made of a fixed vocabulary by a seeded
generator, so every run serves the same bytes.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import logging
import random
import sys
from datetime import UTC, datetime, timedelta
from functools import lru_cache

WORDS = (
    "harbour council vote river bridge market winter signal engine border ministry season striker theatre "
    "ledger token studio console antenna glacier ferry station harvest tariff budget senate referee melody "
    "reserve wallet patch sensor valley island customs inquiry reform coach album bond validator quest "
    "firmware trail coast treaty verdict campaign"
).split()
SECTIONS = ["World", "Politics", "Sports", "Celebrity", "Business", "Crypto", "Gaming", "Tech", "Travel"]
BEGAN = datetime.now(UTC).replace(microsecond=0)


def told(source: int, number: int, words: int) -> tuple[list[str], str, str]:
    """An article's words, headline and paragraphs."""
    dice = random.Random(source * 1_000_003 + number)
    text = [dice.choice(WORDS) for _ in range(words)]
    paragraphs = "".join(f"<p>{' '.join(text[i : i + 60]).capitalize()}.</p>" for i in range(0, words, 60))
    return text, f"{' '.join(text[:7]).capitalize()} {source}-{number}", paragraphs


def page(source: int, number: int, words: int) -> str:
    """An article's page, some 12 KB: a bar of links, the text, a rail of other headlines, a footer."""
    _, title, paragraphs = told(source, number, words)
    bar = "".join(f'<li><a href="/{name.lower()}/">{name}</a></li>' for name in SECTIONS)
    rail = "".join(
        f'<li><a href="/a/{other}">{told(source, other, 12)[1]}</a><p>By a reporter, {other} hours ago</p></li>'
        for other in range(30)
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} | Source {source}</title>'
        f'<meta property="og:title" content="{title}"><meta name="author" content="A Reporter">'
        f'<link rel="canonical" href="http://s{source}.bench.example/a/{number}"></head><body>'
        f'<header><nav><ul>{bar}</ul></nav></header><main><article><h1>{title}</h1><p class="byline">By A Reporter</p>'
        f"{paragraphs}</article><aside><h2>Most read</h2><ul>{rail}</ul></aside></main>"
        f"<footer><ul>{bar}</ul><p>Source {source}. All rights reserved.</p></footer></body></html>"
    )


@lru_cache(maxsize=200_000)
def item(source: int, number: int, words: int, teaser: bool = False) -> str:
    """One entry as RSS, with its full text or a teaser of it."""
    text, title, paragraphs = told(source, number, words)
    full = "" if teaser else f"<content:encoded><![CDATA[{paragraphs}]]></content:encoded>"
    when = BEGAN - timedelta(minutes=7 * (30 - number) + source % 7)
    return (
        f"<item><title>{title}</title><link>http://s{source}.bench.example/a/{number}</link>"
        f'<guid isPermaLink="false">s{source}-{number}</guid><pubDate>{when:%a, %d %b %Y %H:%M:%S} +0000</pubDate>'
        f"<category>{SECTIONS[source % 9]}</category><category>{text[3].capitalize()} {text[5].capitalize()}</category>"
        f"<description>{' '.join(text[:25]).capitalize()}.</description>"
        f"{full}</item>"
    )


class Origins(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, as much of it as a feed needs."""

    entries = 30
    words = 300
    gained = 0
    hostile = 0
    teasers = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.waiting = b""

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while b"\r\n\r\n" in self.waiting:
            head, _, self.waiting = self.waiting.partition(b"\r\n\r\n")
            text = head.decode("latin-1")
            number = misbehaving(text, self.hostile)
            if number is None:
                self.transport.write(self.answer(text))  # type: ignore[attr-defined]
            else:
                self.task = asyncio.get_running_loop().create_task(misbehave(self.transport, number))  # type: ignore[arg-type]

    def answer(self, head: str) -> bytes:
        lines = head.split("\r\n")
        path = lines[0].split(" ")[1]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        if path.startswith("/round/"):
            Origins.gained = int(path.rsplit("/", 1)[1])
            return self.response(200, b"ok", "text/plain")
        host = headers.get("host", "")
        if not host.startswith("s") or not path.startswith(("/feed", "/a/")):
            return self.response(404, b"not here", "text/plain")
        source = int(host[1 : host.index(".")])
        if path.startswith("/a/"):
            return self.response(200, page(source, int(path[3:]), self.words).encode(), "text/html; charset=utf-8")
        etag = f'"{source}-{Origins.gained}"'
        if headers.get("if-none-match") == etag:
            return f"HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\nContent-Length: 0\r\n\r\n".encode()
        newest = self.entries + Origins.gained
        items = "".join(
            item(source, n, self.words, self.teasers) for n in range(newest - 1, newest - 1 - self.entries, -1)
        )
        body = (
            '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
            f"<title>Source {source}</title><link>http://s{source}.bench.example/</link><language>en</language>"
            f"{items}</channel></rss>"
        ).encode()
        return self.response(200, body, "application/rss+xml", etag)

    @staticmethod
    def response(status: int, body: bytes, kind: str, etag: str = "") -> bytes:
        tag = f"ETag: {etag}\r\n" if etag else ""
        head = f"HTTP/1.1 {status} OK\r\nContent-Type: {kind}\r\n{tag}Content-Length: {len(body)}\r\n\r\n"
        return head.encode() + body


def misbehaving(head: str, hostile: int) -> int | None:
    """The way in which the source that a request goes to misbehaves; None for a good one."""
    host = head.partition("\r\nHost: ")[2] or head.partition("\r\nhost: ")[2]
    source = host[1:].partition(".")[0]
    if not hostile or not source.isdigit() or int(source) % hostile:
        return None
    return int(source) // hostile % len(WAYS)


WAYS = ("hangs", "trickles", "floods", "resets", "bomb", "circle", "fails")
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
_BOMB = gzip.compress(bytes(40_000_000))


async def misbehave(transport: asyncio.Transport, number: int) -> None:
    """Show one of the WAYS, on a connection that ends with it."""
    match WAYS[number]:
        case "hangs":
            await asyncio.sleep(120)
        case "trickles":
            transport.write(_HEAD + b"Content-Length: 100000\r\n\r\n")
            while not transport.is_closing():
                transport.write(b"<")
                await asyncio.sleep(1)
        case "floods":
            transport.write(_HEAD + b"Connection: close\r\n\r\n")
            for _ in range(800):
                transport.write(b"<rss>" * 13_107)
                while transport.get_write_buffer_size() and not transport.is_closing():
                    await asyncio.sleep(0.01)
        case "resets":
            transport.write(_HEAD + b"Content-Length: 9000\r\n\r\n<rss>")
            await asyncio.sleep(0.05)
            transport.abort()
        case "bomb":
            transport.write(_HEAD + f"Content-Encoding: gzip\r\nContent-Length: {len(_BOMB)}\r\n\r\n".encode() + _BOMB)
            await asyncio.sleep(5)
        case "circle":
            transport.write(b"HTTP/1.1 302 Found\r\nLocation: /feed\r\nContent-Length: 0\r\n\r\n")
            return
        case _:
            transport.write(b"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n")
            return
    transport.close()


async def main(sources: int, entries: int, words: int, hostile: int = 0, teasers: int = 0) -> None:
    Origins.entries, Origins.words, Origins.hostile, Origins.teasers = entries, words, hostile, bool(teasers)
    for source in range(sources):
        for number in range(entries + 2):
            item(source, number, words, bool(teasers))
    server = await asyncio.get_running_loop().create_server(Origins, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def digest() -> str:
    """A fingerprint of what is served, for the record."""
    return hashlib.sha256(item(1, 1, 300).encode()).hexdigest()[:8]


if __name__ == "__main__":
    logging.getLogger("asyncio").setLevel(logging.ERROR)  # whoever hangs up on a flood is right to do so
    given = [int(one) for one in sys.argv[1:]]
    asyncio.run(main(*given[:2], *(given[2:] or [300])))
