"""Several workers at once: each dispatch filed once, each effect done once, whoever is quicker."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from broadsheet.articles.models import Article
from broadsheet.copydesk.entries import Entry
from broadsheet.core import clock, facts, queue
from broadsheet.core.models import Effect, Fact
from broadsheet.ops import verify
from broadsheet.wire import services
from broadsheet.wire.models import Dispatch, Feed
from tests.make import make_source
from tests.trade.wire.newswire import words

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow("threads with real commits")]
WORKERS = 4


def together(work: Callable[[], Any]) -> None:
    """Every worker does this until there is nothing left."""
    wrong: list[BaseException] = []

    def run() -> None:
        try:
            while work():
                pass
        except BaseException as error:  # noqa: BLE001  handed to the test, which fails with it
            wrong.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert wrong == []


def test_each_dispatch_is_filed_once() -> None:
    """All with one headline and one topic, so that they get in each other's way as much as they can."""
    Effect.objects.all().delete()
    source = make_source(homepage="http://gazette.test/")
    feed = Feed.objects.create(source=source, url="http://gazette.test/f", url_key="f", next_pull_at=clock.now())
    for number in range(24):
        entry = Entry(
            key=str(number),
            url=f"http://gazette.test/{number}",
            title="The ferry sails again",
            summary_html=f"<p>{words(number)}</p>",
            categories=["Harbours"],
            published=clock.now() - timedelta(hours=1),
        )
        Dispatch.objects.create(
            feed=feed, entry_key=str(number), url=entry.url, content_hash=str(number), payload=entry.as_json(),
            arrived_at=clock.now(), due_at=clock.now(),
        )  # fmt: skip
    together(lambda: services.file_arrived(3))
    # Two that wanted one address: the later of them is tried again, which is not a fate.
    with clock.shifted(timedelta(minutes=2)):
        while services.file_arrived(50):
            pass
    assert set(Dispatch.objects.values_list("fate", flat=True)) == {"filed"}
    assert Article.objects.count() == 24
    assert Article.objects.values("address").distinct().count() == 24
    for invariant, faults in verify.verify(["dispatches", "articles", "index", "stories", "leases"]):
        assert faults == [], invariant.name


def test_each_effect_is_done_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_runners", dict(queue._runners))

    def once(payload: dict[str, Any]) -> None:
        # A second time would break the unique name.
        Fact.objects.create(name=f"done-{payload['n']}", value=1, set_at=clock.now())

    queue.register("once", once)
    Effect.objects.all().delete()
    for number in range(60):
        queue.defer("once", {"n": number})
    together(lambda: queue.run_due(4))
    assert queue.waiting() == (0, 0)
    assert Fact.objects.filter(name__startswith="done-").count() == 60
    assert facts.get("done-0") == 1


def test_each_feed_is_claimed_by_one() -> None:
    source = make_source()
    Feed.objects.bulk_create(
        Feed(source=source, url=f"http://g.test/{n}", url_key=str(n), next_pull_at=clock.now()) for n in range(40)
    )
    claimed: list[int] = []

    def claim() -> int:
        found = [errand.feed_id for errand in services.claim_due(3)]
        claimed.extend(found)
        return len(found)

    together(claim)
    assert sorted(claimed) == sorted(Feed.objects.values_list("pk", flat=True))
