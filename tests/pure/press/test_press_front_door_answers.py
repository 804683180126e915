from __future__ import annotations

import gzip
import itertools
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from broadsheet.press import frontdoor, pagecache
from broadsheet.press.filestore import FileStore
from broadsheet.press.pagecache import Entry, PageCache
from broadsheet.press.store import NullStore
from tests.pure.press.press_kit import BODY, House, a_print

CHANGED = datetime(2026, 11, 24, tzinfo=UTC)


def test_the_first_reader_has_the_page_printed_and_the_next_ones_get_it_from_memory() -> None:
    house = House()
    answers = [house.ask() for _ in range(3)]
    assert [a.status for a in answers] == [200] * 3
    assert answers[0].body == answers[2].body == BODY.encode()
    assert answers[0].headers == answers[2].headers
    assert answers[2]["Content-Length"] == str(len(BODY))
    assert house.builds == ["/a/"]
    assert house.door.asked() == {"/a/": 3}
    assert house.door.asked() == {}


def test_what_is_not_printed_goes_to_the_app() -> None:
    house = House()
    assert house.ask("/desk.html")["X-From"] == "app"
    assert house.ask("/none/")["X-From"] == "app"  # printable, but there is no such page
    assert house.ask("/desk.html", "POST")["X-From"] == "app"


def test_a_page_that_vanishes_is_the_apps_to_answer() -> None:
    house = House()
    house.ask()
    del house.facts["/a/"]
    house.store.mark(["/a/"], 1)
    house.generation.bump()
    assert house.ask()["X-From"] == "app"
    house.facts["/a/"] = BODY
    assert house.ask().status == 200


def test_a_page_dropped_elsewhere_is_not_shown_one_moment_longer() -> None:
    house = House()
    house.ask()
    house.store.drop("/a/")
    del house.facts["/a/"]
    house.generation.bump()
    assert house.ask()["X-From"] == "app"


@pytest.mark.parametrize("accept", ["gzip", "gzip, br", "br", "", "identity"])
def test_every_client_gets_a_form_it_can_read(accept: str) -> None:
    house = House()
    house.ask()
    for _ in range(2):
        answer = house.ask(accept_encoding=accept)
        coded = answer["Content-Encoding"]
        assert coded == ("gzip" if "gzip" in accept else None)
        plain = gzip.decompress(answer.body) if coded else answer.body
        assert plain == BODY.encode()
        assert answer["Vary"] == "Accept-Encoding"
        assert answer["Content-Length"] == str(len(answer.body))


def test_brotli_is_handed_out_as_soon_as_it_is_there() -> None:
    house = House()
    tags = {house.ask(accept_encoding="gzip, br")["ETag"], house.ask()["ETag"]}
    house.add_brotli("/a/")
    answer = house.ask(accept_encoding="gzip, br")
    assert (answer["Content-Encoding"], answer.body) == ("br", b"BROTLI")
    assert house.ask(accept_encoding="br").body == b"BROTLI"
    assert house.ask(accept_encoding="gzip")["Content-Encoding"] == "gzip"
    assert len(tags | {answer["ETag"]}) == 3


def test_a_body_too_short_to_shrink_goes_out_plain() -> None:
    house = House()
    house.facts["/a/"] = "x"
    answer = house.ask(accept_encoding="gzip")
    assert (answer["Content-Encoding"], answer.body) == (None, b"x")


@pytest.mark.parametrize("accept", ["", "gzip"])
def test_a_client_that_holds_the_page_is_told_so(accept: str) -> None:
    house = House()
    house.sheet = {"last_modified": CHANGED}
    first = house.ask(accept_encoding=accept)
    tag = first["ETag"]
    assert tag is not None
    assert first["Last-Modified"] == "Tue, 24 Nov 2026 00:00:00 GMT"
    for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        answer = house.ask(accept_encoding=accept, if_none_match=known)
        assert (answer.status, answer.body, answer["ETag"]) == (304, b"", tag)
        assert answer["Cache-Control"] == first["Cache-Control"]
        assert answer["Vary"] == "Accept-Encoding"
        for absent in ("Content-Type", "Content-Length", "Content-Encoding"):
            assert answer[absent] is None
    assert house.ask(if_modified_since="Tue, 24 Nov 2026 00:00:00 GMT").status == 304
    assert house.ask(if_modified_since="Mon, 23 Nov 2026 00:00:00 GMT").status == 200
    # The tag has the say where both are sent.
    both = house.ask(if_none_match='"other"', if_modified_since="Tue, 24 Nov 2026 00:00:00 GMT")
    assert both.status == 200


def test_a_client_that_holds_another_coding_hears_the_tag_it_knows() -> None:
    house = House()
    plain = house.ask()["ETag"]
    answer = house.ask(accept_encoding="gzip", if_none_match=plain)
    assert (answer.status, answer["ETag"]) == (304, plain)


def test_pages_other_than_200_are_never_unchanged() -> None:
    house = House()
    house.sheet = {"status": 410}
    assert house.ask(if_none_match="*").status == 410


def test_head_is_get_without_the_body() -> None:
    house = House()
    for _ in range(2):
        get, head = (
            house.ask(accept_encoding="gzip"),
            house.ask("/a/", "HEAD", accept_encoding="gzip"),
        )
        assert (head.status, head.headers, head.body) == (get.status, get.headers, b"")


def test_a_changed_page_is_printed_anew_and_an_unchanged_one_not() -> None:
    house = House()
    house.facts["/b/"] = "b " + BODY
    house.ask(), house.ask("/b/")
    house.change("/a/", "new")
    assert house.ask().body == b"new"
    assert house.ask("/b/").body == ("b " + BODY).encode()
    assert house.builds == ["/a/", "/b/", "/a/"]


def test_after_a_change_elsewhere_a_page_is_looked_at_once() -> None:
    house = House()
    house.ask()
    house.generation.bump()
    house.ask()
    looks: list[str] = []
    house.store.stamp = looks.append  # type: ignore[method-assign,assignment]
    house.ask()
    assert looks == []


def test_a_second_process_sees_what_the_first_printed(tmp_path: Path) -> None:
    one, two = House(FileStore(tmp_path)), House(FileStore(tmp_path))
    two.generation = one.generation
    two.door._cell = one.generation.cell
    one.ask(), two.ask()
    assert two.builds == []
    one.change("/a/", "new")
    one.ask()
    assert two.ask().body == b"new"
    assert two.builds == []


def test_check_71_with_the_database_away_known_pages_are_shown_stale(
    caplog: pytest.LogCaptureFixture,
) -> None:
    house = House()
    house.ask()
    house.change("/a/", "new")

    def away(path: str) -> None:
        raise ConnectionError("the database is away")

    house.before_build = away
    for _ in range(5):
        answer = house.ask()
        assert (answer.status, answer.body) == (200, BODY.encode())
        assert answer["Warning"] is not None
    assert house.builds == ["/a/"] * 2  # not tried anew with every request
    assert "last print is shown" in caplog.text
    missing = house.ask("/b/")
    assert (missing.status, missing["Retry-After"], missing["Cache-Control"]) == (
        503,
        "5",
        "no-store",
    )


def test_check_71_recovery_needs_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House()
    clock = [0.0]
    monkeypatch.setattr(frontdoor.time, "monotonic", lambda: clock[0])
    house.ask()
    house.change("/a/", "new")

    def away(path: str) -> None:
        raise ConnectionError("the database is away")

    house.before_build = away
    tries = []
    for second in range(100):
        clock[0] = second
        before = len(house.builds)
        house.ask()
        if len(house.builds) > before:
            tries.append(second)
    gaps = [b - a for a, b in itertools.pairwise(tries)]
    assert gaps[0] <= 2
    assert max(gaps) <= 11
    assert gaps == sorted(gaps)
    house.before_build = lambda path: None
    clock[0] += 10
    answer = house.ask()
    assert (answer.body, answer["Warning"]) == (b"new", None)


def test_failures_are_remembered_within_bounds() -> None:
    house = House()
    for n in range(600):
        house.door._put_off(f"/{n}/")
    assert len(house.door._failed) <= 512


def test_a_store_that_keeps_nothing_prints_every_time() -> None:
    house = House(NullStore())
    assert [house.ask().body for _ in range(2)] == [BODY.encode()] * 2
    assert house.builds == ["/a/"] * 2


def test_memory_stays_within_its_bound_and_keeps_what_is_asked_for() -> None:
    cache = PageCache(600_000)
    entry = {}
    for n in range(200):
        path = "/" + "x" * n + "/"
        entry[n] = Entry(a_print(path, BODY), stale=False, stamp=n, generation=0)
        cache.put(path, entry[n])
        entry[0].hits += 1  # page 0 is asked for all the time
        assert cache.held <= 600_000
        assert cache.held == sum(e.weight for e in cache.pages.values())
    assert "//" in cache.pages
    assert 20 < len(cache.pages) < 200
    cache.put("/huge/", Entry(a_print(body="x" * 200_000), stale=False, stamp=0, generation=0))
    assert "/huge/" not in cache.pages
    assert cache.asked() == {"//": 200}


def test_counts_nobody_fetches_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pagecache, "_MAX_COUNTED", 50)
    cache = PageCache(10**6)
    for n in range(300):
        entry = Entry(a_print(f"/{n}/", "x"), stale=False, stamp=n, generation=0)
        entry.hits = 1
        cache.put("/a/", entry)
    assert 0 < len(cache.asked()) <= 51


def test_a_server_may_write_into_the_headers_it_is_given() -> None:
    house = House()
    house.ask()
    house.ask().headers.append(("Set-Cookie", "a=b"))
    assert house.ask()["Set-Cookie"] is None


def test_a_beacon_is_handed_over() -> None:
    answers: list[int | None] = [204, 403, None]
    house = House(pulse=lambda environ: answers.pop(0))
    beacon = house.ask("/pulse", "POST")
    assert (beacon.status, beacon.body, beacon["Cache-Control"]) == (204, b"", "no-store")
    assert house.ask("/pulse", "POST").status == 403
    assert house.ask("/pulse", "POST")["X-From"] == "app"
    wrong: Any = house.ask("/pulse")
    assert (wrong.status, wrong["Allow"]) == (405, "POST")
    assert House().ask("/pulse", "POST")["X-From"] == "app"  # nobody counts here


def test_a_missing_slash_leads_to_the_page() -> None:
    house = House()
    answer = house.ask("/a", query="utm=1")
    assert (answer.status, answer["Location"], answer.body) == (301, "/a/", b"")
    assert house.ask("/a", "HEAD").status == 301
    assert house.ask("/a", "POST")["X-From"] == "app"
    assert house.ask("/feed.rss/")["X-From"] == "app"
    assert house.ask("/\xc3\xa9")["Location"] == "/%C3%A9/"  # Latin-1 as WSGI packs it


def test_addresses_beyond_ascii_are_understood() -> None:
    house = House()
    house.facts["/é/"] = "e acute"
    assert house.ask("/\xc3\xa9/").body == b"e acute"
    assert house.ask("/\xc3\xa9/").body == b"e acute"
    assert house.builds == ["/é/"]


def test_a_page_that_became_stale_a_moment_ago_is_left_to_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Monotonic(monkeypatch)
    house = House(grace=0.8)
    house.ask()
    house.change("/a/", "<p>New")
    clock.move(0.7)

    assert house.ask().body == BODY.encode()
    assert house.builds == ["/a/"]

    clock.move(0.2)
    assert house.ask().body == b"<p>New"
    assert house.builds == ["/a/", "/a/"]


def test_a_page_that_was_not_seen_fresh_lately_is_printed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Monotonic(monkeypatch)
    house = House(grace=0.8)
    house.ask()
    clock.move(5)
    house.change("/a/", "<p>New")

    assert house.ask().body == b"<p>New"


def test_what_the_worker_printed_meanwhile_is_shown_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    Monotonic(monkeypatch)
    house = House(grace=0.8)
    house.ask()
    house.change("/a/", "<p>New")
    house.ask()
    house.print_page("/a/")  # as another process would

    assert house.ask().body == b"<p>New"


def test_a_page_taken_out_is_gone_within_the_grace_too(monkeypatch: pytest.MonkeyPatch) -> None:
    Monotonic(monkeypatch)
    house = House(grace=0.8)
    house.ask()
    del house.facts["/a/"]
    house.store.drop("/a/")
    house.generation.bump()

    assert house.ask()["X-From"] == "app"


class Monotonic:
    """The steady clock, stopped."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(frontdoor.time, "monotonic", lambda: self.now)

    def move(self, seconds: float) -> None:
        self.now += seconds
