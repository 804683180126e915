"""Whenever a change comes, the page that shows it is printed once more, and only once."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from broadsheet.press import services
from broadsheet.press.filestore import FileStore
from broadsheet.press.models import Clock, Key, Page, PageKey
from tests.trade.press.newsroom import Newsroom

pytestmark = pytest.mark.django_db

A = "/world/a/"


def test_a_page_is_printed_once_for_one_change(room: Newsroom) -> None:
    room.change("a", "one")
    first = services.print_page(A)
    assert first is not None
    assert services.print_page(A) == first
    assert room.builds == [A]
    room.change("a", "two")
    assert room.stale(A) == (True, True)
    assert services.reprint(hot_only=False) == 1
    assert services.reprint(hot_only=False) == 0
    assert "two" in room.shown(A)
    assert room.stale(A) == (False, False)
    assert room.builds == [A, A]


def test_only_pages_that_show_the_fact_become_stale(room: Newsroom) -> None:
    for name in "ab":
        room.change(name, "one")
        services.print_page(f"/world/{name}/")
    services.print_page("/")
    room.change("a", "two")
    stale = set(Page.objects.filter(stale=True).values_list("path", flat=True))
    assert stale == {A, "/"}


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_changes_nothing(room: Newsroom) -> None:
    room.change("a", "one")
    services.print_page(A)
    before = room.press.generation.value
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012  the block is meant
        services.mark_stale("article:a")
        raise ZeroDivisionError
    assert room.stale(A) == (False, False)
    assert room.press.generation.value == before


@pytest.mark.django_db(transaction=True)
def test_marks_are_set_after_the_commit_and_not_before(room: Newsroom) -> None:
    room.change("a", "one")
    services.print_page(A)
    with transaction.atomic():
        services.mark_stale("article:a", "front")
        assert room.stale(A) == (True, False)
        before = room.press.generation.value
    assert room.stale(A) == (True, True)
    assert room.press.generation.value == before + 1


def test_a_change_while_the_page_is_being_built_is_not_lost(room: Newsroom) -> None:
    room.facts["a"] = "one"
    for round_ in range(2):  # a page never printed before, and one printed before

        def change_once(path: str, text: str = f"newer {round_}") -> None:
            room.during = lambda path: None
            room.change("a", text)

        room.during = change_once
        services.print_page(A)
        assert room.stale(A) == (True, True)
        services.print_page(A)
        assert f"newer {round_}" in room.shown(A)
        assert room.stale(A) == (False, False)
        services.mark_stale("article:a")


@pytest.mark.parametrize("step", ["container: before rename", "container: after rename"])
@pytest.mark.parametrize("known", [False, True])
def test_a_change_between_row_and_swap_is_not_lost(room: Newsroom, step: str, known: bool) -> None:
    room.facts["a"] = "one"
    if known:
        services.print_page(A)
        services.mark_stale("article:a")
    store = room.press.store
    assert isinstance(store, FileStore)

    def change(at: str) -> None:
        if at == step:
            store._step = lambda at: None
            room.change("a", "two")

    store._step = change
    services.print_page(A)
    assert room.stale(A) == (True, True)
    services.print_page(A)
    assert "two" in room.shown(A)


def test_a_fact_first_shown_by_a_print_in_progress_is_not_lost(room: Newsroom) -> None:
    room.change("a", "one")
    services.print_page("/")

    def change_once(path: str) -> None:
        room.during = lambda path: None
        room.change("b", "newer")  # the front does not show b yet, but will, as of before

    room.facts["b"] = "older"
    services.mark_stale("front")
    room.during = change_once
    services.print_page("/")
    assert "older" in room.shown("/")
    assert room.stale("/") == (True, True)


def test_a_print_holds_the_clock_before_it_looks_at_the_keys(room: Newsroom) -> None:
    room.change("a", "one")
    with CaptureQueriesContext(connection) as asked:
        services.print_page(A)
    statements = [q["sql"] for q in asked]
    held = next(n for n, sql in enumerate(statements) if sql.startswith('UPDATE "press_clock"'))
    first_write = next(n for n, sql in enumerate(statements) if sql.startswith(("INS", "UPD", "DEL")))
    looked = next(n for n, sql in enumerate(statements) if '"press_key"."seq" >' in sql)
    assert held == first_write < looked


def test_the_same_bytes_keep_tag_and_brotli(room: Newsroom) -> None:
    room.change("a", "one")
    services.print_page(A)
    assert services.add_brotli() == 1
    services.mark_stale("article:a")
    again = services.print_page(A)
    assert again is not None
    assert again.brotli is not None
    assert services.add_brotli() == 0
    room.change("a", "two")
    changed = services.print_page(A)
    assert changed is not None
    assert changed.brotli is None


def test_keys_follow_what_the_page_shows(room: Newsroom) -> None:
    room.change("a", "one")
    room.change("b", "one")
    services.print_page("/")
    room.facts.pop("a")
    services.mark_stale("front")
    services.print_page("/")
    names = PageKey.objects.filter(page__path="/").values_list("key__name", flat=True)
    assert set(names) == {"front", "layout", "article:b"}
    services.mark_stale("article:a")
    assert room.stale("/") == (False, False)


def test_marking_nothing_costs_nothing(room: Newsroom) -> None:
    assert services.mark_stale() == 0
    assert not Clock.objects.exists()
    with pytest.raises(ValueError, match="press key"):
        services.mark_stale("no key")
    assert not Key.objects.exists()


def test_outer_caches_are_told_and_their_failing_stops_nothing(
    room: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[frozenset[str]] = []

    def fail(keys: frozenset[str]) -> None:
        raise ConnectionError

    room.press.purge_hooks += [fail, told.append]
    room.change("a", "one")
    assert told == [frozenset({"article:a", "crowded"})]
    assert "outer cache" in caplog.text
