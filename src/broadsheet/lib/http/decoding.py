"""Content codings, undone piece by piece so that a bomb stops at the cap and not in memory.

Every layer is a generator that yields pieces of 64 KiB (zstd: what 256 bytes can hold), and every
layer's output is counted: also a coding inside another cannot swell unseen.
"""

from __future__ import annotations

import importlib
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import brotli

from broadsheet.lib.http.results import FetchFailed
from broadsheet.lib.reasons import Reason

PIECE = 64 * 1024
_GZIP_MAGIC = b"\x1f\x8b"
# RFC 9659: senders of zstd on the web keep their window within 8 MiB.
_ZSTD_WINDOW = 8 * 1024 * 1024
# The decoder gives all that a bite holds at once; a block of 128 KiB takes at least four bytes, so 8 MiB at most.
_ZSTD_BITE = 256
# Words that careless servers put into Content-Encoding and that encode nothing.
_NOTHING = frozenset(("", "identity", "none", "utf-8", "utf8", "binary", "8bit", "7bit"))


def _zstandard() -> Any:
    try:
        return importlib.import_module("zstandard")
    except ImportError:
        return None


_zstd = _zstandard()
ACCEPT_ENCODING = "gzip, deflate, br" + (", zstd" if _zstd else "")


def body_of(raw: Iterable[bytes], content_encoding: str, *, limit: int, layers: int, sniff: bool) -> bytes:
    """The decoded body. Raises FetchFailed: too large, or wrong encoding.

    ``sniff`` also unpacks a gzip file that was sent without saying so, as some feeds are.
    """
    names = [name.strip().lower() for name in content_encoding.split(",")]
    names = [name for name in names if name not in _NOTHING]
    if len(names) > layers:
        raise FetchFailed(Reason.WRONG_ENCODING, f"{len(names)} content codings on one another")
    stream = _capped(raw, limit)
    for name in reversed(names):
        decoder = _DECODERS.get(name)
        if decoder is None:
            raise FetchFailed(Reason.WRONG_ENCODING, f"unknown content coding {name[:40]!r}")
        stream = _capped(decoder(stream), limit)
    body = b"".join(stream)
    if sniff and len(names) < layers and body[:2] == _GZIP_MAGIC:
        body = b"".join(_capped(_gunzip(iter((body,))), limit))
    return body


def _capped(stream: Iterable[bytes], limit: int) -> Iterator[bytes]:
    total = 0
    for piece in stream:
        total += len(piece)
        if total > limit:
            raise FetchFailed(Reason.TOO_LARGE, f"more than {limit} bytes")
        if piece:
            yield piece


def _damaged(coding: str, why: object) -> FetchFailed:
    return FetchFailed(Reason.WRONG_ENCODING, f"{coding} is damaged: {why}")


def _primed(stream: Iterator[bytes], need: int) -> tuple[bytes, Iterator[bytes]]:
    """The first bytes of a stream, at least ``need`` where it has so many, and the rest."""
    head = b""
    for piece in stream:
        head += piece
        if len(head) >= need:
            break
    return head, stream


def _chain(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if head:
        yield head
    yield from rest


def _gunzip(stream: Iterator[bytes]) -> Iterator[bytes]:
    head, rest = _primed(stream, 2)
    if head[:2] != _GZIP_MAGIC:
        # Sent plain under a gzip label: a frequent mistake, and harmless to see through.
        yield from _chain(head, rest)
        return
    inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
    for piece in _chain(head, rest):
        while piece:
            if inflater.eof:
                if piece[:2] != _GZIP_MAGIC:
                    return  # padding behind the last member
                inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
            try:
                yield inflater.decompress(piece, PIECE)
            except zlib.error as error:
                raise _damaged("gzip", error) from None
            piece = inflater.unconsumed_tail or inflater.unused_data
    yield from _drained(inflater, "gzip")


def _inflate(stream: Iterator[bytes]) -> Iterator[bytes]:
    """The "deflate" coding: zlib by the standard (RFC 9110), raw by old habit."""
    head, rest = _primed(stream, 2)
    if not head:
        return
    wrapped = len(head) >= 2 and head[0] & 0x0F == 8 and int.from_bytes(head[:2], "big") % 31 == 0
    inflater = zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)
    for piece in _chain(head, rest):
        while piece and not inflater.eof:
            try:
                yield inflater.decompress(piece, PIECE)
            except zlib.error as error:
                raise _damaged("deflate", error) from None
            piece = inflater.unconsumed_tail
    yield from _drained(inflater, "deflate")


def _drained(inflater: Any, coding: str) -> Iterator[bytes]:
    """What the inflater still holds back because of the piece limit; complains if it is cut."""
    while not inflater.eof:
        try:
            more = inflater.decompress(inflater.unconsumed_tail, PIECE)
        except zlib.error as error:
            raise _damaged(coding, error) from None
        if not more:
            raise _damaged(coding, "it ends too early")
        yield more


def _unbrotli(stream: Iterator[bytes]) -> Iterator[bytes]:
    decoder = brotli.Decompressor()
    empty = True
    try:
        for piece in stream:
            empty = False
            yield decoder.process(piece, output_buffer_limit=PIECE)
            while not decoder.can_accept_more_data():
                yield decoder.process(b"", output_buffer_limit=PIECE)
    except brotli.error as error:
        raise _damaged("brotli", error) from None
    if not empty and not decoder.is_finished():
        raise _damaged("brotli", "it ends too early")


def _unzstd(stream: Iterator[bytes]) -> Iterator[bytes]:
    frames = _zstd.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    decoder, begun = frames.decompressobj(), False
    try:
        for piece in stream:
            for start in range(0, len(piece), _ZSTD_BITE):
                bite = piece[start : start + _ZSTD_BITE]
                while bite:
                    begun = True
                    yield decoder.decompress(bite)
                    bite = b""
                    if decoder.eof:
                        bite = decoder.unused_data
                        decoder, begun = frames.decompressobj(), False
    except _zstd.ZstdError as error:
        raise _damaged("zstd", error) from None
    if begun:
        raise _damaged("zstd", "it ends too early")


_DECODERS: dict[str, Callable[[Iterator[bytes]], Iterator[bytes]]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
}
if _zstd:
    _DECODERS["zstd"] = _unzstd
