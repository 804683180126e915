"""The outbox as a queue: rows with leases, at-least-once delivery, exactly-once database effects.

`defer` writes a row; `run_due` claims a batch, runs each in a savepoint and deletes it in the same transaction, so
that a kill at any moment either kept both or neither. A handler that touches the world outside the database
registers with `outside=True`: it runs outside a transaction and must be safe to repeat.

Trouble of the machine (a full disk) is raised to the worker: it costs no effect an attempt.
"""

from __future__ import annotations

import itertools
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import Q

from broadsheet.core import clock, trouble
from broadsheet.core.models import Effect

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=60)
ATTEMPTS = 12
# Effects outside the database take long; what of a batch is not begun by then waits for the next turn.
OUTSIDE_SECONDS = 2.0
BACKOFF_CAP = timedelta(hours=1)
# Hosts may differ by less.
CLOCK_WRONG = timedelta(minutes=10)

Runner = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Registered:
    """How an effect name is carried out; with `run_all`, several that wait behind each other at once."""

    run: Runner
    outside: bool
    run_all: Callable[[list[dict[str, Any]]], None] | None = None


_runners: dict[str, Registered] = {}
# Keys already asked for in the running batch: fifty equal wishes are one query.
_asked: ContextVar[set[str] | None] = ContextVar("keys_asked_for", default=None)
_batch: Callable[[], AbstractContextManager[None]] = nullcontext


def run_batches_in(context: Callable[[], AbstractContextManager[None]]) -> None:
    """Have each batch run inside a context, within its transaction (the wiring gathers press keys so)."""
    global _batch
    _batch = context


def register(
    name: str,
    run: Runner,
    *,
    outside: bool = False,
    run_all: Callable[[list[dict[str, Any]]], None] | None = None,
) -> None:
    """Name the function that carries out effects called `name`, and perhaps one that carries out many at once."""
    _runners[name] = Registered(run, outside, run_all)


def registered(name: str) -> Registered | None:
    """The runner of an effect name; a name `prefix:rest` falls back to the runner of `prefix:`."""
    return _runners.get(name) or _runners.get(name.split(":", 1)[0] + ":")


def defer(
    name: str,
    payload: dict[str, Any] | None = None,
    *,
    key: str | None = None,
    due_at: datetime | None = None,
) -> None:
    """Write down an effect. With `key`, a wish equal to one that still waits is folded into it."""
    asked = _asked.get()
    if key is not None and asked is not None:
        if key in asked:
            return
        asked.add(key)
    moment = clock.now()
    row = Effect(name=name, payload=payload or {}, key=key, created_at=moment, due_at=due_at or moment)
    if key is None:
        row.save(force_insert=True)
    else:
        Effect.objects.bulk_create([row], ignore_conflicts=True)


def defer_all(wishes: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Write down several effects, as (name, payload), to be carried out in this order."""
    moment = clock.now()
    Effect.objects.bulk_create(
        [Effect(name=name, payload=payload, created_at=moment, due_at=moment) for name, payload in wishes]
    )


def claim(limit: int, *, lease: timedelta = LEASE) -> list[Effect]:
    """Take up to `limit` due rows for this worker. A claimed row loses its key: newer wishes make a new row."""
    moment = clock.now()
    token = secrets.token_hex(16)
    with transaction.atomic():
        # A row, a wait or a lease from the future was written while the clock was wrong: it is due as well.
        wrong = moment + CLOCK_WRONG
        due = Effect.objects.filter(
            Q(due_at__lte=moment) | Q(created_at__gt=wrong) | Q(attempts__gt=0, due_at__gt=wrong + BACKOFF_CAP),
            attempts__lt=ATTEMPTS,
        ).filter(Q(lease_until=None) | Q(lease_until__lte=moment) | Q(lease_until__gt=wrong + lease))
        due = due.order_by("due_at", "id")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        ids = list(due.values_list("id", flat=True)[:limit])
        if not ids:
            return []
        Effect.objects.filter(id__in=ids).update(lease_until=moment + lease, lease_token=token, key=None)
    return list(Effect.objects.filter(id__in=ids, lease_token=token).order_by("due_at", "id"))


def run_due(limit: int = 100) -> int:
    """Claim and carry out due effects; returns how many were done or put off to the next turn."""
    rows = claim(limit)
    inside = [row for row in rows if not _is_outside(row)]
    outside = [row for row in rows if _is_outside(row)]
    try:
        done = _run_inside(inside) if inside else 0
    except LeaseLost as lost:
        log.warning("a batch came too late and was rolled back", effects=str(lost))
        done = 0
    end = time.monotonic() + OUTSIDE_SECONDS
    for place, row in enumerate(outside):
        if place and time.monotonic() > end:
            return done + _put_off(outside[place:])
        done += _run_outside(row)
    return done


def _put_off(rows: list[Effect]) -> int:
    """Let go of effects that were not begun: a long batch neither holds up the worker nor outlives its leases."""
    mine = Effect.objects.filter(id__in=[row.id for row in rows], lease_token=rows[0].lease_token)
    return mine.update(lease_until=None, lease_token="")


def _is_outside(row: Effect) -> bool:
    found = registered(row.name)
    return found is not None and found.outside


def _run_inside(rows: list[Effect]) -> int:
    done: list[Effect] = []
    failed: list[tuple[Effect, BaseException]] = []
    with transaction.atomic(), batch():
        for _, run in itertools.groupby(rows, key=lambda row: row.name):
            equal = list(run)
            if len(equal) > 1 and _carried_out_at_once(equal):
                done += equal
                continue
            for row in equal:
                try:
                    with transaction.atomic():
                        _carry_out(row)
                    done.append(row)
                except Exception as error:  # noqa: BLE001  one bad row must not stop the others
                    trouble.pass_on(error)
                    failed.append((row, error))
                    _forget_asked()
        _finish(done)
    for row, why in failed:
        _put_back(row, why)
    return len(done)


def _carried_out_at_once(rows: list[Effect]) -> bool:
    """Carry out effects of one name together, where that is possible; False: each by itself, so that the bad one
    among them is found and stops no other."""
    found = registered(rows[0].name)
    if found is None or found.run_all is None:
        return False
    try:
        with transaction.atomic():
            found.run_all([_payload(row) for row in rows])
    except Exception as error:  # noqa: BLE001
        trouble.pass_on(error)
        log.info("effects could not be carried out at once", name=rows[0].name, count=len(rows), error=repr(error))
        _forget_asked()
        return False
    return True


@contextmanager
def batch() -> Iterator[None]:
    """A batch of work in one transaction: equal wishes are folded, the wiring's context is around it."""
    token = _asked.set(set())
    try:
        with _batch():
            yield
    finally:
        _asked.reset(token)


def _forget_asked() -> None:
    """A savepoint was given up, and with it perhaps a wish: later ones must be written again."""
    asked = _asked.get()
    if asked is not None:
        asked.clear()


def _run_outside(row: Effect) -> int:
    try:
        _carry_out(row)
        with transaction.atomic():
            _finish([row])
    except Exception as error:  # noqa: BLE001  one bad row must not stop the others
        trouble.pass_on(error)
        _put_back(row, error)
        return 0
    return 1


class LeaseLost(Exception):
    """Another worker took the row over; what this one did is rolled back."""


def _carry_out(row: Effect) -> None:
    found = registered(row.name)
    if found is None:
        raise LookupError(f"Nothing is registered to carry out {row.name!r}.")
    found.run(_payload(row))


def _payload(row: Effect) -> dict[str, Any]:
    if row.name.startswith("event:"):
        return {"event": row.name.removeprefix("event:"), "payload": row.payload}
    payload: dict[str, Any] = row.payload
    return payload


def _finish(rows: list[Effect]) -> None:
    """Delete what was done, in the transaction of its effects: all of it is still ours, or all is rolled back."""
    if not rows:
        return
    mine = Effect.objects.filter(id__in=[row.id for row in rows], lease_token=rows[0].lease_token)
    deleted, _ = mine.delete()
    if deleted != len(rows):
        raise LeaseLost(", ".join(sorted({row.name for row in rows})))


def _put_back(row: Effect, error: BaseException) -> None:
    if isinstance(error, LeaseLost):
        return
    attempts = row.attempts + 1
    wait = min(timedelta(seconds=2**attempts), BACKOFF_CAP)
    log.warning("effect failed", name=row.name, attempts=attempts, error=repr(error), exc_info=error)
    Effect.objects.filter(id=row.id, lease_token=row.lease_token).update(
        attempts=attempts,
        due_at=clock.now() + wait,
        lease_until=None,
        lease_token="",
        error=f"{type(error).__name__}: {error}"[:2000],
    )


def waiting() -> tuple[int, int]:
    """(effects that wait or run, effects given up after too many attempts)."""
    return (
        Effect.objects.filter(attempts__lt=ATTEMPTS).count(),
        Effect.objects.filter(attempts__gte=ATTEMPTS).count(),
    )
