"""Topics at the desk: found by state and kind, named, hidden, merged after a look at what would happen."""

from __future__ import annotations

import pytest
from django.test import Client

from broadsheet.accounts.models import User
from broadsheet.articles.models import Topic, TopicAlias
from broadsheet.press import services as press
from tests import make
from tests.page.desk.conftest import signed_in
from tests.page.paper_kit import page, printed, tree

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(editor: User) -> Client:
    return signed_in(editor)


def test_the_list_is_narrowed_by_state_and_kind(desk: Client) -> None:
    make.make_topic("Harbours", kind="place")
    make.make_topic("Olga Brandtner", kind="person", public=False)
    make.make_topic("Old Tides", hidden=True)
    make.make_topic("Quays", public=False, merged_into=Topic.objects.get(name="Harbours"))
    for query, names in (
        ("state=public", {"Harbours"}), ("state=candidate", {"Olga Brandtner"}), ("state=hidden", {"Old Tides"}),
        ("state=merged", {"Quays"}), ("kind=person", {"Olga Brandtner"}), ("q=tides", {"Old Tides"}),
    ):  # fmt: skip
        rows = desk.get(f"/desk/topics/?{query}").context["object_list"]
        assert {row.name for row in rows} == names, query
    assert "merged into Harbours" in desk.get("/desk/topics/?state=merged").text


def test_an_editor_names_kinds_and_publishes(desk: Client) -> None:
    topic = make.make_topic("Tidal Power", public=False)
    form = {"name": "Tidal power", "kind": "organisation", "code": "13000000", "other_names": "TP\nTide power\n",
            "description": "", "publish": "on"}  # fmt: skip
    assert desk.post(f"/desk/topics/edit/{topic.pk}/", form).status_code == 302
    topic.refresh_from_db()
    assert (topic.kind, topic.code, topic.public, topic.by_desk) == ("organisation", "13000000", True, True)
    assert sorted(topic.aliases.values_list("name", flat=True)) == ["TP", "Tide power"]
    assert "Tide power" in desk.get(f"/desk/topics/edit/{topic.pk}/").text


def test_what_cannot_be_is_refused_in_words(desk: Client) -> None:
    one, two = make.make_topic("Tidal power"), make.make_topic("Tide energy")
    TopicAlias.objects.create(topic=one, fold="tp", name="TP")
    answer = desk.post(f"/desk/topics/edit/{two.pk}/", {"name": "Tide energy", "kind": "theme", "other_names": "tp"})
    assert "stands for the topic “Tidal power”" in answer.text
    answer = desk.post(f"/desk/topics/edit/{two.pk}/", {"name": "TP", "kind": "theme"})
    assert "There is a topic of this name already." in answer.text
    answer = desk.post(f"/desk/topics/edit/{two.pk}/", {"name": "Tide energy", "kind": "theme", "code": "15"})
    assert "eight digits" in answer.text


def test_merging_asks_then_shows_then_does_and_the_address_leads_on(desk: Client) -> None:
    one, two = make.make_topic("Quays"), make.make_topic("Harbours")
    make.make_story([make.make_article("A new quay", topics=[one])])
    make.make_story([make.make_article("Both of them", topics=[one, two])])
    where = f"/desk/topics/merge/{one.pk}/"
    assert "no topic of this name" in desk.post(where, {"into": "Nowhere"}).text
    assert "this topic itself" in desk.post(where, {"into": "quays"}).text
    shown = desk.post(where, {"into": "harbours"})
    assert "2 articles move there, 1 of them named under both" in shown.text
    one.refresh_from_db()
    assert one.merged_into is None
    assert desk.post(where, {"into": "harbours", "confirmed": str(two.pk)}).status_code == 302
    moved = press.print_page("/topics/quays/")
    assert moved is not None
    assert (moved.status, dict(moved.headers)["Location"]) == (301, "/topics/harbours/")
    feed = press.print_page("/topics/quays/feed.rss")
    assert feed is not None
    assert dict(feed.headers)["Location"] == "/topics/harbours/feed.rss"
    assert desk.get(where).status_code == 404


def test_merging_is_for_those_who_may_change_topics(contributor: User) -> None:
    topic = make.make_topic("Quays")
    assert signed_in(contributor).get(f"/desk/topics/merge/{topic.pk}/").status_code in {302, 403}


def test_readers_see_public_topics_with_kind_and_other_names_and_no_candidates() -> None:
    topic, candidate = make.make_topic("Olga Brandtner", kind="person"), make.make_topic("Quays", public=False)
    TopicAlias.objects.create(topic=topic, fold="brandtner", name="Brandtner")
    article = make.make_article("A visit", topics=[topic, candidate])
    make.make_story([article])
    markup = page("/topics/olga-brandtner/")
    assert ">Person<" in markup
    assert "Also: <bdi>Brandtner</bdi>" in markup
    assert printed("/topics/quays/") is None
    own = page(f"/{article.address}/")
    assert "Quays" not in own
    assert '"about":[{"@type":"Person","name":"Olga Brandtner"' in own
    assert tree(f"/{article.address}/").xpath("//nav[@class='topics']/a/@href") == ["/topics/olga-brandtner/"]
