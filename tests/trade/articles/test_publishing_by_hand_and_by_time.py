"""In and out of the paper: by hand, at a set time, by embargo and expiry; each once, across restarts (check 59)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from wagtail.models import ModelLogEntry, Revision

from broadsheet.articles import services
from broadsheet.articles.events import ArticleChanged, ArticlePublished, ArticleWithdrawn
from broadsheet.articles.models import Article
from broadsheet.articles.services import timed
from broadsheet.core import clock, events, facts
from broadsheet.press import services as press
from tests.make import NOW, make_article, make_rights, make_source, make_story

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still")]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def again(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


def test_publishing_happens_once(announced: list[events.Event]) -> None:
    article = make_article(live=False)
    assert services.publish(article)
    assert not services.publish(article)
    assert not services.publish(again(article))
    assert announced == [ArticlePublished(article.pk)]
    assert (again(article).live, again(article).first_published_at) == (True, NOW)


def test_what_was_withdrawn_is_not_published_but_restored(announced: list[events.Event]) -> None:
    article = make_article()
    services.withdraw(article, why="A court\nsays  so")
    assert not services.publish(article)
    stored = again(article)
    assert (stored.live, stored.withdrawn_at, stored.withdrawn_why) == (False, NOW, "A court says so")
    services.restore(article)
    stored = again(article)
    assert (stored.live, stored.withdrawn_at, stored.withdrawn_why) == (True, None, "")
    assert announced == [ArticleWithdrawn(article.pk), ArticlePublished(article.pk)]
    actions = list(ModelLogEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["broadsheet.withdraw", "broadsheet.restore"]


def test_a_withdrawn_address_is_gone_and_comes_back_where_it_was() -> None:
    article = make_article()
    make_story([article])
    path = article.path
    for change, status in (
        (lambda: None, 200),
        (lambda: services.withdraw(article, why="It was wrong"), 410),
        (lambda: services.restore(article), 200),
    ):
        change()
        printed = press.print_page(path)
        assert printed is not None
        assert printed.status == status
        assert (b"It was wrong" in printed.body) is (status == 410)


def schedule(article: Article, **fields: Any) -> Revision:
    article = again(article)
    for name, value in fields.items():
        setattr(article, name, value)
    revision = article.save_revision()
    revision.publish()
    return revision


def test_check_59_a_scheduled_article_is_published_once(announced: list[events.Event]) -> None:
    article = make_article(live=False)
    schedule(article, headline="At nine", go_live_at=NOW + HOUR)
    assert not again(article).live
    assert announced == []
    with clock.frozen(NOW + HOUR - timedelta(seconds=1)):
        assert timed.publish_due() == 0
    with clock.frozen(NOW + HOUR):
        assert timed.publish_due() == 1
        assert timed.publish_due() == 0
    with clock.frozen(NOW + 2 * HOUR):
        assert timed.publish_due() == 0
    assert (again(article).live, again(article).headline) == (True, "At nine")
    assert announced == [ArticlePublished(article.pk)]


class Killed(BaseException):
    """What a SIGKILL looks like from inside."""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_check_59_a_kill_while_it_is_published_loses_nothing_and_doubles_nothing(
    moment: str, monkeypatch: pytest.MonkeyPatch, announced: list[events.Event]
) -> None:
    article = make_article(live=False)
    schedule(article, go_live_at=NOW + HOUR)
    real = Revision.publish

    def dying(self: Revision, *args: Any, **kwargs: Any) -> None:
        if moment == "after":
            real(self, *args, **kwargs)
        raise Killed

    with clock.frozen(NOW + HOUR):
        monkeypatch.setattr(Revision, "publish", dying)
        with pytest.raises(Killed):
            timed.publish_due()
        assert not again(article).live
        monkeypatch.setattr(Revision, "publish", real)
        announced.clear()
        assert timed.publish_due() == 1
        assert timed.publish_due() == 0
    assert again(article).live
    assert announced == [ArticlePublished(article.pk)]


def test_two_workers_do_not_publish_one_revision_twice(
    announced: list[events.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    article = make_article(live=False)
    schedule(article, go_live_at=NOW + HOUR)
    with clock.frozen(NOW + HOUR):
        real = Revision.publish

        def publish_and_let_the_other_try(self: Revision, *args: Any, **kwargs: Any) -> None:
            real(self, *args, **kwargs)
            monkeypatch.setattr(Revision, "publish", real)
            assert timed.publish_due() == 0

        monkeypatch.setattr(Revision, "publish", publish_and_let_the_other_try)
        assert timed.publish_due() == 1
    assert announced == [ArticlePublished(article.pk)]


def test_an_article_with_an_end_leaves_the_paper_once(announced: list[events.Event]) -> None:
    article = make_article(expire_at=NOW + HOUR)
    assert timed.publish_due() == 0
    with clock.frozen(NOW + HOUR):
        assert timed.publish_due() == 1
        assert timed.publish_due() == 0
    stored = again(article)
    assert (stored.live, stored.expired, stored.withdrawn_at) == (False, True, None)
    assert announced == [ArticleWithdrawn(article.pk)]


def minded(moment: Any, announced: list[events.Event]) -> list[int]:
    announced.clear()
    with clock.frozen(moment):
        count = timed.mind_rights()
    changed = [event.article_id for event in announced if isinstance(event, ArticleChanged)]
    assert count == len(changed)
    return sorted(changed)


def test_embargo_and_expiry_are_told_once_when_their_time_comes(announced: list[events.Event]) -> None:
    embargoed = make_article(source=make_source(rights=make_rights(embargo_minutes=60)), age=timedelta(0))
    expiring = make_article(source=make_source(rights=make_rights(expiry_days=1)), age=timedelta(0))
    make_article(age=timedelta(0))
    assert minded(NOW, announced) == []
    assert minded(NOW + HOUR - timedelta(seconds=1), announced) == []
    assert minded(NOW + HOUR, announced) == [embargoed.pk]
    assert minded(NOW + HOUR + timedelta(seconds=1), announced) == []
    assert minded(NOW + DAY, announced) == [expiring.pk]
    assert minded(NOW + 3 * DAY, announced) == []


def test_a_worker_that_slept_over_it_tells_it_late(announced: list[events.Event]) -> None:
    article = make_article(source=make_source(rights=make_rights(expiry_days=1)), age=timedelta(0))
    minded(NOW, announced)
    assert minded(NOW + 30 * DAY, announced) == [article.pk]


def test_check_82_a_clock_that_goes_back_tells_nothing_twice_at_once(announced: list[events.Event]) -> None:
    article = make_article(source=make_source(rights=make_rights(expiry_days=1)), age=timedelta(0))
    minded(NOW, announced)
    assert minded(NOW + 365 * DAY, announced) == [article.pk]
    assert minded(NOW + HOUR, announced) == []
    assert facts.get(timed.MINDED) == (NOW + HOUR).isoformat()
    assert minded(NOW + DAY, announced) == [article.pk]


def test_an_article_under_embargo_is_printed_when_it_ends_and_gone_when_rights_are_over() -> None:
    source = make_source(rights=make_rights(embargo_minutes=60, expiry_days=1))
    article = make_article(source=source, age=timedelta(0))
    make_story([article])
    timed.mind_rights()
    seen = []
    for moment in (NOW, NOW + HOUR, NOW + DAY):
        with clock.frozen(moment):
            timed.mind_rights()
            printed = press.print_page(article.path)
            seen.append(printed.status if printed else 404)
    assert seen[1] == 200
    assert seen[2] == 410
    assert seen[0] in (404, 410)
