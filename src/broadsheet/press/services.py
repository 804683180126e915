"""All that writes for the press: facts change, pages become stale, pages are printed.

How no change is lost. A change moves the press clock in its own transaction and holds the clock's
row until it commits; so numbers become visible in their order. A print reads the clock (its
`as_of`), builds, and then, holding the clock's row too, writes down its keys and asks whether one
of them moved past `as_of`. Either the change comes first and the print sees the key's new number,
or the print comes first and the change sees the page's row. Only then the print is swapped in, and
the page's row is looked at once more: a change that committed between row and swap set its mark on
the older print. After a crash anywhere in this, `sweep` finds row and store at odds.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from django.db import connections, transaction
from django.db.models import F

from broadsheet.core.clock import now
from broadsheet.press import keys as press_keys
from broadsheet.press import ledger, setup
from broadsheet.press.flights import Busy
from broadsheet.press.models import Page
from broadsheet.press.printing import Match, Printed, print_sheet, with_brotli
from broadsheet.press.queries import fresh_row

log = logging.getLogger(__name__)

#: A page nobody asked for within this time is reprinted when somebody does.
HOT_FOR = timedelta(days=1)


# Facts change


def mark_stale(*keys: str) -> int:
    """The facts behind these keys have changed. In the caller's transaction: both or neither.

    Returns the clock's new number (0 where no key was given). Call it last in the transaction: it
    holds the press clock until the commit. After the commit the pages' prints are marked, the front
    doors told, outer caches purged.
    """
    wanted = {press_keys.check(one) for one in keys}
    if not wanted:
        return 0
    with transaction.atomic():
        seq = ledger.tick()
        ledger.move_keys(wanted, seq)
        paths = ledger.make_stale(wanted)
        transaction.on_commit(lambda: _after_change(paths, frozenset(wanted), seq), robust=True)
    return seq


def _after_change(paths: list[str], keys: frozenset[str], seq: int) -> None:
    press = setup.current()
    if paths:
        press.store.mark(paths, seq)
        press.generation.bump()
    for purge in press.purge_hooks:
        try:
            purge(keys | {press_keys.CROWDED})
        except Exception:
            # The outer cache asks again by itself after its time; the change must not fail for it.
            log.exception("An outer cache could not be purged.")


# Pages are printed


def print_page(path: str, *, asked: bool = False) -> Printed | None:
    """A print of `path`: the stored one if fresh, else a new one, made once however many ask.

    While another thread or process prints the page this hands out the stale print, or waits where
    there is none. None means that there is no such page. `asked` counts the call as a reader's
    demand. Raises what the builder raises, and Busy after ten seconds of waiting. Not for use inside
    a transaction: what is printed is shown at once, whether the transaction commits or not.
    """
    press = setup.current()
    match = press.printer.match(path)
    if match is None or len(path) > 500:
        return None
    return press.flights.single(path, press.store, lambda: _print_alone(match, asked))


def print_for_reader(path: str) -> Printed | None:
    """`print_page` for the front door, which is outside Django's own care for connections."""
    _let_go_of_old_connections()
    try:
        return print_page(path, asked=True)
    finally:
        _let_go_of_old_connections()


def _let_go_of_old_connections() -> None:
    """As Django does at both ends of a request: broken and outlived connections go."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()


def _print_alone(match: Match, asked: bool) -> Printed | None:
    """Print while holding the page's flight, unless whoever held it before has done so already."""
    press = setup.current()
    stored = press.store.get(match.path)
    if stored is not None and not stored.stale:
        row = fresh_row(match.path, press.imprint)
        if row is not None and row.as_of == stored.printed.as_of:
            return stored.printed
    as_of = ledger.read_clock()
    sheet = match.build()
    if sheet is None:
        _forget(match.path, known=stored is not None)
        return None
    printed = print_sheet(
        match.path,
        sheet,
        kind=match.kind,
        as_of=as_of,
        imprint=press.imprint,
        page_headers=press.page_headers,
        key_headers=press.key_headers,
    )
    if stored is not None and stored.printed.brotli and stored.printed.etag == printed.etag:
        # The same body again: its brotli form is still good.
        printed = replace(printed, brotli=stored.printed.brotli)
    return _keep(printed, asked)


def _keep(printed: Printed, asked: bool) -> Printed:
    press = setup.current()
    with transaction.atomic():
        ledger.record(printed, asked=asked, at=now())
    press.store.put(printed.path, printed)
    if Page.objects.filter(path=printed.path, stale=True).exists():
        press.store.mark([printed.path], ledger.read_clock())
    press.generation.bump()
    return printed


def _forget(path: str, *, known: bool) -> None:
    """Most paths without a page never had one; those cost no write."""
    if known or Page.objects.filter(path=path).exists():
        drop(path)


def drop(path: str) -> None:
    """Take a page out, stale copy too, with the commit: for what may not be shown a moment longer.

    In a transaction that changes facts call `mark_stale` for them as well: the page may be in print
    just now.
    """
    with transaction.atomic():
        Page.objects.filter(path=path).delete()
        transaction.on_commit(lambda: _after_drop(path), robust=True)


def _after_drop(path: str) -> None:
    press = setup.current()
    press.store.drop(path)
    press.generation.bump()


def reprint(limit: int = 100, *, hot_only: bool = True) -> int:
    """Print up to `limit` stale pages, those most asked for first. Returns how many were printed.

    With `hot_only` pages are left alone that nobody asked for in a day: they are printed when
    somebody does. A page whose builder fails is logged and left stale.
    """
    waiting = Page.objects.filter(stale=True).order_by("-hot")
    if hot_only:
        waiting = waiting.filter(asked_at__gt=now() - HOT_FOR)
    return sum(_print_or_log(path) for path in list(waiting.values_list("path", flat=True)[:limit]))


def _print_or_log(path: str) -> bool:
    """Print a page whose failing must not stop the others. Returns whether it went well."""
    try:
        if setup.current().printer.match(path) is None:
            drop(path)  # its kind is gone
        else:
            print_page(path)
        return True
    except Exception:
        log.exception("The page %s could not be printed.", path)
        # Behind the others next time, so that a page that always fails does not hold up the queue.
        Page.objects.filter(path=path).update(hot=F("hot") / 2)
        return False


def add_brotli(limit: int = 50) -> int:
    """Make the brotli form of up to `limit` fresh pages that lack it. Returns how many got one."""
    press = setup.current()
    rows = Page.objects.filter(brotli=False, stale=False).order_by("-hot")
    done = 0
    for path in list(rows.values_list("path", flat=True)[:limit]):
        with press.flights.attempt(path) as mine:
            stored = press.store.get(path) if mine else None
            if stored is None or stored.stale:
                continue
            if stored.printed.brotli is None:
                press.store.put(path, with_brotli(stored.printed))
                # A mark set on the print that was just replaced is set again.
                if Page.objects.filter(path=path, stale=True).exists():
                    press.store.mark([path], ledger.read_clock())
            Page.objects.filter(path=path, as_of=stored.printed.as_of).update(brotli=True)
            done += 1
    if done:
        press.generation.bump()
    return done


def rebuild(progress: Callable[[int, int, str], None] | None = None) -> int:
    """Print every page that is known or that its kind can name. Returns how many were printed.

    `progress(done, total, path)` is called after each. Kinds without a list of their paths fill up
    as readers ask.
    """
    press = setup.current()
    known = Page.objects.order_by("-hot").values_list("path", flat=True)
    paths = list(dict.fromkeys([*known, *press.printer.all_paths()]))
    Page.objects.filter(stale=False).update(stale=True)
    printed = 0
    for number, path in enumerate(paths, start=1):
        printed += _print_or_log(path)
        if progress is not None:
            progress(number, len(paths), path)
    return printed


# Care


def sweep(*, whole: bool = False) -> int:
    """Bring rows and store together again after a crash. Returns how many pages needed it.

    Stale rows whose mark is missing get it (run this every minute or so). With `whole` also fresh
    rows are compared with their prints, prints without a row are dropped, and what broken-off
    writes left is cleared away: at start and once a day.
    """
    press = setup.current()
    mended = 0
    # Another imprint: a new layout or format, seen first by whoever sweeps first.
    mended += Page.objects.filter(stale=False).exclude(imprint=press.imprint).update(stale=True)
    seq = ledger.read_clock()
    lost = []
    for path, as_of in Page.objects.filter(stale=True).values_list("path", "as_of").iterator():
        mark = press.store.mark_of(path)
        if mark is not None and mark <= as_of:
            lost.append(path)
    if lost:
        # `seq` may equal the print's own number (all pages made stale for a new imprint): one above
        # always tells.
        press.store.mark(lost, seq + 1)
        press.generation.bump()
    mended += len(lost)
    return mended + (_sweep_whole() if whole else 0)


def _sweep_whole() -> int:
    press = setup.current()
    mended = 0
    rows = dict(Page.objects.filter(stale=False).values_list("path", "as_of").iterator())
    for path, as_of in rows.items():
        # No print at all is no fault: the next request makes one.
        if press.store.mark_of(path) in (as_of, None):
            continue
        with press.flights.attempt(path) as mine:
            # Looked at again alone: somebody may have been between row and swap just now.
            if mine and press.store.mark_of(path) != as_of:
                press.store.drop(path)
                mended += Page.objects.filter(path=path, as_of=as_of).update(stale=True)
    known = set(Page.objects.values_list("path", flat=True).iterator())
    for path in press.store.paths():
        if path not in known and not Page.objects.filter(path=path).exists():
            press.store.drop(path)
            mended += 1
    if mended:
        press.generation.bump()
    press.store.tidy()
    ledger.forget_old_keys()
    return mended


def verify(sample: int | None = None) -> list[str]:
    """Whether each fresh page in the store equals a fresh render: one sentence if it does not.

    With `sample` only so many pages are looked at, those printed longest ago first. Nothing is
    written.
    """
    press = setup.current()
    rows = Page.objects.filter(stale=False).order_by("printed_at")
    wrong = []
    for path in list(rows.values_list("path", flat=True)[:sample]):
        stored = press.store.get(path)
        if stored is not None and not stored.stale:
            wrong.extend(_compare(path, stored.printed))
    return wrong


def _compare(path: str, printed: Printed) -> list[str]:
    press = setup.current()
    match = press.printer.match(path)
    sheet = match.build() if match else None
    if sheet is None:
        wrong = f"The page {path} is in the store but does not exist any more."
    else:
        fresh = print_sheet(path, sheet, page_headers=press.page_headers, key_headers=press.key_headers)
        if printed.same_bytes(fresh):
            return []
        wrong = f"The page {path} in the store differs from a fresh print."
    # It may have changed while we looked; then it is stale by now, or printed anew.
    same = Page.objects.filter(path=path, stale=False, as_of=printed.as_of).exists()
    return [wrong] if same else []


# Demand


def note_asked(counts: Mapping[str, int]) -> None:
    """Readers asked for these pages so often since the last call: keeps the order of reprinting."""
    at = now()
    for some in ledger.batches(sorted(counts)):
        with transaction.atomic():
            pages = list(Page.objects.filter(path__in=some).only("path", "hot", "asked_at"))
            for page in pages:
                page.hot = ledger.cooled(page.hot, page.asked_at, at) + counts[page.path]
                page.asked_at = at
            Page.objects.bulk_update(pages, ["hot", "asked_at"])


def follow_demand(
    asked: Callable[[], Mapping[str, int]],
    *,
    every: float = 60.0,
    stop: threading.Event | None = None,
) -> threading.Thread:
    """Write down every so many seconds what the front door counted: `follow_demand(door.asked)`.

    A thread of its own, started here, that ends with `stop` or with the process: no reader waits for
    it, and a count that is lost costs nothing but a page's place in the queue.
    """
    thread = threading.Thread(
        target=_follow,
        args=(asked, every, stop or threading.Event()),
        name="press-demand",
        daemon=True,
    )
    thread.start()
    return thread


def _follow(asked: Callable[[], Mapping[str, int]], every: float, stop: threading.Event) -> None:
    while not stop.wait(every):
        try:
            counts = asked()
            if counts:
                note_asked(counts)
        except Exception:
            log.exception("What readers asked for could not be written down.")
        finally:
            _let_go_of_old_connections()


__all__ = [
    "Busy",
    "add_brotli",
    "drop",
    "follow_demand",
    "mark_stale",
    "note_asked",
    "print_for_reader",
    "print_page",
    "rebuild",
    "reprint",
    "sweep",
    "verify",
]
