"""Pages name the site's own address: when that changes, none of the old ones is handed out as fresh, and a command that
runs with another address than the portal does not call the portal's pages wrong."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from django.conf import settings

from broadsheet.core import facts
from broadsheet.ops import printedfor, readiness, verify
from broadsheet.press import services as press
from broadsheet.press import setup
from tests import make

HERE, THERE = "http://127.0.0.1:8000", "https://news.example.org"


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> Any:
    """Let this process run with another site address."""

    def change(site_url: str) -> None:
        monkeypatch.setattr(settings, "BROADSHEET", dataclasses.replace(settings.BROADSHEET, site_url=site_url))

    return change


def front() -> str:
    """The front page as it is stored, or "" where the stored one is stale."""
    found = setup.current().store.get("/")
    return "" if found is None or found.stale else found.printed.body.decode()


def test_a_start_with_another_address_makes_every_page_stale_once(at: Any) -> None:
    said: list[str] = []
    make.make_edition({"lead": [make.make_article()]})
    at(HERE)
    readiness.prepare(said.append)
    press.print_page("/", asked=True)
    assert HERE in front()
    readiness.prepare(said.append)
    assert HERE in front()  # a start with the same address changes nothing
    assert not any("printed anew" in line for line in said)

    at(THERE)
    readiness.prepare(said.append)
    assert front() == ""
    assert any("printed anew" in line for line in said)
    press.reprint()
    assert THERE in front()
    assert HERE not in front()


def test_verify_with_another_address_does_not_compare_pages_and_with_the_same_it_does(at: Any) -> None:
    make.make_edition({"lead": [make.make_article()]})
    at(HERE)
    printedfor.settle()
    press.print_page("/", asked=True)
    assert printedfor.other_site() == ""
    at(THERE)
    assert printedfor.other_site() == HERE
    assert [line for _, lines in verify.verify(["press"]) for line in lines] == []
    # Had these settings been the portal's own, the page would be a fault.
    facts.put(printedfor.PRINTED_FOR, [THERE, *facts.get(printedfor.PRINTED_FOR)[1:]])
    assert printedfor.other_site() == ""
    [(_, lines)] = verify.verify(["press"])
    assert lines == ["The page / in the store differs from a fresh print."]
