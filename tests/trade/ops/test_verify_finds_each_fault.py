"""`broadsheet verify` finds nothing in a sound portal and each planted fault in a faulty one."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from broadsheet.articles import search, services
from broadsheet.articles.models import Article, ArticleTopic, Judgement, Section
from broadsheet.articles.services import Filing, Judged
from broadsheet.core import clock, queue
from broadsheet.core.models import Effect
from broadsheet.editions.models import Slot
from broadsheet.ops import verify
from broadsheet.pictures import services as pictures
from broadsheet.pictures.models import Picture
from broadsheet.press import services as press
from broadsheet.sources.models import Source
from broadsheet.stories.models import Placement, Story
from broadsheet.wire.models import Dispatch, Feed, HubSubscription
from tests.make import NOW, make_picture, make_source, number, paragraphs

pytestmark = pytest.mark.django_db


def unlike(seed: int) -> str:
    """Words that no other number has: each article is a story of its own."""
    dice = random.Random(seed)
    return " ".join("".join(dice.choices("bdfgklmnprst", k=7)) for _ in range(5)).capitalize()


def file(source: Source, **values: Any) -> Article:
    seed = number()
    facts: dict[str, Any] = {
        "source": source, "entry_key": f"e{seed}", "headline": unlike(seed), "standfirst": "", "byline": "",
        "body": paragraphs(f"{unlike(seed + 1_000_000)}."),
        "origin_url": f"https://g.example/{seed}", "url_key": f"u{seed}",
        "text_hash": f"t{seed}", "published_at": NOW, "updated_at": None,
        "judged": Judged("world", 1.0, "en", 4, 1), "topics": ("Harbours",), **values,
    }  # fmt: skip
    return services.file_article(Filing(**facts))


@pytest.fixture(autouse=True)
def _portal() -> Iterator[None]:
    """A small sound portal: three stories on a front, a copy, a spiked dispatch, one printed page."""
    Effect.objects.all().delete()
    with clock.frozen(NOW):
        source = make_source()
        articles = [file(source) for _ in range(3)]
        file(make_source(), copy_of_id=articles[0].pk)
        queue.run_due()
        feed = Feed.objects.create(source=source, url="https://g.example/f", url_key="f", next_pull_at=NOW)
        Dispatch.objects.create(
            feed=feed, entry_key="1", content_hash="h", arrived_at=NOW, fate="filed", article=articles[0]
        )
        Dispatch.objects.create(
            feed=feed, entry_key="2", content_hash="h", arrived_at=NOW, fate="spiked", reason="too_old"
        )
    with clock.frozen(NOW + timedelta(seconds=5)):
        while queue.run_due():
            pass
        assert press.print_page(articles[0].path) is not None
        yield


def faults() -> dict[str, list[str]]:
    return {invariant.name: lines for invariant, lines in verify.verify() if lines}


def test_a_sound_portal_has_no_fault() -> None:
    assert Slot.objects.filter(edition__name="front").count() == 3
    assert not Effect.objects.exists()
    assert faults() == {}


def dispatch(**values: Any) -> Callable[[], Any]:
    return lambda: Dispatch.objects.filter(entry_key="1").update(**values)


def article(**values: Any) -> Callable[[], Any]:
    return lambda: (
        Article.objects.filter(copy_of=None).order_by("pk")[:1].get()
        and Article.objects.filter(
            pk=Article.objects.filter(copy_of=None).order_by("pk").values_list("pk", flat=True)[0]
        ).update(**values)
    )


def first() -> Article:
    found = Article.objects.order_by("pk").first()
    assert found is not None
    return found


def a_copy_of_a_copy() -> None:
    copy = Article.objects.exclude(copy_of=None).get()
    Article.objects.filter(pk=Article.objects.filter(copy_of=None).latest("pk").pk).update(copy_of=copy)


def an_effect(**values: Any) -> Callable[[], Any]:
    facts: dict[str, Any] = {"name": "note", "created_at": NOW, "due_at": clock.now() + timedelta(days=1), **values}
    return lambda: Effect.objects.create(**facts)


def unrendered() -> QuerySet[Effect]:
    """A picture without renditions, and the wish for them."""
    make_picture(rendered=False)
    return Effect.objects.filter(name=pictures.RENDER)


def give_up(wishes: QuerySet[Effect]) -> None:
    picture = Picture.objects.get()
    Picture.objects.update(unreadable=picture.mark)
    wishes.delete()


def lose_a_file(picture: Picture) -> None:
    rendition = picture.renditions.exclude(mark="")[0]
    rendition.file.storage.delete(rendition.file.name)


def a_claim_of_long_ago() -> None:
    HubSubscription.objects.create(
        feed=Feed.objects.order_by("pk")[0], topic="http://a.example/f", hub="http://h.example/", made_at=LONG_AGO,
        token="t", secret="s", claimed_until=LONG_AGO,
    )  # fmt: skip


LONG_AGO = NOW - timedelta(hours=1)
FAULTS: list[tuple[str, str, Callable[[], Any]]] = [
    ("dispatches", "has a fate but no article", dispatch(article=None)),
    ("dispatches", "spiked without a reason", dispatch(fate="spiked", reason="")),
    ("dispatches", "nobody will look at it", dispatch(fate="arrived", due_at=None)),
    ("dispatches", "held by a feed that is not", dispatch(fate="arrived", reason="held", due_at=None)),
    ("articles", "no judgement", lambda: Judgement.objects.filter(article=first()).delete()),
    ("articles", "no address", article(address=None)),
    ("articles", "older cleaner", article(cleaner=0)),
    ("articles", "withdrawn and yet in the paper", article(withdrawn_at=NOW)),
    (
        "articles",
        "not shown in the section that the desk chose",
        lambda: article(section=Section.objects.get(key="tech"))(),
    ),
    ("articles", "at another time under a topic", lambda: ArticleTopic.objects.update(published_at=LONG_AGO)),
    ("copies", "copy of a copy", a_copy_of_a_copy),
    ("index", "not in the search index", lambda: search.forget(first().pk)),
    ("index", "without an article", lambda: search.index(10**6, "Nobody", "", "")),
    ("stories", "is in no story", lambda: Placement.objects.filter(article=first()).delete()),
    ("stories", "counted", lambda: Story.objects.update(voices_count=9)),
    ("stories", "counted", lambda: Story.objects.update(live=False)),
    ("stories", "led by an article that is not in it", lambda: Story.objects.update(lead=Article.objects.latest("pk"))),
    ("stories", "has no article", lambda: Placement.objects.all().delete()),
    ("fronts", "not in the paper", article(live=False)),
    ("leases", "held by a claim", a_claim_of_long_ago),
    ("leases", "feed", lambda: Feed.objects.update(lease_until=LONG_AGO)),
    ("leases", "dispatch", dispatch(fate="arrived", due_at=NOW, lease_until=LONG_AGO)),
    ("leases", "effect", an_effect(lease_until=LONG_AGO)),
    ("outbox", "was given up: why not", an_effect(attempts=queue.ATTEMPTS, error="why not")),
    ("outbox", "more than ten minutes late", an_effect(due_at=LONG_AGO)),
    (
        "pictures",
        "has no file gone.jpg",
        lambda: Picture.objects.bulk_create([Picture(title="P", file="gone.jpg", width=1, height=1)]),
    ),
    ("pictures", "has no renditions: the worker is not asked", lambda: unrendered().delete()),
    ("pictures", "its file cannot be read", lambda: give_up(unrendered())),
    ("pictures", "has no rendition images/", lambda: lose_a_file(make_picture())),
    ("press", "differs from a fresh print", article(headline="Changed behind the press")),
    ("press", "does not exist any more", article(address="world-news/elsewhere")),
]


@pytest.mark.parametrize(("name", "line", "plant"), FAULTS, ids=[f"{name}: {line}" for name, line, _ in FAULTS])
def test_each_planted_fault_is_found(name: str, line: str, plant: Callable[[], Any]) -> None:
    if line == "without an article" and connection.vendor == "postgresql":
        pytest.skip("PostgreSQL's index table refuses it")
    plant()
    found = faults()
    assert any(line in one for one in found.get(name, [])), found


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="on SQLite only")
def test_a_reference_into_nothing_is_found() -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE stories_placement SET story_id = 999999")
        (found,) = [lines for _, lines in verify.verify(["database"])]
        transaction.set_rollback(True)
    assert any("stories_placement" in line for line in found)


def test_the_database_itself_forbids_what_must_be_once() -> None:
    from django.db import IntegrityError

    row = Dispatch.objects.get(entry_key="1")
    slot = Slot.objects.order_by("pk")[0]
    doubles: list[Callable[[], Any]] = [
        lambda: Dispatch.objects.create(feed=row.feed, entry_key="1", content_hash="h", arrived_at=NOW),
        lambda: Slot.objects.create(edition=slot.edition, place="x", rank=0, story=slot.story, article=slot.article),
        lambda: Article.objects.filter(copy_of=None).update(entry_key="same"),
    ]
    for double in doubles:
        with pytest.raises(IntegrityError), transaction.atomic():
            double()


def test_what_still_waits_in_the_outbox_is_no_fault() -> None:
    file(make_source())
    unrendered()
    assert faults() == {}


def test_only_what_was_asked_for_is_looked_at() -> None:
    assert [invariant.name for invariant, _ in verify.verify(["copies", "leases"])] == ["copies", "leases"]
    assert len({invariant.name for invariant in verify.INVARIANTS}) == len(verify.INVARIANTS)


def test_a_flood_of_faults_is_cut_at_a_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    endless = verify.Invariant("endless", "Nothing.", lambda: (str(n) for n in range(10**9)))
    monkeypatch.setattr(verify, "INVARIANTS", (endless,))
    ((_, lines),) = verify.verify()
    assert len(lines) == 1000
