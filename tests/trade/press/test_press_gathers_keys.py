from __future__ import annotations

import pytest

from broadsheet.press import gathering, services
from broadsheet.press.models import Clock
from tests.trade.press.newsroom import Newsroom

pytestmark = pytest.mark.django_db


def test_a_batch_of_changes_marks_its_pages_once(room: Newsroom) -> None:
    room.facts = {"a": "one", "b": "one"}
    for path in ("/world/a/", "/world/b/"):
        services.print_page(path)
    with gathering.gathered():
        gathering.mark("article:a")
        with gathering.gathered():
            gathering.mark("article:b", "article:a")
        assert room.stale("/world/a/") == (False, False)
    assert room.stale("/world/a/") == room.stale("/world/b/") == (True, True)
    assert Clock.objects.get().seq == 1
    gathering.mark("article:a")
    assert Clock.objects.get().seq == 2


def test_a_batch_that_fails_marks_nothing(room: Newsroom) -> None:
    with pytest.raises(ZeroDivisionError), gathering.gathered():  # noqa: PT012  the block is meant
        gathering.mark("article:a")
        raise ZeroDivisionError
    assert not Clock.objects.exists()
    gathering.mark("article:a")
    assert Clock.objects.get().seq == 1


def test_identities_are_asked_for_their_keys_in_one_go(room: Newsroom) -> None:
    asked: list[set[int]] = []

    def keys_of(idents: set[int]) -> list[str]:
        asked.append(idents)
        return [f"article:{ident}" for ident in sorted(idents)]

    with gathering.gathered():
        gathering.mark_of(keys_of, 1)
        gathering.mark_of(keys_of, 2)
    assert asked == [{1, 2}]
    assert Clock.objects.get().seq == 1
    gathering.mark_of(keys_of, 3)
    assert asked[1:] == [{3}]
    assert Clock.objects.get().seq == 2
