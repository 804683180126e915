"""Full texts from article pages: asked for only where rights and settings say so, and never waited for for ever."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from broadsheet.copydesk.entries import Entry
from broadsheet.core import clock
from broadsheet.lib import html, text, urls
from broadsheet.sources.models import RightsProfile, Source
from broadsheet.wire.errands import PageErrand, PageOutcome
from broadsheet.wire.models import Dispatch, RobotsRules
from broadsheet.wire.services import quarantine
from broadsheet.wire.services.pulling import free

PAGE = "page"
WAITING = "wants_page"
# Instead of a lease's token: nobody holds the dispatch, it waits for its turn at its host.
IN_LINE = "in line"
LEASE = timedelta(seconds=90)
TRIES = 3
# A server may ask us to stay away from a page for as long.
LONGEST_WAIT = timedelta(days=1)
ENOUGH_WORDS = 150
# A text this long has enough words whatever its markup; counting them would be work for nothing.
LONG_ENOUGH = 20_000
ROBOTS_FRESH = timedelta(hours=24)


def wants_page(row: Dispatch, source: Source, entry: Entry, page: dict[str, Any] | None) -> bool:
    """Whether the page should be read first: full rights, switched on, the feed's own text short, not tried yet."""
    profile = source.rights
    if page is not None or not entry.url or not profile.fetch_pages:
        return False
    if profile.text != RightsProfile.Text.FULL:
        return False
    markup = entry.content_html or entry.summary_html
    if len(markup) > LONG_ENOUGH:
        return False
    own = html.text_of(markup)
    return len(text.words(own)) < ENOUGH_WORDS


def ask_for_pages(rows: Sequence[Dispatch]) -> None:
    """Let dispatches that we hold wait for their pages; the worker's threads fetch them."""
    if rows:
        Dispatch.objects.filter(id__in=[row.id for row in rows], lease_token=rows[0].lease_token).update(
            reason=WAITING, due_at=None, lease_until=None, lease_token=""
        )


def claim_pages(limit: int) -> list[PageErrand]:
    """Take up to `limit` dispatches that wait for their page."""
    moment = clock.now()
    token = secrets.token_hex(16)
    with transaction.atomic():
        waiting = Dispatch.objects.filter(free(moment, LONGEST_WAIT), fate=Dispatch.Fate.ARRIVED, reason=WAITING)
        if connection.features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True)
        rows = list(waiting.order_by("id")[:limit])
        Dispatch.objects.filter(id__in=[row.id for row in rows]).update(lease_until=moment + LEASE, lease_token=token)
    known = _robots([row.url for row in rows])
    return [PageErrand(row.id, row.url, known.get(_host(row.url)), row.lease_token == IN_LINE) for row in rows]


def wait_for_host(waits: Sequence[tuple[PageErrand, float]]) -> None:
    """Give claimed pages back unread, each to be taken again after so many seconds: its host is busy with others."""
    if not waits:
        return
    moment = clock.now()
    with transaction.atomic():
        for errand, seconds in waits:
            Dispatch.objects.filter(id=errand.dispatch_id, reason=WAITING).update(
                lease_until=moment + timedelta(seconds=seconds), lease_token=IN_LINE
            )


def _host(url: str) -> str:
    parsed = urls.parse(url)
    return parsed.netloc if parsed else ""


def _robots(addresses: list[str]) -> dict[str, str]:
    hosts = {_host(address) for address in addresses}
    fresh = RobotsRules.objects.filter(host__in=hosts, fetched_at__gt=clock.now() - ROBOTS_FRESH)
    return {row.host: row.body for row in fresh}


def record_page(outcome: PageOutcome) -> None:
    """Keep what the page gave, or try again, or go on without: the dispatch is never stuck."""
    moment = clock.now()
    errand = outcome.errand
    with transaction.atomic():
        if outcome.robots_read is not None:
            RobotsRules.objects.update_or_create(
                host=_host(errand.url)[:300],
                defaults={"body": outcome.robots_read[:500_000], "fetched_at": moment},
            )
        row = Dispatch.objects.select_related("feed__source").filter(id=errand.dispatch_id, reason=WAITING).first()
        if row is None:
            return
        if outcome.killed:
            quarantine.note_kill(row.feed.source, errand.url, outcome.detail, feed=row.feed)
        row.lease_until, row.lease_token = None, ""
        if outcome.page is None and outcome.worth_another_try and row.attempts + 1 < TRIES:
            row.attempts += 1
            wait = max(outcome.retry_after or 0, 60 * 4**row.attempts)
            row.lease_until = moment + timedelta(seconds=wait)
            row.detail = f"page: {outcome.reason.value if outcome.reason else ''} {outcome.detail}"[:500]
        else:
            why = outcome.reason.value if outcome.reason else ""
            row.payload = {**(row.payload or {}), PAGE: outcome.page or {"failed": why}}
            row.reason, row.due_at, row.attempts = "", moment, 0
            row.detail = f"page: {why} {outcome.detail}"[:500] if why else ""
        row.save(update_fields=["lease_until", "lease_token", "attempts", "payload", "reason", "due_at", "detail"])
