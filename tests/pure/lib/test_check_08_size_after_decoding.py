"""Check 08: how large an answer may be when all codings are undone."""

from __future__ import annotations

import gzip
import struct
import subprocess
import sys
import tracemalloc
import zlib

import brotli
import pytest

from broadsheet.lib.http import Door, FetchFailed, Limits, Reason, decoding
from broadsheet.lib.http.decoding import ACCEPT_ENCODING, body_of
from broadsheet.lib.http.limits import KIB, MIB
from tests.door_kit import failure
from tests.hostile import codings
from tests.wire_server import Behaviour, Exchange, WireServer, answer, bomb, endless, lying_length

zstandard = pytest.importorskip("zstandard")


def packed(name: str, size: int) -> bytes:
    """``size`` zero bytes in a content coding."""
    data = bytes(size)
    match name:
        case "gzip":
            return gzip.compress(data)
        case "deflate":
            return zlib.compress(data)
        case "br":
            return bytes(brotli.compress(data, quality=1))
        case "zstd":
            return bytes(zstandard.compress(data))
    raise ValueError(name)


@pytest.mark.parametrize(
    ("kind", "limit"),
    [("feed", 10 * MIB), ("page", 5 * MIB), ("image", 10 * MIB), ("robots", 512 * KIB), ("other", MIB)],
    ids=["feed", "page", "image", "robots", "other"],
)
def test_check_08_a_body_may_be_as_large_as_its_limit_and_no_larger(
    server: WireServer, door: Door, kind: str, limit: int
) -> None:
    server.script("/fits", answer(b"x" * limit))
    server.script("/over", answer(b"x" * (limit + 1)))
    assert len(door.fetch("http://a.test/fits", kind).body) == limit
    assert failure(door, "http://a.test/over", kind=kind).reason is Reason.TOO_LARGE


def test_check_08_a_length_over_the_limit_is_enough(server: WireServer, door: Door) -> None:
    server.script("/", lying_length(b"x", 11 * MIB))
    assert failure(door, "http://a.test/").reason is Reason.TOO_LARGE


def test_check_08_a_body_without_length_stops_at_the_limit(server: WireServer, door: Door) -> None:
    server.script("/", endless())
    assert failure(door, "http://a.test/", kind="robots").reason is Reason.TOO_LARGE


@pytest.mark.slow("unpacks bombs while counting every allocation")
@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
def test_check_08_a_bomb_stops_at_the_cap_with_little_memory(name: str) -> None:
    data = packed(name, 24 * MIB)
    assert len(data) < 32 * KIB
    tracemalloc.start()
    try:
        with pytest.raises(FetchFailed) as caught:
            body_of([data], name, limit=10 * MIB, layers=2, sniff=False)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert caught.value.reason is Reason.TOO_LARGE
    assert peak < 32 * MIB


def test_check_08_a_bomb_over_the_wire(server: WireServer, door: Door) -> None:
    server.script("/", bomb(4 * MIB))
    assert failure(door, "http://a.test/", kind="robots").reason is Reason.TOO_LARGE


@pytest.mark.slow("unpacks many small members")
def test_check_08_an_inner_layer_cannot_swell_unseen() -> None:
    # Endless empty members: the outer layer is small and the final text empty.
    inner = gzip.compress(b"") * 80_000
    with pytest.raises(FetchFailed) as caught:
        body_of([gzip.compress(inner)], "gzip, gzip", limit=MIB, layers=2, sniff=False)
    assert caught.value.reason is Reason.TOO_LARGE


def test_check_08_more_than_two_codings_are_refused(server: WireServer, door: Door) -> None:
    twice = gzip.compress(gzip.compress(b"<rss/>"))
    server.script("/two", answer(twice, headers={"Content-Encoding": "gzip, gzip"}))
    server.script("/three", answer(gzip.compress(twice), encoding="gzip, gzip, gzip"))
    assert door.fetch("http://a.test/two").body == b"<rss/>"
    assert failure(door, "http://a.test/three").reason is Reason.WRONG_ENCODING


@pytest.mark.parametrize("name", ["gzip", "x-gzip", "deflate", "br", "zstd", "GZIP", "identity"])
@pytest.mark.parametrize("piece", [1, 7, 100_000])
def test_every_coding_is_undone_whatever_the_pieces(name: str, piece: int) -> None:
    plain = b"<rss>" + bytes(range(256)) * 8 + b"</rss>"
    data = {
        "gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress,
        "zstd": zstandard.compress, "identity": bytes,
    }[name.lower().removeprefix("x-")](plain)  # fmt: skip
    pieces = [data[start : start + piece] for start in range(0, len(data), piece)]
    assert body_of(pieces, name, limit=MIB, layers=2, sniff=False) == plain


def test_the_usual_mistakes_of_servers_are_seen_through() -> None:
    def read(data: bytes, coding: str, *, sniff: bool = False) -> bytes:
        return body_of([data], coding, limit=MIB, layers=2, sniff=sniff)

    raw = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    assert read(raw.compress(b"raw deflate") + raw.flush(), "deflate") == b"raw deflate"
    assert read(b"plain after all", "gzip") == b"plain after all"
    assert read(b"plain", "utf-8") == b"plain"
    assert read(b"", "gzip") == read(b"", "deflate") == read(b"", "br") == read(b"", "zstd") == b""
    assert read(gzip.compress(b"a") + gzip.compress(b"b"), "gzip") == b"ab"
    assert read(gzip.compress(b"a") + b"\0\0\0", "gzip") == b"a"
    assert read(gzip.compress(b"<rss/>"), "", sniff=True) == b"<rss/>"
    assert read(gzip.compress(b"<rss/>"), "", sniff=False)[:2] == b"\x1f\x8b"


@pytest.mark.parametrize("name", ["gzip", "deflate", "br"])
def test_a_damaged_or_cut_body_has_a_reason(name: str) -> None:
    data = packed(name, 5000)
    for broken in (data[:-5], data[: len(data) // 2]):
        with pytest.raises(FetchFailed) as caught:
            body_of([broken], name, limit=MIB, layers=2, sniff=False)
        assert caught.value.reason is Reason.WRONG_ENCODING
    for garbage in (b"\x1f\x8b\x08garbage", b"\x78\x9cgarbage", b"\xff" * 50):
        with pytest.raises(FetchFailed):
            body_of([garbage], name if name != "gzip" else "deflate", limit=MIB, layers=2, sniff=False)


def test_damaged_zstd_has_a_reason() -> None:
    for broken in (b"\xff" * 50, bytes(zstandard.compress(b"x" * 500))[:8] + b"\xff" * 50):
        with pytest.raises(FetchFailed) as caught:
            body_of([broken], "zstd", limit=MIB, layers=2, sniff=False)
        assert caught.value.reason is Reason.WRONG_ENCODING


@pytest.mark.slow("packs several hundred bodies")
def test_output_held_back_by_the_piece_limit_is_not_lost() -> None:
    for size in (
        *range(decoding.PIECE - 300, decoding.PIECE + 600, 11),
        *range(decoding.PIECE - 3, decoding.PIECE + 4),
    ):
        packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        data = packer.compress(bytes(size)) + packer.flush()
        assert len(body_of([data], "deflate", limit=MIB, layers=2, sniff=False)) == size


def test_an_unknown_coding_is_refused() -> None:
    with pytest.raises(FetchFailed) as caught:
        body_of([b"x"], "sdch", limit=MIB, layers=2, sniff=False)
    assert caught.value.reason is Reason.WRONG_ENCODING
    assert ACCEPT_ENCODING == "gzip, deflate, br, zstd"


_BOMBED = """
import sys
from broadsheet.lib.http import Door, FetchFailed

def high_water():
    with open("/proc/self/status") as status:
        return int(next(line for line in status if line.startswith("VmHWM")).split()[1])

door = Door("test", names={"a.test": ("127.0.0.1", int(sys.argv[1]))}, spacing=0)
assert door.fetch("http://a.test/fine").body
before = high_water()
for coding in sys.argv[2:]:
    try:
        door.fetch(f"http://a.test/{coding}")
    except FetchFailed as failed:
        print(coding, failed.reason, high_water() - before)
"""


@pytest.mark.slow("bombs a process of its own and asks the kernel for its memory")
def test_check_08_a_process_grows_by_less_than_64_mib_under_bombs_of_all_codings(server: WireServer) -> None:
    names = ("gzip", "deflate", "br", "zstd")
    server.script("/fine", answer(b"fine"))
    for name in names:
        # Larger than the growth allowed, where that is cheap to make.
        size = (160 if name in ("br", "zstd") else 40) * MIB
        data = codings.packed(name, size)
        assert len(data) * 900 < size
        server.script(f"/{name}", answer(data, headers={"Content-Encoding": name}))
    command = [sys.executable, "-c", _BOMBED, str(server.port), *names]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [line[:2] for line in lines] == [[name, "too_large"] for name in names], done.stderr
    assert max(int(line[2]) for line in lines) < 64 * KIB, "kibibytes"


def test_check_08_framing_counts_too(server: WireServer) -> None:
    def noted(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(400):
            exchange.send(b"20;note=" + b"n" * 4000 + b"\r\n" + b"x" * 32 + b"\r\n")
        exchange.send(b"0\r\n\r\n")

    server.script("/", noted)
    names = server.names("a.test")
    with Door("test", names=names, spacing=0, limits=Limits(other=100 * KIB)) as door:
        caught = failure(door, kind="other")
        assert (caught.reason, caught.detail) == (Reason.TOO_LARGE, "more framing than text")
    with Door("test", names=names, spacing=0) as door:
        assert len(door.fetch("http://a.test/", "other").body) == 12_800


def test_check_08_a_body_in_crumbs_is_not_waited_for(server: WireServer, door: Door) -> None:
    def crumbs(size: int, count: int) -> Behaviour:
        chunk = b"%x\r\n" % size + b"x" * size + b"\r\n"
        return lambda exchange: exchange.send(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk * count + b"0\r\n\r\n"
        )

    server.script("/fine", crumbs(1, 4000))
    server.script("/small", crumbs(16, 8000))
    server.script("/crumbs", crumbs(2, 8000))
    assert len(door.fetch("http://a.test/fine").body) == 4000
    assert len(door.fetch("http://a.test/small").body) == 128_000
    caught = failure(door, "http://a.test/crumbs")
    assert (caught.reason, caught.detail) == (Reason.SERVER_ERROR, "4097 chunks of a few bytes each")


def test_zstd_frames_may_follow_and_be_skipped_but_not_be_cut() -> None:
    def read(data: bytes) -> bytes:
        return body_of([data], "zstd", limit=MIB, layers=2, sniff=False)

    one, skipped = zstandard.compress(b"one "), struct.pack("<II", 0x184D2A50, 5) + b"aside"
    assert read(skipped + one + skipped + zstandard.compress(b"two") + skipped) == b"one two"
    for cut in range(1, len(one)):
        with pytest.raises(FetchFailed) as caught:
            read(one + one[:cut])
        assert caught.value.reason is Reason.WRONG_ENCODING
