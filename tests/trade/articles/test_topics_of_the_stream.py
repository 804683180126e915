"""Names become topics by three voices; aliases, merging, hiding; the tables stay bounded and the queries constant."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from broadsheet.articles import gazetteer, services
from broadsheet.articles.events import TopicChanged, TopicsNamed
from broadsheet.articles.models import Article, ArticleTopic, Topic, TopicAlias, TopicUse
from broadsheet.articles.services import promoting
from broadsheet.core import clock, events
from broadsheet.sources.models import Source
from tests.make import NOW, make_article, make_owner, make_source, make_topic, paragraphs
from tests.trade.articles.test_articles_are_filed import filing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still")]

TEXT = "They met Olga Brandtner at Lake Orvane. Then Brandtner left."


@pytest.fixture(autouse=True)
def _fresh() -> None:
    gazetteer.forget()


def told(text: str = TEXT, *, source: Source | None = None, **values: object) -> Article:
    return services.file_article(filing(source=source, headline="A visit", body=paragraphs(text), **values))


def test_three_voices_make_a_name_a_topic_with_its_articles(announced: list[events.Event]) -> None:
    first, second = told(), told()
    services.promote_topics()
    assert not Topic.objects.filter(public=True).exists()
    assert Topic.objects.get(name="Olga Brandtner").kind == "person"
    third = told()
    assert services.promote_topics() > 0
    topic = Topic.objects.get(name="Olga Brandtner")
    assert (topic.public, topic.kind, topic.voices, topic.slug) == (True, "person", 3, "olga-brandtner")
    assert set(topic.articles.all()) == {first, second, third}
    assert Topic.objects.get(name="Lake Orvane").kind == "place"
    assert not TopicUse.objects.filter(fold="olga brandtner").exists()
    named = next(one for one in announced if isinstance(one, TopicsNamed) and topic.pk in one.topic_ids)
    assert set(named.article_ids) == {first.pk, second.pk, third.pk}
    assert [one.name for one in topic.aliases.all()] == ["Brandtner"]


def test_one_owner_is_one_voice_and_copies_are_none() -> None:
    owner = make_owner()
    original = told(source=make_source(owner=owner))
    told(source=make_source(owner=owner))
    told(source=make_source(), copy_of_id=original.pk)
    told(source=make_source(), copy_of_id=original.pk)
    services.promote_topics()
    assert not Topic.objects.exists()
    assert TopicUse.objects.filter(fold="olga brandtner").count() == 2


def test_later_articles_find_the_topic_by_its_other_name_with_a_receipt() -> None:
    for _ in range(3):
        told()
    services.promote_topics()
    article = services.file_article(filing(headline="What Brandtner wants", body=paragraphs("She said it twice.")))
    link = article.topic_links.get()
    assert (link.topic.name, link.found, link.times) == ("Olga Brandtner", "headline", 1)


def test_labels_are_candidates_until_three_voices_filed_under_them() -> None:
    for number in range(3):
        article = told("Nothing else.", topics=("Tidal power",))
        services.promote_topics()
        assert Topic.objects.get(name="Tidal power").public is (number == 2)
        assert article.topic_links.get().found == "label"


def test_uses_older_than_the_window_do_not_count() -> None:
    told(), told()
    with clock.frozen(NOW + timedelta(days=31)):
        told()
        services.promote_topics()
    assert not Topic.objects.filter(public=True).exists()


def test_the_desks_own_topics_are_public_at_once_and_kept_as_they_are() -> None:
    services.set_topics(make_article(), ["Olga Brandtner"])
    topic = Topic.objects.get()
    assert (topic.public, topic.by_desk, topic.kind) == (True, True, "theme")
    for _ in range(3):
        told()
    services.promote_topics()
    topic.refresh_from_db()
    assert (topic.name, topic.kind) == ("Olga Brandtner", "theme")


def test_a_candidate_that_the_desk_touched_keeps_its_kind_and_its_voices() -> None:
    told(), told()
    services.promote_topics()
    topic = Topic.objects.get(name="Olga Brandtner")
    topic.kind = Topic.Kind.THEME
    services.save_topic(topic, ["OB"])
    assert (topic.public, topic.articles.count()) == (False, 0)
    told()
    services.promote_topics()
    topic.refresh_from_db()
    assert (topic.public, topic.kind, topic.articles.count()) == (True, "theme", 3)


def test_a_topic_that_the_desk_shows_has_the_articles_that_named_it() -> None:
    first, second = told(), told("They met OBX there.")
    services.promote_topics()
    topic = make_topic("Olga Brandtner", public=False)
    services.save_topic(topic, ["OBX"], publish=True)
    assert set(topic.articles.all()) == {first, second}
    third = make_article()
    services.set_topics(third, ["Lake Orvane"])
    assert set(Topic.objects.get(name="Lake Orvane").articles.all()) == {first, third}


def test_a_hidden_topic_stays_hidden_whoever_names_it() -> None:
    topic = make_topic("Olga Brandtner", public=False, hidden=True)
    for _ in range(3):
        told()
    services.promote_topics()
    topic.refresh_from_db()
    assert topic.hidden
    assert topic.articles.count() == 3


def test_a_last_name_that_came_first_goes_into_its_bearer() -> None:
    for _ in range(3):
        told("They asked Brandtner again, and Brandtner answered.")
    services.promote_topics()
    single = Topic.objects.get(name="Brandtner")
    assert single.public
    for _ in range(3):
        told("They met Olga Brandtner there.")
    services.promote_topics()
    single.refresh_from_db()
    assert single.merged_into is not None
    assert single.merged_into.name == "Olga Brandtner"
    assert single.merged_into.articles.count() == 6


def test_merging_moves_articles_and_names_and_chains_are_short(announced: list[events.Event]) -> None:
    one, two, three = make_topic("Tidal power"), make_topic("Tide energy"), make_topic("Power of the sea")
    TopicAlias.objects.create(topic=one, fold="tidal", name="Tidal")
    both, alone = make_article(topics=[one, two]), make_article(topics=[one])
    ArticleTopic.objects.filter(article=both, topic=one).update(by_desk=True)
    assert services.merge_topics(one, two) == 1
    one.refresh_from_db()
    assert (one.merged_into, one.public) == (two, False)
    assert set(two.articles.all()) == {both, alone}
    assert ArticleTopic.objects.get(article=both).by_desk
    assert sorted(two.aliases.values_list("name", flat=True)) == ["Tidal", "Tidal power"]
    assert {TopicChanged(one.pk), TopicChanged(two.pk)} <= set(announced)
    assert services.merge_topics(one, two) == 0
    services.merge_topics(two, three)
    one.refresh_from_db()
    assert one.merged_into == three
    article = services.file_article(filing(topics=("Tidal power",)))
    assert article.topic_links.get().topic == three


def test_another_name_belongs_to_one_topic_only() -> None:
    one, two = make_topic("Tidal power"), make_topic("Tide energy")
    services.save_topic(one, ["TP", "tp ", "Tidal power"])
    assert [alias.name for alias in one.aliases.all()] == ["TP"]
    for taken in ("TP", "Tidal Power"):
        with pytest.raises(services.NameTaken, match="Tidal power"), transaction.atomic():
            services.save_topic(two, [taken])
    services.save_topic(one, [])
    assert not TopicAlias.objects.exists()


def test_a_batch_costs_the_same_queries_however_many_articles() -> None:
    def cost(many: int) -> int:
        sources = [make_source() for _ in range(many)]
        filings = [
            filing(source=source, headline=f"Visit {n} of {many}", body=paragraphs(TEXT), topics=(f"Label {n} {many}",))
            for n, source in enumerate(sources)
        ]
        gazetteer.known()
        with CaptureQueriesContext(connection) as seen:
            services.file_articles(filings)
        return len(seen)

    cost(2)
    assert cost(12) == cost(4)


def test_a_pass_costs_the_same_queries_however_many_names() -> None:
    def cost(many: int, mark: str) -> int:
        names = [f"Olga {mark}{chr(97 + n)}tner" for n in range(many)]
        for _ in range(3):
            told(" ".join(f"They met {name} there." for name in names))
        with CaptureQueriesContext(connection) as seen:
            assert services.promote_topics() == many
        return len(seen)

    cost(1, "Warm")
    assert cost(2, "Brand") == cost(10, "Stern")


def test_the_nightly_pass_forgets_the_old_and_keeps_within_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    told("They met Olga Brandtner there.")
    with clock.frozen(NOW + timedelta(days=28)):
        told("They met Olga Brandtner there."), told("They met Anna Morvane there.")
    with clock.frozen(NOW + timedelta(days=31)):
        services.tidy_topics()
        assert sorted(TopicUse.objects.values_list("fold", flat=True)) == ["anna morvane", "olga brandtner"]
        told("They met Olga Brandtner there.")
        monkeypatch.setattr(promoting, "MOST_USES", 2)
        services.tidy_topics()
    assert set(TopicUse.objects.values_list("fold", flat=True)) == {"olga brandtner"}


def test_the_nightly_pass_counts_articles_and_voices_anew() -> None:
    owner, topic = make_owner(), make_topic("Shipping")
    for source in (make_source(owner=owner), make_source(owner=owner), make_source()):
        make_article(source=source, topics=[topic])
    make_article(topics=[topic], age=timedelta(days=40))
    services.tidy_topics()
    topic.refresh_from_db()
    assert (topic.uses, topic.voices) == (3, 2)
