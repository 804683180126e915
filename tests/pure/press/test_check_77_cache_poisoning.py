"""Nothing a request says changes the bytes others get; no trick path is printed."""

from __future__ import annotations

import pytest

from broadsheet.press.frontdoor import clean_path
from tests.pure.press.press_kit import House

UNKEYED = {
    "host": "evil.example",
    "x_forwarded_host": "evil.example",
    "x_forwarded_proto": "http",
    "x_forwarded_for": "127.0.0.1",
    "x_forwarded_prefix": "/evil",
    "x_original_url": "/desk/",
    "x_rewrite_url": "/desk/",
    "x_http_method_override": "POST",
    "forwarded": "host=evil.example",
    "cookie": "sessionid=1",
    "authorization": "Basic eDp5",
    "accept_language": "de",
    "accept": "application/json",
    "user_agent": "x",
    "referer": "http://evil.example/",
    "range": "bytes=0-3",
    "cache_control": "no-cache",
    "pragma": "no-cache",
}


@pytest.mark.parametrize("name", UNKEYED)
def test_check_77_headers_without_a_say(name: str) -> None:
    clean, poisoned = House(), House()
    wanted = clean.ask()
    first = poisoned.ask(**{name: UNKEYED[name]})  # the poisoner comes first
    for answer in (first, poisoned.ask(), poisoned.ask(**{name: UNKEYED[name]})):
        assert (answer.status, answer.headers, answer.body) == (200, wanted.headers, wanted.body)
        assert answer["Set-Cookie"] is None


@pytest.mark.parametrize(
    "query",
    ["utm_source=x", "cb=1;callback=evil", "a=%0d%0aSet-Cookie:x", "path=/desk/", "?", "&&"],
)
def test_check_77_the_query_never_changes_a_printed_page(query: str) -> None:
    house = House()
    assert house.ask(query=query).body == house.ask().body
    assert house.builds == ["/a/"]
    assert "Set-Cookie" not in str(house.ask("/a", query=query).headers)


@pytest.mark.parametrize(
    "path",
    [
        "/a/x.css",
        "/a/;x.css",
        "/a/%2e",
        "/a/\0",
        "/a/\n",
        "//a/",
        "/a//",
        "//evil.example/a",
        "/./a/",
        "/b/../a/",
        "/a/..",
        "/a/.",
        "\\a\\",
        "/a\\",
        "a/",
        "",
        "*",
        "/a/\x80",
        "/a/\x7f",
        "/a/\xe2\x80\xae",
        "/a/\u2603",
    ],
)
def test_check_77_trick_paths_are_not_printed(path: str) -> None:
    house = House()
    house.ask()
    answer = house.ask(path)
    assert answer["X-From"] == "app"
    assert answer["Location"] is None
    assert set(house.door._pages) == {"/a/"}


@pytest.mark.parametrize(
    "path",
    ["//a/", "/a//", "//evil.example/a", "/./a/", "/b/../a/", "/a/..", "/a/.", "/a\\", "/a/\0", "a/"],
)
def test_check_77_a_path_two_readers_could_understand_differently_is_refused(path: str) -> None:
    assert clean_path(path) is None  # before any pattern of the printer is asked


def test_a_clean_path_is_left_as_it_is() -> None:
    for path in ("/", "/a/", "/a/b.c", "/archive/2026/11/24/", "/.well-known/security.txt"):
        assert clean_path(path) == path
