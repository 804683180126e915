"""Reader events into the database: batches that count once, hours instead of minutes for what is older, forgetting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Sum

from broadsheet.articles.models import Article
from broadsheet.core import clock, facts
from broadsheet.trends import rules
from broadsheet.trends.counter import Counted
from broadsheet.trends.models import Attention, Batch, ReadTally, Refusal
from broadsheet.trends.pulse import Outlet, socket_path

KEPT_BATCHES = timedelta(days=1)
KEPT_TALLIES = timedelta(days=60)
KEPT_REFUSALS = timedelta(days=14)
#: Rows in one statement.
AT_ONCE = 200
#: Hours rolled up in one go, so that a long pause is caught up in several.
HOURS_AT_ONCE = 48
ROLLED_TO = "attention_rolled_to"


@transaction.atomic
def record(token: str, counted: Counted) -> int:
    """Add a batch of events and refusals to the tallies; the same token counts once.

    Events of articles that are not in the paper are dropped. Returns how many events were counted.
    """
    if Batch.objects.filter(pk=token).exists():
        return 0
    Batch.objects.create(pk=token, at=clock.now())
    asked = {article_id for _, _, article_id in counted.events}
    known = set(Article.objects.filter(pk__in=asked, live=True).values_list("pk", flat=True))
    events = {key: n for key, n in counted.events.items() if key[2] in known}
    reads: Counter[tuple[int, datetime]] = Counter()
    for (at, kind, article_id), n in events.items():
        if kind == rules.READ:
            reads[article_id, rules.hour_of(at)] += n
    _add(Attention, ("article", "at", "kind"), "n", [(pk, at, kind, n) for (at, kind, pk), n in events.items()])
    _add(ReadTally, ("article", "hour"), "reads", [(*key, n) for key, n in reads.items()])
    _add(Refusal, ("hour", "why"), "n", [(*key, n) for key, n in counted.refused.items()])
    return sum(events.values())


def note(kind: str, article_id: int, *, reader: str) -> None:
    """Tell of something that the server knows a reader did: a comment that stands, a bookmark of an account.

    `reader` is any name that is the same each time for one reader; it leaves this process as a key that is never
    stored. Sent after the transaction, counted once an hour like every event, and lost where nobody counts.
    Raises ValueError for a kind that there is not.
    """
    if kind not in rules.KINDS:
        raise ValueError(f"There is no reader event {kind!r}.")
    options = settings.BROADSHEET

    def send() -> None:
        outlet = Outlet(socket_path(options.run_dir), options.secret_key)
        try:
            outlet.event(kind, article_id, visitor=f"account\n{reader}", network="", day=clock.now().date())
        finally:
            outlet.close()

    transaction.on_commit(send)


def roll_up() -> int:
    """Gather buckets older than two days into their hours; returns how many hours were gathered."""
    end = rules.hour_of(clock.now() - rules.FINE)
    told = facts.get(ROLLED_TO)
    rows = Attention.objects.filter(at__lt=end)
    done = 0
    for done in range(HOURS_AT_ONCE):
        left = rows.filter(at__gte=datetime.fromisoformat(told)) if told else rows
        first = left.order_by("at").values_list("at", flat=True).first()
        if first is None:
            return done
        hour = rules.hour_of(first)
        told = (hour + timedelta(hours=1)).isoformat()
        with transaction.atomic():
            fine = Attention.objects.filter(at__gt=hour, at__lt=hour + timedelta(hours=1))
            sums = fine.order_by("article_id", "kind").values_list("article_id", "kind").annotate(Sum("n"))
            _add(Attention, ("article", "at", "kind"), "n", [(pk, hour, kind, n) for pk, kind, n in sums])
            fine.delete()
            facts.put(ROLLED_TO, told)
    return done + 1


def purge() -> int:
    """Forget batch tokens of yesterday, refusals older than two weeks, counts older than two months."""
    now = clock.now()
    roll_up()
    gone = 0
    for rows in (
        Batch.objects.filter(at__lt=now - KEPT_BATCHES),
        Refusal.objects.filter(hour__lt=now - KEPT_REFUSALS),
        ReadTally.objects.filter(hour__lt=now - KEPT_TALLIES),
        Attention.objects.filter(at__lt=now - KEPT_TALLIES),
    ):
        gone += rows.delete()[0]
    return gone


def _add(model: type[models.Model], unique: Sequence[str], count: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Add counts to rows that may or may not be there, in one statement for two hundred: both databases know it.

    Each row holds the values of `unique`, then the count. Sorted, so that two writers never wait for each other in a
    ring.
    """
    quote = connection.ops.quote_name
    fields: list[Any] = [model._meta.get_field(name) for name in (*unique, count)]
    columns = [quote(field.column) for field in fields]
    table = quote(model._meta.db_table)
    ordered = sorted(rows)
    with connection.cursor() as cursor:
        for start in range(0, len(ordered), AT_ONCE):
            part = ordered[start : start + AT_ONCE]
            values = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * len(part))
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES {values} "  # noqa: S608 - names of our own tables
                f"ON CONFLICT ({', '.join(columns[:-1])}) "
                f"DO UPDATE SET {columns[-1]} = {table}.{columns[-1]} + excluded.{columns[-1]}",
                [
                    field.get_db_prep_save(value, connection)
                    for row in part
                    for field, value in zip(fields, row, strict=True)
                ],
            )
