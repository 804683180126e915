"""Owners at the desk: who is one voice, given sources, merged, forgotten."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from broadsheet.core.models import Effect
from broadsheet.sources.models import Owner, Source
from broadsheet.sources.starter import load
from broadsheet.wire.services.starting import add_starter
from tests import make


def told() -> set[int]:
    """Sources whose change waits to be told."""
    rows = Effect.objects.filter(name="event:sources.SourceChanged").values_list("payload", flat=True)
    return {row["source_id"] for row in rows}


def form(**changes: object) -> dict[str, object]:
    return {"name": "House", "country": "", "homepage": "", **changes}


def test_the_list_names_each_owners_sources_in_two_queries_for_any_number(as_editor: Client, newsroom: Source) -> None:
    for number in range(3):
        owner = make.make_owner(f"House {number}")
        for letter in "abcdefg":
            make.make_source(f"Paper {number}{letter}", owner=owner)
    page = as_editor.get("/desk/owners/").content.decode()
    assert "Paper 0a, Paper 0b, Paper 0c, Paper 0d, Paper 0e and 2 more" in page
    with CaptureQueriesContext(connection) as few:
        as_editor.get("/desk/owners/")
    for _ in range(12):
        make.make_source(owner=make.make_owner())
    with CaptureQueriesContext(connection) as many:
        as_editor.get("/desk/owners/")
    assert len(many) == len(few)


def test_sources_are_ticked_and_go_from_hand_to_hand(as_editor: Client, newsroom: Source) -> None:
    first, second = make.make_owner("First"), make.make_owner("Second")
    stays, goes, comes = (make.make_source(owner=owner) for owner in (first, first, second))
    page = as_editor.get(f"/desk/owners/edit/{first.pk}/").content.decode()
    assert f"{comes.name} (now Second)" in page
    assert newsroom.name not in page.partition("Its sources")[2].partition("</form>")[0]
    told_before = told()
    data = form(name="First", sources=[stays.pk, comes.pk, newsroom.pk][:2])
    assert as_editor.post(f"/desk/owners/edit/{first.pk}/", data).status_code == 302
    assert set(first.sources.all()) == {stays, comes}
    assert Source.objects.get(pk=goes.pk).owner is None
    assert told() - told_before == {stays.pk, goes.pk, comes.pk}


def test_our_own_newsroom_belongs_to_nobody(as_editor: Client, newsroom: Source) -> None:
    owner = make.make_owner()
    as_editor.post(f"/desk/owners/edit/{owner.pk}/", form(sources=[newsroom.pk]))
    assert not owner.sources.exists()


def test_a_new_owner_comes_with_sources(as_editor: Client, newsroom: Source) -> None:
    source = make.make_source()
    assert as_editor.post("/desk/owners/new/", form(name="New House", sources=[source.pk])).status_code == 302
    assert Source.objects.get(pk=source.pk).owner == Owner.objects.get(name="New House")


def test_two_names_of_one_owner_are_merged_after_a_page_that_says_so(as_editor: Client, newsroom: Source) -> None:
    gone, into = make.make_owner("House, Inc."), make.make_owner("House")
    Owner.objects.filter(pk=gone.pk).update(country="GB")
    source = make.make_source("The Moved", owner=gone)
    address = f"/desk/owners/merge/{gone.pk}/"
    assert address in as_editor.get(f"/desk/owners/edit/{gone.pk}/").content.decode()
    page = as_editor.get(address).content.decode()
    assert "The Moved" in page
    assert f'<option value="{gone.pk}"' not in page
    assert as_editor.post(address, {"into": ""}).status_code == 200
    assert Owner.objects.filter(pk=gone.pk).exists()
    assert as_editor.post(address, {"into": into.pk}).status_code == 302
    assert not Owner.objects.filter(pk=gone.pk).exists()
    assert Source.objects.get(pk=source.pk).owner == into
    assert Owner.objects.get(pk=into.pk).country == "GB"
    assert source.pk in told()


def test_only_who_may_change_owners_may_merge_them(as_contributor: Client, newsroom: Source) -> None:
    gone, into = make.make_owner(), make.make_owner()
    assert as_contributor.post(f"/desk/owners/merge/{gone.pk}/", {"into": into.pk}).status_code in (302, 403)
    assert Owner.objects.filter(pk=gone.pk).exists()


def test_a_source_says_who_is_one_voice_with_it(as_editor: Client, newsroom: Source) -> None:
    owner = make.make_owner("The House")
    one, other = make.make_source("One", owner=owner), make.make_source("The Other", owner=owner)
    page = as_editor.get(f"/desk/sources/edit/{one.pk}/").content.decode()
    section = page.partition('id="source-voice"')[2].partition("</section>")[0]
    assert "The House" in section
    assert "The Other" in section
    Source.objects.filter(pk=other.pk).update(owner=None)
    assert "it counts for itself" in as_editor.get(f"/desk/sources/edit/{one.pk}/").content.decode()


@pytest.mark.django_db
def test_the_starter_list_brings_its_owners_and_groups_their_outlets() -> None:
    rows = load()
    add_starter(rows)
    for owner in {row.owner for row in rows}:
        names = {row.name for row in rows if row.owner == owner}
        assert names <= set(Source.objects.filter(owner__name=owner).values_list("name", flat=True)), owner
    voices = {source.voice for source in Source.objects.filter(is_house=False, is_sample=False)}
    assert len(voices) == len({row.owner for row in rows})
