"""Reader events in batches: counted once, dropped when unknown, gathered into hours, forgotten in time."""

from __future__ import annotations

import socket
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from broadsheet.core import clock
from broadsheet.trends import queries, services
from broadsheet.trends.counter import Counted
from broadsheet.trends.models import Attention, Batch, ReadTally, Refusal
from broadsheet.trends.rules import BOOKMARK, COMMENT, CRAWLER, FLOOD, READ, SHARE
from broadsheet.trends.services import recording
from tests.make import NOW, make_article

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still")]
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
HOUR_OF_NOW = NOW.replace(minute=0)


def counted(at: datetime, reads: dict[int, int], kind: str = READ) -> Counted:
    return Counted(Counter({(at, kind, pk): n for pk, n in reads.items()}))


def test_a_batch_counts_once_under_its_token() -> None:
    article = make_article()
    assert services.record("t1", counted(NOW, {article.pk: 3})) == 3
    assert services.record("t1", counted(NOW, {article.pk: 3})) == 0
    assert services.record("t2", counted(NOW, {article.pk: 2})) == 2
    assert ReadTally.objects.get().reads == 5
    row = Attention.objects.get()
    assert (row.article_id, row.at, row.kind, row.n) == (article.pk, NOW, READ, 5)
    assert queries.reads_of([article.pk]) == {article.pk: 5}


def test_only_reads_go_into_the_tally_of_reads() -> None:
    article = make_article()
    services.record("t1", counted(NOW, {article.pk: 3}, SHARE))
    services.record("t2", counted(NOW + 6 * MINUTE, {article.pk: 1}))
    assert ReadTally.objects.get().reads == 1
    assert queries.attention_by_kind(hours=24) == {READ: 1, "end": 0, SHARE: 3, BOOKMARK: 0, COMMENT: 0}


def test_reads_of_what_is_not_there_are_dropped() -> None:
    article, hidden = make_article(), make_article(live=False)
    assert services.record("t", counted(NOW, {article.pk: 1, hidden.pk: 5, 10**17: 9})) == 1
    assert list(ReadTally.objects.values_list("article", "reads")) == [(article.pk, 1)]
    assert Attention.objects.count() == 1


def test_reads_are_kept_by_the_hour_and_read_for_a_day() -> None:
    one, two = make_article(), make_article()
    services.record("a", counted(NOW, {one.pk: 1, two.pk: 4}))
    services.record("b", counted(NOW - 3 * HOUR, {one.pk: 2}))
    services.record("c", counted(NOW - 30 * HOUR, {one.pk: 100}))
    assert ReadTally.objects.filter(hour=HOUR_OF_NOW).count() == 2
    assert queries.most_read() == [(two.pk, 4), (one.pk, 3)]
    assert queries.most_read(1, hours=48) == [(one.pk, 103)]


def test_what_did_not_count_is_told_by_reason() -> None:
    for token, hour in (("a", HOUR_OF_NOW), ("b", HOUR_OF_NOW - HOUR), ("c", HOUR_OF_NOW - 3 * HOUR)):
        services.record(token, Counted(refused=Counter({(hour, FLOOD): 2, (hour, CRAWLER): 1})))
    assert queries.refused(hours=2) == {CRAWLER: 2, "prefetch": 0, FLOOD: 4, "network": 0}
    assert Refusal.objects.count() == 6


def test_a_batch_costs_the_same_for_few_and_many_articles() -> None:
    few = {make_article().pk: 1}
    many = {make_article().pk: 2 for _ in range(30)}
    counts = []
    for token, some in (("few", few), ("many", many)):
        with CaptureQueriesContext(connection) as seen:
            assert services.record(token, counted(NOW, some)) == sum(some.values())
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_kill_inside_a_batch_leaves_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def dying(model: Any, *_: object) -> None:
        if model is ReadTally:
            raise Killed
        real(model, *_)

    article, real = make_article(), recording._add
    monkeypatch.setattr(recording, "_add", dying)
    with pytest.raises(Killed):
        services.record("t", counted(NOW, {article.pk: 1}))
    monkeypatch.undo()
    assert not Batch.objects.exists()
    assert not Attention.objects.exists()
    assert services.record("t", counted(NOW, {article.pk: 1})) == 1


def test_after_two_days_minutes_become_hours_and_no_count_is_lost() -> None:
    article, other = make_article(), make_article()
    for token, minutes in (("a", 0), ("b", 5), ("c", 55), ("d", 60)):
        services.record(token, counted(HOUR_OF_NOW + minutes * MINUTE, {article.pk: 1, other.pk: 2}))
    services.record("e", counted(HOUR_OF_NOW + 10 * MINUTE, {article.pk: 7}, SHARE))
    assert services.roll_up() == 0
    with clock.frozen(HOUR_OF_NOW + 49 * HOUR):
        assert services.roll_up() == 1
        assert services.roll_up() == 0
        # What a long outage brought late is counted too.
        services.record("late", counted(HOUR_OF_NOW + 20 * MINUTE, {article.pk: 5}))
    rows = Attention.objects.order_by("at", "article_id", "kind").values_list("at", "article_id", "kind", "n")
    assert list(rows)[:3] == [
        (HOUR_OF_NOW, article.pk, READ, 3),
        (HOUR_OF_NOW, article.pk, SHARE, 7),
        (HOUR_OF_NOW, other.pk, READ, 6),
    ]
    assert sum(n for *_, n in rows) == 4 + 8 + 7 + 5


@pytest.mark.parametrize(
    ("age", "tokens", "refusals", "tallies"), [(0, 1, 1, 1), (2, 0, 1, 1), (15, 0, 0, 1), (61, 0, 0, 0)]
)
def test_each_is_kept_for_its_time(age: int, tokens: int, refusals: int, tallies: int) -> None:
    batch = counted(NOW, {make_article().pk: 1})
    batch.refused[HOUR_OF_NOW, FLOOD] = 1
    services.record("t", batch)
    with clock.frozen(NOW + timedelta(days=age)):
        services.purge()
    assert (Batch.objects.count(), Refusal.objects.count()) == (tokens, refusals)
    assert (ReadTally.objects.count(), Attention.objects.count()) == (tallies, tallies)


def test_the_server_tells_of_a_comment_after_its_transaction(
    tmp_path: Path, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.BROADSHEET = SimpleNamespace(run_dir=tmp_path, secret_key="s")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as inlet:
        inlet.bind(str(tmp_path / "pulse.sock"))
        inlet.setblocking(False)
        with django_capture_on_commit_callbacks() as after:
            services.note(COMMENT, 17, reader="reader:5")
            services.note(COMMENT, 17, reader="reader:5")
        with pytest.raises(BlockingIOError):
            inlet.recv(200)
        for send in after:
            send()
        first, second = inlet.recv(200).split(b" "), inlet.recv(200).split(b" ")
    assert first == second
    assert first[:2] == [b"comment", b"17"]
    assert len(first) == 3
    assert b"reader" not in first[2]
    with pytest.raises(ValueError, match="no reader event"):
        services.note("glance", 17, reader="reader:5")


def test_nobody_counting_keeps_no_comment_from_standing(
    tmp_path: Path, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.BROADSHEET = SimpleNamespace(run_dir=tmp_path, secret_key="s")
    with django_capture_on_commit_callbacks(execute=True):
        services.note(BOOKMARK, 17, reader="reader:5")
