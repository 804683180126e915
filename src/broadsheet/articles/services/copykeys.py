"""The table of passages that articles are filed under: looked up, filled and emptied many rows at a time."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import date

from django.db import connection, transaction

from broadsheet.articles.models import Article, CopyKey, Sketch
from broadsheet.copydesk import copies
from broadsheet.core import clock

#: Passages that are looked up in one statement: the longest texts of a batch of fifty ask for 4,800.
AT_ONCE = 5_000
#: Rows that are forgotten in one transaction, and the seconds after which a turn of forgetting ends.
CHUNK = 2_000
TURN = 0.25

_TABLE = CopyKey._meta.db_table


def found(hashes: Iterable[int], since: date) -> dict[int, list[int]]:
    """The articles that are filed under these passages since a day, by passage, in the order of filing."""
    asked = sorted(set(hashes))
    there: dict[int, list[int]] = {}
    with connection.cursor() as cursor:
        for first in range(0, len(asked), AT_ONCE):
            # Numbers of our own making are written out: as parameters they would take many statements.
            numbers = ",".join(map(str, asked[first : first + AT_ONCE]))
            cursor.execute(
                f"SELECT hash, article_id FROM {_TABLE} WHERE hash IN ({numbers}) AND day >= %s ORDER BY id",  # noqa: S608
                [connection.ops.adapt_datefield_value(since)],
            )
            for one, article_id in cursor.fetchall():
                there.setdefault(one, []).append(article_id)
    return there


def put(rows: Sequence[tuple[int, int]], day: date) -> None:
    """File articles under passages: rows of passage and article."""
    if not rows:
        return
    stored = connection.ops.adapt_datefield_value(day)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {_TABLE} (hash, article_id, day) VALUES (%s, %s, %s)",  # noqa: S608
            [(one, article_id, stored) for one, article_id in rows],
        )


def forget(article_id: int, hashes: Iterable[int]) -> None:
    """Take an article out from under these passages, as many of them as it is filed under."""
    numbers = ",".join(map(str, hashes))
    if numbers:
        with connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM {_TABLE} WHERE hash IN ({numbers}) AND article_id = %s",  # noqa: S608
                [article_id],
            )


def purge() -> int:
    """Forget passages and sketches whose days are over, for at most a moment; returns how many rows went.

    A sketch that alone says that an article of the paper is of another's family stays, without its hashes.
    """
    before = clock.now().date() - copies.WINDOW
    end = time.monotonic() + TURN
    gone = 0
    while time.monotonic() < end:
        done = _purge_keys(before) + _purge_sketches(before)
        gone += done
        if not done:
            break
    return gone


def _purge_keys(before: date) -> int:
    # Rows are written in the order of days: what is over lies at the beginning of the table, and no index is needed.
    oldest = CopyKey.objects.order_by("id").values_list("id", "day")[:CHUNK]
    over = [ident for ident, day in oldest if day < before]
    if not over:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {_TABLE} WHERE id <= %s AND day < %s",  # noqa: S608
            [over[-1], connection.ops.adapt_datefield_value(before)],
        )
    return len(over)


def _purge_sketches(before: date) -> int:
    rows = Sketch.objects.filter(day__lt=before).order_by("day", "pk")
    facts = list(rows.values_list("pk", "family_id", "article__copy_of_id")[:CHUNK])
    tied = [pk for pk, family, copy_of in facts if family is not None and copy_of is None]
    loose = [pk for pk, family, copy_of in facts if family is None or copy_of is not None]
    with transaction.atomic():
        for first in range(0, len(tied), 500):
            Sketch.objects.filter(pk__in=tied[first : first + 500]).update(hashes=b"", day=None)
        for first in range(0, len(loose), 500):
            some = Sketch.objects.filter(pk__in=loose[first : first + 500])
            some._raw_delete(some.db)
    return len(facts)


def is_root(article: Article) -> bool:
    """Whether other texts' family is this one's."""
    return Sketch.objects.filter(family=article).exclude(pk=article.pk).exists()
