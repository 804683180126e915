"""Tricks of content coding: bombs, piles, lies."""

from __future__ import annotations

import gzip
import zlib
from functools import lru_cache

import brotli
import zstandard

from tests.hostile.feeds import plain
from tests.hostile.tricks import FINE, Setting, add
from tests.wire_server import Behaviour, answer

MIB = 1 << 20
FULL = 256 * MIB
LEAST = 24 * MIB


@lru_cache(maxsize=8)
def packed(coding: str, size: int) -> bytes:
    """`size` zero bytes in a coding, made piece by piece."""
    block = bytes(MIB)
    rounds = size // MIB
    if coding in ("gzip", "deflate"):
        packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS + (16 if coding == "gzip" else 0))
        return b"".join(packer.compress(block) for _ in range(rounds)) + packer.flush()
    if coding == "br":
        press = brotli.Compressor(quality=1)
        return b"".join(press.process(block) for _ in range(rounds)) + press.finish()
    writer = zstandard.ZstdCompressor(level=3).compressobj()
    return b"".join(writer.compress(block) for _ in range(rounds)) + writer.flush()


def _coded(data: bytes, coding: str) -> Behaviour:
    return answer(data, headers={"Content-Encoding": coding})


def _bomb(coding: str) -> None:
    def make(setting: Setting) -> Behaviour:
        data = packed(coding, setting.size(FULL, LEAST))
        return lambda exchange: exchange.respond(200, data, {"Content-Encoding": coding})

    add(f"bomb-{coding}", "too_large", f"{FULL // MIB} MiB of nothing as {coding}", make)


for _coding in ("gzip", "deflate", "br", "zstd"):
    _bomb(_coding)

FEED = plain()
_TWICE = gzip.compress(gzip.compress(FEED))
add("bomb-in-bomb", "too_large", "gzip in gzip, both bombs",
    lambda setting: _coded(gzip.compress(packed("gzip", setting.size(FULL, LEAST))), "gzip, gzip"))  # fmt: skip
add("coded-twice", FINE, "gzip in gzip, honest", lambda _: _coded(_TWICE, "gzip, gzip"))
add("coded-three-times", "wrong_encoding", "one coding too many",
    lambda _: _coded(gzip.compress(_TWICE), "gzip, gzip, gzip"))  # fmt: skip
add("coded-hundredfold", "wrong_encoding", "a hundred codings named",
    lambda _: _coded(FEED, ", ".join(["gzip"] * 100)))  # fmt: skip
add("coded-unknown", "wrong_encoding", "a coding nobody knows", lambda _: _coded(FEED, "sdch"))
add("coded-in-name-only", FINE, "plain under the name of gzip", lambda _: _coded(FEED, "gzip"))
add("coded-secretly", FINE, "gzip without saying so", lambda _: answer(gzip.compress(FEED)))
add("gzip-cut", "wrong_encoding", "gzip cut short", lambda _: _coded(gzip.compress(FEED)[:-20], "gzip"))
add("br-cut", "wrong_encoding", "brotli cut short", lambda _: _coded(brotli.compress(FEED)[:-5], "br"))
add("zstd-cut", "wrong_encoding broken_xml", "zstd cut short",
    lambda _: _coded(zstandard.compress(FEED)[:-20], "zstd"))  # fmt: skip
add("gzip-damaged", "wrong_encoding", "gzip with bytes changed",
    lambda _: _coded(gzip.compress(FEED)[:40] + b"\xff" * 30, "gzip"))  # fmt: skip
add("gzip-members", "fine empty not_a_feed", "very many empty members",
    lambda setting: _coded(gzip.compress(b"") * setting.size(100_000, 20_000) + gzip.compress(FEED),
                           "gzip"))  # fmt: skip
