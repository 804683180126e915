"""A new portal is furnished once and what people change or delete afterwards stays as they left it."""

from __future__ import annotations

import pytest
from django.apps import apps

from broadsheet.articles.models import Section
from broadsheet.core import facts
from broadsheet.ops import readiness, settingup
from broadsheet.pages import queries as pages
from broadsheet.pages.models import Brand, Home, StandingPage
from broadsheet.sources.models import RightsProfile, Source

pytestmark = pytest.mark.django_db


def dump() -> dict[str, list[str]]:
    return {
        model._meta.label: sorted(map(repr, model._default_manager.values_list()))
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
    }


def test_a_new_portal_has_what_it_needs() -> None:
    assert [section.key for section in Section.objects.order_by("order")] == [key for key, _, _ in settingup.SECTIONS]
    house = Source.objects.get(is_house=True)
    assert (house.rights.text, house.rights.canonical, house.publishing) == ("full", "here", "review")
    assert set(RightsProfile.objects.values_list("text", flat=True)) == {"headline", "excerpt", "full"}
    assert {"about", "contact", "disclaimer", "privacy", "terms"} <= {page.slug for page in StandingPage.objects.live()}
    assert pages.brand().name
    assert Home.objects.count() == Brand.objects.count() == 1
    assert readiness.pending_migrations() == 0


def test_furnishing_again_changes_no_row() -> None:
    before = dump()
    assert settingup.furnish() is False
    assert dump() == before


def test_what_somebody_renamed_or_deleted_stays_so() -> None:
    Section.objects.filter(key="crypto").delete()
    Section.objects.filter(key="world").update(name="The World", slug="the-world")
    RightsProfile.objects.filter(name="Headline and link").delete()
    StandingPage.objects.get(slug="disclaimer").delete()
    Brand.objects.update(name="The Morning Paper")
    before = dump()
    assert settingup.furnish() is False
    assert dump() == before


def test_furnishing_that_was_cut_off_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def dying(*_: object) -> None:
        raise Killed

    facts.drop(settingup.FURNISHED)
    Section.objects.all().delete()
    monkeypatch.setattr(settingup.pages, "furnish", dying)
    with pytest.raises(Killed):
        settingup.furnish()
    assert not Section.objects.exists()
    monkeypatch.setattr(settingup.pages, "furnish", lambda imprint: None)
    assert settingup.furnish() is True
    assert Section.objects.count() == 9
    assert Source.objects.filter(is_house=True).count() == 1
