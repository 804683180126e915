"""The press's rows: clock, keys, and which page shows which key. Called by `services` only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from broadsheet.press.models import Clock, Key, Page, PageKey
from broadsheet.press.printing import Printed

#: Names in one statement: below the limits of all databases.
_BATCH = 400


def read_clock() -> int:
    """The clock's number as committed now."""
    return Clock.objects.filter(pk=1).values_list("seq", flat=True).first() or 0


def tick() -> int:
    """Move the clock on and hold its row until the transaction ends. Returns the new number."""
    if not Clock.objects.filter(pk=1).update(seq=F("seq") + 1):
        Clock.objects.bulk_create([Clock(pk=1, seq=0)], ignore_conflicts=True)
        Clock.objects.filter(pk=1).update(seq=F("seq") + 1)
    return read_clock()


def hold_clock() -> None:
    """Hold the clock's row without moving it: nobody's change commits until our transaction ends.

    An update, not SELECT FOR UPDATE: SQLite has none, and there an update takes the one write lock.
    """
    if not Clock.objects.filter(pk=1).update(seq=F("seq")):
        Clock.objects.bulk_create([Clock(pk=1, seq=0)], ignore_conflicts=True)
        Clock.objects.filter(pk=1).update(seq=F("seq"))


def move_keys(names: Iterable[str], seq: int) -> None:
    """Write down that these keys changed at `seq`; unknown ones too, for pages now in print."""
    Key.objects.bulk_create(
        [Key(name=name, seq=seq) for name in sorted(names)],
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["seq"],
    )


def make_stale(names: Iterable[str]) -> list[str]:
    """Make the fresh pages with one of these keys stale. Returns their paths."""
    paths: list[str] = []
    for some in batches(sorted(names)):
        showing = PageKey.objects.filter(key__name__in=some).values("page")
        pages = Page.objects.filter(stale=False, pk__in=showing)
        found = list(pages.values_list("path", flat=True))
        if found:
            pages.update(stale=True)
            paths.extend(found)
    return paths


def record(printed: Printed, *, asked: bool, at: datetime) -> bool:
    """Write the print down, in the caller's transaction. Returns whether it is stale already."""
    hold_clock()
    values: dict[str, Any] = {
        "kind": printed.kind,
        "status": printed.status,
        "etag": printed.etag,
        "imprint": printed.imprint,
        "as_of": printed.as_of,
        "brotli": printed.brotli is not None,
        "printed_at": at,
    }
    page, _ = Page.objects.get_or_create(path=printed.path, defaults=values)
    _write_keys(page, printed.keys)
    stale = PageKey.objects.filter(page=page, key__seq__gt=printed.as_of).exists()
    if asked:
        values["hot"] = cooled(page.hot, page.asked_at, at) + 1
        values["asked_at"] = at
    Page.objects.filter(pk=page.pk).update(stale=stale, **values)
    return stale


def _write_keys(page: Page, names: frozenset[str]) -> None:
    """Have exactly these keys on the page. The usual case, no change, costs one read."""
    before = dict(PageKey.objects.filter(page=page).values_list("key__name", "key_id"))
    gone = [before[name] for name in before.keys() - names]
    new = sorted(names - before.keys())
    for some in batches(gone):
        PageKey.objects.filter(page=page, key_id__in=some).delete()
    for some in batches(new):
        known = dict(Key.objects.filter(name__in=some).values_list("name", "pk"))
        unknown = [name for name in some if name not in known]
        if unknown:
            Key.objects.bulk_create([Key(name=name) for name in unknown], ignore_conflicts=True)
            known.update(Key.objects.filter(name__in=unknown).values_list("name", "pk"))
        PageKey.objects.bulk_create([PageKey(page=page, key_id=known[name]) for name in some])


def forget_old_keys(*, keep: int = 100_000) -> None:
    """Delete keys that no page shows and that changed more than `keep` changes ago.

    A page in print may need the number of a key that no page shows yet; none is in print for that
    long.
    """
    with transaction.atomic():
        hold_clock()  # so that no print writes one of them down meanwhile
        Key.objects.filter(seq__lt=read_clock() - keep, page_keys=None).delete()


def cooled(hot: float, since: datetime | None, at: datetime, half_life: float = 3600.0) -> float:
    """Demand `hot`, measured at `since`, as it counts at `at`; halved every `half_life` seconds."""
    if since is None:
        return 0.0
    return float(hot * 0.5 ** (max(0.0, (at - since).total_seconds()) / half_life))


def batches(things: list[Any]) -> Iterator[list[Any]]:
    """The list in parts short enough for one statement."""
    for start in range(0, len(things), _BATCH):
        yield things[start : start + _BATCH]
