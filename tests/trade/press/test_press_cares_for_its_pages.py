from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from broadsheet.core import clock
from broadsheet.press import ledger, queries, services, setup
from broadsheet.press.models import Key, Page
from broadsheet.press.printing import Moved, Sheet
from broadsheet.press.store import MemoryStore
from tests.trade.press.newsroom import Newsroom

pytestmark = pytest.mark.django_db

A = "/world/a/"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_no_page_costs_no_write(room: Newsroom) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert services.print_for_reader(A) is None
        assert services.print_page("/no/such/kind") is None
        assert services.print_page("/world/" + "x" * 500 + "/") is None
    assert not [q for q in asked if not q["sql"].startswith("SELECT")]


def test_a_page_whose_fact_is_gone_is_forgotten(room: Newsroom) -> None:
    room.change("a", "one")
    services.print_page(A)
    room.change("a", None)
    assert services.print_page(A) is None
    assert room.press.store.get(A) is None
    assert not Page.objects.exists()


def test_a_row_without_print_is_forgotten_too(room: Newsroom) -> None:
    room.change("a", "one")
    services.print_page(A)
    room.press.store.drop(A)
    room.facts.clear()
    assert services.print_page(A) is None
    assert not Page.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_reader_may_have_a_page_printed_outside_any_request(room: Newsroom) -> None:
    room.change("a", "one")
    for _ in range(2):
        assert services.print_for_reader(A) is not None
    assert Page.objects.get().hot == 1


def test_a_brotli_form_that_cannot_be_made_now_is_left_for_later(room: Newsroom) -> None:
    room.change("a", "one")
    services.print_page(A)
    room.press.store.drop(A)
    assert services.add_brotli() == 0


@pytest.mark.django_db(transaction=True)
def test_a_drop_that_is_rolled_back_drops_nothing(room: Newsroom) -> None:
    room.change("a", "one")
    services.print_page(A)
    with transaction.atomic():
        services.drop(A)
        assert room.press.store.get(A) is not None  # nobody sees the change before it is true
        transaction.set_rollback(True)
    assert Page.objects.exists()
    assert room.stale(A) == (False, False)


def test_dropped_at_once(room: Newsroom) -> None:
    room.change("a", "one")
    services.print_page(A)
    before = room.press.generation.value
    services.drop(A)
    assert room.press.store.get(A) is None
    assert room.press.generation.value > before


def test_a_print_costs_as_many_queries_however_many_pages_there_are(room: Newsroom) -> None:
    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            services.print_for_reader(path)
        return len(asked)

    room.change("a0", "one")
    few = cost("/world/a0/")
    for n in range(1, 12):
        room.change(f"a{n}", "one")
        services.print_page(f"/world/a{n}/")
    room.change("b", "one")
    assert cost("/world/b/") <= few <= 20
    services.mark_stale("article:b")
    assert cost("/world/b/") <= few  # the usual case: printed anew with the same keys


def test_the_most_asked_for_are_printed_first_and_the_cold_ones_later(room: Newsroom) -> None:
    for name in "abc":
        room.change(name, "one")
        services.print_page(f"/world/{name}/")
    with clock.frozen(NOON):
        services.note_asked({A: 3, "/world/b/": 9, "/gone/": 1})
    for name in "abc":
        room.change(name, "two")
    room.builds.clear()
    with clock.frozen(NOON + timedelta(hours=1)):
        assert services.reprint(limit=1) == 1
        assert room.builds == ["/world/b/"]
        assert services.reprint() == 1  # c was never asked for
        assert services.reprint(hot_only=False) == 1
    for name in "ab":
        room.change(name, "three")
    with clock.frozen(NOON + timedelta(days=2)):
        assert services.reprint() == 0


def test_demand_cools(room: Newsroom) -> None:
    room.change("a", "one")
    with clock.frozen(NOON):
        services.print_for_reader(A)
        services.note_asked({A: 7})
        assert Page.objects.get().hot == 8
    with clock.frozen(NOON + timedelta(hours=1)):
        services.note_asked({A: 1})
    page = Page.objects.get()
    assert (page.hot, page.asked_at) == (5, NOON + timedelta(hours=1))


def test_demand_is_followed_and_a_failure_does_not_end_it(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    noted: list[Any] = []
    answers: list[Any] = [{}, ZeroDivisionError(), {A: 2}]
    stop = threading.Event()

    def asked() -> dict[str, int]:
        if len(answers) == 1:
            stop.set()
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return dict(answer)

    monkeypatch.setattr(services, "note_asked", noted.append)
    thread = services.follow_demand(asked, every=0.001, stop=stop)
    thread.join(5)
    assert noted == [{A: 2}]
    assert "written down" in caplog.text
    assert thread.daemon


def test_a_builder_that_fails_does_not_hold_up_the_others(room: Newsroom, caplog: pytest.LogCaptureFixture) -> None:
    for name in "ab":
        room.change(name, "one")
        services.print_for_reader(f"/world/{name}/")
    services.note_asked({A: 1})

    def fail(path: str) -> None:
        if path == A:
            raise ZeroDivisionError

    room.during = fail
    for name in "ab":
        room.change(name, "two")
    assert services.reprint() == 1
    assert "could not be printed" in caplog.text
    assert "two" in room.shown("/world/b/")
    assert room.stale(A) == (True, True)
    with pytest.raises(ZeroDivisionError):
        services.print_for_reader(A)
    room.during = lambda path: None
    assert services.reprint() == 1


def test_pages_of_a_kind_that_is_gone_are_dropped(room: Newsroom) -> None:
    room.change("a", "one")
    services.print_page(A)
    room.change("a", "two")
    del room.press.printer._kinds["article"]
    services.reprint(hot_only=False)
    assert not Page.objects.exists()
    assert room.press.store.get(A) is None


def test_brotli_is_made_for_fresh_pages_only(room: Newsroom) -> None:
    for name in "abc":
        room.change(name, "one")
        services.print_page(f"/world/{name}/")
    room.change("b", "two")
    with room.press.flights.attempt("/world/c/"):  # somebody is printing c
        assert services.add_brotli() == 1
    assert services.add_brotli() == 1
    found = room.press.store.get(A)
    assert found is not None
    assert found.printed.brotli is not None
    assert not found.stale
    assert Page.objects.get(path=A).brotli
    assert queries.counts() == {"pages": 3, "stale": 1, "without_brotli": 1}


def test_a_change_while_brotli_is_made_is_not_lost(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    room.change("a", "one")
    services.print_page(A)

    def slow(printed: Any) -> Any:
        room.change("a", "two")
        return printed

    monkeypatch.setattr(services, "with_brotli", slow)
    services.add_brotli()
    assert room.stale(A) == (True, True)


def test_brotli_already_there_is_only_written_down(room: Newsroom) -> None:
    room.change("a", "one")
    services.print_page(A)
    services.add_brotli()
    Page.objects.update(brotli=False)
    stamp = room.press.store.stamp(A)
    assert services.add_brotli() == 1
    assert room.press.store.stamp(A) == stamp


def test_a_mark_lost_in_a_crash_is_set_by_the_sweep(room: Newsroom) -> None:
    room.change("a", "one")
    services.print_page(A)
    hooks, ledger_seq = room.press.store.mark, ledger.read_clock()
    room.press.store.mark = lambda paths, seq: None  # type: ignore[method-assign]
    room.change("a", "two")  # killed between commit and mark
    room.press.store.mark = hooks  # type: ignore[method-assign]
    assert ledger.read_clock() == ledger_seq + 1
    assert room.stale(A) == (True, False)
    assert services.sweep() == 1
    assert room.stale(A) == (True, True)
    assert services.sweep() == 0
    services.print_page(A)
    assert room.stale(A) == (False, False)
    assert services.sweep(whole=True) == 0


def test_even_before_the_sweep_a_lost_mark_does_not_stop_the_worker(room: Newsroom) -> None:
    room.change("a", "one")
    services.print_page(A)
    Page.objects.update(stale=True)
    assert services.reprint(hot_only=False) == 1
    assert room.builds == [A, A]


def test_a_print_lost_in_a_crash_is_found_by_the_sweep(room: Newsroom) -> None:
    room.change("a", "one")
    services.print_page(A)
    Page.objects.update(as_of=Page.objects.get().as_of + 5)  # killed between row and swap
    with room.press.flights.attempt(A):
        assert services.sweep(whole=True) == 0  # somebody is at it
    assert services.sweep(whole=True) == 1
    assert room.press.store.get(A) is None
    assert services.sweep(whole=True) == 0
    services.print_page(A)
    assert room.stale(A) == (False, False)


def test_a_print_without_a_row_is_dropped_by_the_sweep(room: Newsroom) -> None:
    room.change("a", "one")
    services.print_page(A)
    Page.objects.all().delete()
    assert services.sweep(whole=True) == 1
    assert room.press.store.get(A) is None


def test_a_new_layout_makes_all_pages_stale(room: Newsroom, tmp_path: Path) -> None:
    room.change("a", "one")
    services.print_page(A)
    new = setup.on_disk(tmp_path / "press", layout="new")
    new.printer = room.press.printer
    setup.configure(new)
    room.press = new
    assert new.imprint != setup.imprint_of("test")
    assert room.stale(A) == (False, True)  # at once for readers
    assert services.sweep() >= 1
    assert services.reprint(hot_only=False) == 1
    assert room.stale(A) == (False, False)
    assert services.sweep(whole=True) == 0
    new.generation.close()


def test_a_mark_lost_on_a_print_as_of_now_is_set_all_the_same(room: Newsroom) -> None:
    room.change("a", "one")
    services.print_page(A)
    Page.objects.update(stale=True)  # a rebuild that was killed: no key moved
    assert services.sweep() == 1
    assert room.stale(A) == (True, True)
    services.print_page(A)
    assert room.stale(A) == (False, False)
    assert services.sweep(whole=True) == 0


def test_rebuild_prints_what_is_known_and_what_kinds_can_name(room: Newsroom) -> None:
    for name in "abc":
        room.facts[name] = "one"
    services.print_page(A)
    room.press.printer.register("listed", r"/listed/", lambda path: Sheet("x"), paths=lambda: [A, "/listed/"])
    seen: list[tuple[int, int, str]] = []
    room.builds.clear()
    assert services.rebuild(lambda *step: seen.append(step)) == 2
    assert seen == [(1, 2, A), (2, 2, "/listed/")]
    assert room.builds == [A]
    assert services.rebuild() == 2


def test_verify_finds_what_differs_and_nothing_else(room: Newsroom) -> None:
    for name in "abcde":
        room.change(name, "one")
        services.print_page(f"/world/{name}/")
    assert services.verify() == []
    room.facts["a"] = "changed without a word"
    room.facts.pop("b")
    room.change("c", "changed properly")
    room.press.store.drop("/world/d/")
    assert services.verify() == [
        "The page /world/a/ in the store differs from a fresh print.",
        "The page /world/b/ is in the store but does not exist any more.",
    ]
    assert services.verify(sample=1) == services.verify()[:1]


def test_verify_does_not_blame_a_page_that_changes_while_it_looks(room: Newsroom) -> None:
    room.change("a", "one")
    services.print_page(A)

    def change_once(path: str) -> None:
        room.during = lambda path: None
        room.change("a", "two")

    room.during = change_once
    room.facts["a"] = "two"
    assert services.verify() == []


def test_verify_does_not_blame_a_page_that_goes_while_it_looks(room: Newsroom) -> None:
    room.change("a", "one")
    services.print_page(A)

    def go_once(path: str) -> None:
        room.during = lambda path: None
        room.change("a", None)

    room.during = go_once
    room.facts["a"] = "changed"
    assert services.verify() == []


def test_moved_and_gone_pages_are_printed_like_any_other(room: Newsroom) -> None:
    printer = room.press.printer
    printer.register("moved", r"/old/", lambda path: Moved(A, keys=frozenset({"article:a"})))
    printer.register("gone", r"/gone/", lambda path: Sheet("gone", status=410))
    services.print_page("/old/"), services.print_page("/gone/")
    assert dict(Page.objects.values_list("path", "status")) == {"/old/": 301, "/gone/": 410}
    services.mark_stale("article:a")
    assert room.stale("/old/") == (True, True)


def test_many_keys_on_one_page(room: Newsroom) -> None:
    for n in range(900):
        room.facts[f"a{n}"] = "x"
    services.print_page("/")
    assert Page.objects.get(path="/").keys.count() == 902
    services.mark_stale(*(f"article:a{n}" for n in range(900)))
    assert room.stale("/") == (True, True)
    room.facts = {"a1": "x"}
    services.print_page("/")
    assert Page.objects.get(path="/").keys.count() == 3


def test_keys_no_page_shows_are_forgotten_in_the_end(room: Newsroom) -> None:
    room.change("a", "one")
    services.print_page(A)
    services.mark_stale("article:z")
    ledger.forget_old_keys()
    assert Key.objects.filter(name="article:z").exists()
    services.mark_stale("front")
    ledger.forget_old_keys(keep=0)
    names = set(Key.objects.values_list("name", flat=True))
    assert names == {"article:a", "layout", "front"}


def test_rows_say_what_they_are(room: Newsroom) -> None:
    room.change("a", "one")
    services.print_page(A)
    page = Page.objects.get()
    assert str(page) == A
    assert "press clock at 1" in str(ledger.Clock.objects.get())
    assert {str(k) for k in page.keys.all()} == {"article:a", "layout"}
    assert "shows" in str(page.page_keys.first())


def test_the_press_is_made_from_the_settings(settings: Any, tmp_path: Path) -> None:
    setup.configure(None)
    settings.PRESS_DIR = None
    assert isinstance(setup.current().store, MemoryStore)
    assert setup.current() is setup.current()
    setup.configure(None)
    settings.PRESS_DIR = tmp_path / "press"
    settings.PRESS_LAYOUT = "x"
    settings.PRESS_KEY_HEADERS = ["Cache-Tag"]
    settings.PRESS_PAGE_HEADERS = {"X-A": "1"}
    press = setup.current()
    assert press.imprint == setup.imprint_of("x")
    assert press.key_headers == ("Cache-Tag",)
    assert press.page_headers == {"X-A": "1"}
    assert (tmp_path / "press/generation").exists()
    press.generation.close()
    setup.configure(None)
