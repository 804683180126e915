"""Check 04: redirects are followed by us, each target is vetted, secrets stay at home."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from broadsheet.lib.http import Allowed, Door, FetchFailed, Reason
from tests.wire_server import Exchange, WireServer, answer, bomb, redirect, status

BASIC = "Basic " + base64.b64encode(b"ann:pass").decode()


@pytest.fixture
def server() -> Iterator[WireServer]:
    with WireServer() as running:
        yield running


@pytest.fixture
def door(server: WireServer) -> Iterator[Door]:
    names = server.names("a.test", "b.test", "c.test")
    with Door("test", names=names, resolver=lambda host, port: ["127.0.0.1"], spacing=0) as opened:
        yield opened


def failure(door: Door, url: str, **options: str) -> FetchFailed:
    with pytest.raises(FetchFailed) as caught:
        door.fetch(url, **options)  # type: ignore[arg-type]
    return caught.value


def test_check_04_five_hops_are_followed_and_a_sixth_is_not(server: WireServer, door: Door) -> None:
    for hop in range(6):
        server.script(f"/{hop}", redirect(f"/{hop + 1}"))
    server.script("/6", answer(b"end"))
    found = door.fetch("http://a.test/1")
    assert (found.body, found.hops, found.url) == (b"end", 5, "http://a.test/6")
    assert failure(door, "http://a.test/0").reason is Reason.TOO_MANY_REDIRECTS


def test_check_04_a_loop_is_noticed_at_its_first_turn(server: WireServer, door: Door) -> None:
    server.script("/x", redirect("/y"))
    server.script("/y", redirect("http://a.test/x"))
    assert failure(door, "http://a.test/x").reason is Reason.TOO_MANY_REDIRECTS
    assert len(server.requests) == 2


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_check_04_a_redirect_without_a_target_has_a_reason(server: WireServer, door: Door, code: int) -> None:
    server.script("/", redirect("", code))
    caught = failure(door, "http://a.test/")
    assert (caught.reason, caught.status) == (Reason.SERVER_ERROR, code)


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1/", "http://[::1]/", "http://2130706433/", "http://169.254.169.254/x",
        "//10.0.0.1/", "http://evil.test/", "file:///etc/passwd", "ftp://a.test/", "gopher://a.test",
        "http://a.test:22/", "javascript:alert(1)", "data:text/xml,<rss/>", "http://[fe80::1]/",
        "http:\\\\127.0.0.1\\x",
    ],
)  # fmt: skip
def test_check_04_every_target_is_vetted_like_a_first_address(server: WireServer, door: Door, target: str) -> None:
    server.script("/", redirect(target))
    assert failure(door, "http://a.test/").reason is Reason.ADDRESS_NOT_ALLOWED
    assert len(server.requests) == 1


def test_check_04_an_outside_host_cannot_send_us_to_a_mapped_name(server: WireServer) -> None:
    server.script("out.test/", redirect("http://a.test/"), redirect("http://A.test./"))
    server.script("a.test/", answer(b"inside"))
    with Door(
        "test",
        names=server.names("a.test"),
        allow=[Allowed.of("out.test", "127.0.0.0/8")],
        resolver=lambda host, port: ["127.0.0.1"],
        ports=(80, server.port),
        spacing=0,
    ) as door:
        assert door.fetch("http://a.test/").body == b"inside"
        for _ in range(2):
            caught = failure(door, f"http://out.test:{server.port}/")
            assert (caught.reason, caught.status) == (Reason.ADDRESS_NOT_ALLOWED, 302)
    assert [request.host for request in server.requests] == ["a.test", "out.test", "out.test"]


def test_check_04_secrets_go_to_the_first_origin_only(server: WireServer, door: Door) -> None:
    server.script("a.test/", redirect("http://a.test/same"))
    server.script("a.test/same", redirect("http://b.test/"))
    server.script("b.test/", redirect("http://a.test/back"))
    server.script("a.test/back", answer(b"done"))
    door.fetch(
        "http://a.test/",
        credentials=("ann", "pass"),
        headers={"Cookie": "s=1", "X-Api-Key": "k", "Accept-Language": "de"},
        etag='"1"',
    )
    sent = [request.headers for request in server.requests]
    assert [headers.get("authorization") for headers in sent] == [BASIC, BASIC, None, None]
    assert [headers.get("cookie") for headers in sent] == ["s=1", "s=1", None, None]
    assert [headers.get("x-api-key") for headers in sent] == ["k", "k", None, None]
    assert [headers.get("accept-language") for headers in sent] == ["de"] * 4
    assert [headers.get("if-none-match") for headers in sent] == ['"1"'] * 4


def test_check_04_another_port_is_another_origin(server: WireServer, door: Door) -> None:
    server.script("/", redirect("http://a.test:443/x"))
    server.script("/x", answer(b"x"))
    door.fetch("http://a.test/", credentials=("ann", "pass"))
    assert [request.headers.get("authorization") for request in server.requests] == [BASIC, None]


def test_check_04_the_body_of_a_redirect_is_never_decoded(server: WireServer, door: Door) -> None:
    def broken(exchange: Exchange) -> None:
        headers = {"Location": "/end", "Content-Encoding": "gzip, gzip, gzip, br"}
        exchange.respond(302, b"\x1f\x8b not gzip at all", headers)

    server.script("/", broken)
    server.script("/end", answer(b"end"))
    assert door.fetch("http://a.test/").body == b"end"
    server.script("/bomb", lambda exchange: exchange.head(301, {"Location": "/end"}, length=10**12))
    assert door.fetch("http://a.test/bomb").body == b"end"


def test_a_permanent_move_is_told_and_a_temporary_one_is_not(server: WireServer, door: Door) -> None:
    server.script("/p", redirect("/p2", 301))
    server.script("/p2", redirect("http://b.test/p3", 308))
    server.script("/p3", answer(b"x"))
    server.script("/mixed", redirect("/t", 301))
    server.script("/t", redirect("/p3", 302))
    server.script("/late", redirect("/p", 302))
    assert door.fetch("http://a.test/p").moved_to == "http://b.test/p3"
    assert door.fetch("http://a.test/mixed").moved_to == "http://a.test/t"
    assert door.fetch("http://a.test/late").moved_to is None
    assert door.fetch("http://a.test/p3").moved_to is None


def test_targets_are_read_as_a_browser_would(server: WireServer, door: Door) -> None:
    server.script("/a/b", redirect("../c?d=1#e"))
    server.script("/c?d=1", redirect("//b.test/d"))
    server.script("/d", redirect("/ü", 302))
    server.script("/%C3%BC", answer(b"end"))
    found = door.fetch("http://a.test/a/b")
    assert (found.body, found.url) == (b"end", "http://b.test/%C3%BC")


def test_post_is_sent_once_and_not_redirected(server: WireServer, door: Door) -> None:
    server.script("/hook", answer(b"ok"), redirect("/other"), status(500))
    found = door.post("http://a.test/hook", b"{}", {"Content-Type": "application/json"})
    assert (found.status, found.body) == (200, b"ok")
    assert (server.requests[0].method, server.requests[0].body) == ("POST", b"{}")
    assert server.requests[0].headers["content-type"] == "application/json"
    for reason in (Reason.MOVED, Reason.SERVER_ERROR):
        with pytest.raises(FetchFailed) as caught:
            door.post("http://a.test/hook", b"{}")
        assert caught.value.reason is reason
    assert len(server.requests) == 3


def test_a_bomb_behind_a_redirect_is_capped_too(server: WireServer, door: Door) -> None:
    server.script("/", redirect("/bomb"))
    server.script("/bomb", bomb(2 << 20))
    assert failure(door, "http://a.test/", kind="robots").reason is Reason.TOO_LARGE
