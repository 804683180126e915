"""Checks 07 (deadlines) and 08 (size after decoding), on a hostile loopback server."""

from __future__ import annotations

import gzip
import threading
import time
import tracemalloc
import zlib
from collections.abc import Iterator

import brotli
import pytest

from broadsheet.lib.http import Door, FetchFailed, Limits, Reason, decoding
from broadsheet.lib.http.decoding import ACCEPT_ENCODING, body_of
from broadsheet.lib.http.limits import KIB, MIB
from tests.wire_server import (
    WireServer,
    answer,
    bomb,
    drip,
    endless,
    lying_length,
    many_headers,
    silent,
    status,
)

zstandard = pytest.importorskip("zstandard")
SHORT = 0.04


@pytest.fixture
def server() -> Iterator[WireServer]:
    with WireServer() as running:
        yield running


@pytest.fixture
def door(server: WireServer) -> Iterator[Door]:
    with Door("test", names=server.names("a.test"), spacing=0) as opened:
        yield opened


def failure(door: Door, path: str, **options: object) -> FetchFailed:
    with pytest.raises(FetchFailed) as caught:
        door.fetch(f"http://a.test{path}", **options)  # type: ignore[arg-type]
    return caught.value


def test_check_07_the_limits_are_those_of_the_acceptance_list() -> None:
    limits = Limits()
    assert (limits.connect, limits.total, limits.dns) == (10, 30, 5)
    assert (limits.header_bytes, limits.hops, limits.encodings) == (64 * KIB, 5, 2)
    sizes = {kind: limits.size(kind) for kind in ("feed", "page", "image", "robots", "other", "?")}
    assert sizes == {
        "feed": 10 * MIB, "page": 5 * MIB, "image": 10 * MIB, "robots": 512 * KIB,
        "other": MIB, "?": MIB,
    }  # fmt: skip


@pytest.mark.slow("waits for three short deadlines")
@pytest.mark.parametrize(
    "behaviour",
    [silent(), drip(b"x" * 1000, 0.01), drip(b"x" * 1000, 0.01, head=True)],
    ids=["silent", "dripping body", "dripping head"],
)
def test_check_07_the_whole_call_ends_by_the_wall_clock(server: WireServer, door: Door, behaviour: object) -> None:
    server.script("/", behaviour)  # type: ignore[arg-type]
    start = time.monotonic()
    assert failure(door, "/", deadline=SHORT).reason is Reason.TIMED_OUT
    assert SHORT <= time.monotonic() - start < SHORT + 0.5


def test_check_07_a_deadline_can_be_shortened_only() -> None:
    with WireServer() as server:
        server.script("/", silent())
        limits = Limits(total=SHORT)
        with Door("test", names=server.names("a.test"), spacing=0, limits=limits) as door:
            start = time.monotonic()
            assert failure(door, "/", deadline=60).reason is Reason.TIMED_OUT
            assert time.monotonic() - start < 5


def test_check_07_a_resolver_that_hangs_is_left_behind() -> None:
    release = threading.Event()

    def hangs(host: str, port: int) -> list[str]:
        release.wait(5)
        return ["8.8.8.8"]

    with Door("test", resolver=hangs, limits=Limits(dns=SHORT), spacing=0) as door:
        assert failure(door, "/").reason is Reason.TIMED_OUT
    release.set()


def test_check_07_the_connect_limit_is_shared_by_all_addresses() -> None:
    given: list[float] = []

    def dial(address: str, port: int, timeout: float) -> object:
        given.append(timeout)
        raise TimeoutError

    four = [f"8.8.8.{number}" for number in range(4)]
    with Door("test", resolver=lambda *_: four, dial=dial, spacing=0) as door:  # type: ignore[arg-type]
        assert failure(door, "/").reason is Reason.TIMED_OUT
    assert len(given) == 4
    assert given[0] == pytest.approx(2.5, abs=0.1)


def test_check_07_a_flood_of_headers_is_cut_at_64_kib(server: WireServer, door: Door) -> None:
    server.script("/flood", many_headers(100_000))
    assert failure(door, "/flood").reason is Reason.TOO_LARGE
    server.script("/long", status(200, b"x", x_long="y" * (64 * KIB)))
    assert failure(door, "/long").reason is Reason.TOO_LARGE
    server.script("/fits", status(200, b"x", x_long="y" * (60 * KIB)))
    assert door.fetch("http://a.test/fits").body == b"x"


@pytest.mark.slow("many threads wait on a trickling server")
def test_check_07_trickling_servers_hold_no_more_than_their_hosts_share(
    server: WireServer,
) -> None:
    server.script("/", drip(b"x" * 1000, 0.02))
    server.script("/fine", answer(b"fine"))
    with Door("test", names=server.names("slow.test", "a.test"), spacing=0) as door:

        def pull() -> None:
            with pytest.raises(FetchFailed):
                door.fetch("http://slow.test/", deadline=0.3, patience=0.1)

        threads = [threading.Thread(target=pull) for _ in range(20)]
        for thread in threads:
            thread.start()
        time.sleep(0.05)
        assert len(server.asked("/")) == 2
        # Another host is served at once meanwhile.
        start = time.monotonic()
        assert door.fetch("http://a.test/fine").body == b"fine"
        assert time.monotonic() - start < 0.2
        for thread in threads:
            thread.join()
    assert len(server.asked("/")) == 2


@pytest.mark.parametrize(("kind", "limit"), [("robots", 512 * KIB), ("other", MIB)], ids=["robots", "other"])
def test_check_08_a_body_may_be_as_large_as_its_limit_and_no_larger(
    server: WireServer, door: Door, kind: str, limit: int
) -> None:
    server.script("/fits", answer(b"x" * limit))
    server.script("/over", answer(b"x" * (limit + 1)))
    assert len(door.fetch("http://a.test/fits", kind).body) == limit
    assert failure(door, "/over", kind=kind).reason is Reason.TOO_LARGE


def test_check_08_a_length_over_the_limit_is_enough(server: WireServer, door: Door) -> None:
    server.script("/", lying_length(b"x", 11 * MIB))
    assert failure(door, "/").reason is Reason.TOO_LARGE


def test_check_08_a_body_without_length_stops_at_the_limit(server: WireServer, door: Door) -> None:
    server.script("/", endless())
    assert failure(door, "/", kind="robots").reason is Reason.TOO_LARGE


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


@pytest.mark.slow("unpacks bombs while counting every allocation")
@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
def test_check_08_a_bomb_stops_at_the_cap_with_little_memory(name: str) -> None:
    data = packed(name, 64 * MIB)
    assert len(data) < 512 * KIB
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
    assert failure(door, "/", kind="robots").reason is Reason.TOO_LARGE


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
    assert failure(door, "/three").reason is Reason.WRONG_ENCODING


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
    for size in range(decoding.PIECE - 300, decoding.PIECE + 600):
        packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        data = packer.compress(bytes(size)) + packer.flush()
        assert len(body_of([data], "deflate", limit=MIB, layers=2, sniff=False)) == size


def test_an_unknown_coding_is_refused() -> None:
    with pytest.raises(FetchFailed) as caught:
        body_of([b"x"], "sdch", limit=MIB, layers=2, sniff=False)
    assert caught.value.reason is Reason.WRONG_ENCODING
    assert ACCEPT_ENCODING == "gzip, deflate, br, zstd"
