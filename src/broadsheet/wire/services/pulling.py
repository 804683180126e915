"""Pulling: a feed is claimed by its lease, fetched and read outside the database, and recorded in one transaction.

The validators (ETag, Last-Modified) are kept in the same transaction as the dispatches they stand for: a kill before
it means the feed is simply pulled again, a kill after it loses nothing.
"""

from __future__ import annotations

import hashlib
import json
import random
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction
from django.db.models import Q

from broadsheet.copydesk.entries import Entry, ParsedFeed
from broadsheet.core import clock
from broadsheet.lib import dates, text, urls
from broadsheet.lib.http import Reason
from broadsheet.sources.models import Source
from broadsheet.wire import doors, errands, habits, rules
from broadsheet.wire.errands import PullErrand, PullOutcome
from broadsheet.wire.habits import Habit
from broadsheet.wire.models import Dispatch, Feed, Pull
from broadsheet.wire.services import diary, holding, quarantine, subscribing

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=90)
NEWEST = 500
LONGEST_WAIT = timedelta(seconds=2 * rules.LONGEST_FAILING)
# Hosts may differ by less; what lies further ahead of us was written while a clock was wrong.
CLOCK_WRONG = timedelta(minutes=10)
# One failure is weather; so many running are told to the operator.
FAILURES_TOLD = 3


def free(moment: datetime, term: timedelta) -> Q:
    """Rows that nobody holds. A lease that ends later than its longest `term` was taken by a wrong clock."""
    return Q(lease_until=None) | Q(lease_until__lte=moment) | Q(lease_until__gt=moment + term + CLOCK_WRONG)


def claim_due(limit: int) -> list[PullErrand]:
    """Take up to `limit` feeds whose time has come; each is ours until its lease runs out."""
    moment = clock.now()
    # A time further ahead than any wait was reckoned by a wrong clock; `keeping.mind_clock` finds nearer ones.
    due = Feed.objects.filter(state=Feed.State.ACTIVE, source__state=Source.State.ACTIVE).filter(
        Q(next_pull_at__lte=moment) | Q(next_pull_at__gt=moment + LONGEST_WAIT),
        free(moment, LEASE),
    )
    return _claim(due.order_by("next_pull_at"), limit, moment)


def claim_one(feed_id: int) -> PullErrand | None:
    """Take one feed now, due or not; None while another worker has it."""
    moment = clock.now()
    found = _claim(Feed.objects.filter(free(moment, LEASE), id=feed_id), 1, moment)
    return found[0] if found else None


def _claim(feeds, limit: int, moment: datetime) -> list[PullErrand]:  # type: ignore[no-untyped-def]
    token = secrets.token_hex(16)
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            feeds = feeds.select_for_update(skip_locked=True, of=("self",))
        rows = list(feeds[:limit])
        Feed.objects.filter(id__in=[feed.id for feed in rows]).update(lease_until=moment + LEASE, lease_token=token)
    return [
        PullErrand(feed.id, token, feed.url, feed.kind, feed.etag, feed.last_modified, feed.body_hash) for feed in rows
    ]


def stand_back(errand: PullErrand, *, seconds: float) -> None:
    """Give a claimed feed back unpulled, to be taken again a little later: its host is busy with others."""
    Feed.objects.filter(id=errand.feed_id, lease_token=errand.token).update(
        lease_until=None, lease_token="", next_pull_at=clock.now() + timedelta(seconds=seconds)
    )


def pull_feed(feed_id: int) -> Pull | None:
    """Pull one feed here and now, through exactly the worker's code; None while another worker has it."""
    errand = claim_one(feed_id)
    if errand is None:
        return None
    outcome = errands.pull(errand, doors.door(), doors.jail(), clock.now())
    return record([outcome])[0]


def record(outcomes: Iterable[PullOutcome]) -> list[Pull]:
    """Write down what pulls brought, all in one transaction. A pull whose lease was lost leaves no trace."""
    pulls: list[Pull] = []
    outcomes = list(outcomes)
    moment = clock.now()
    with transaction.atomic():
        ids = [outcome.errand.feed_id for outcome in outcomes]
        rows = Feed.objects.select_related("source", "subscription").filter(id__in=ids).order_by("id")
        # Locked, so that a word of the desk in between (a flood taken in, a pause) is not written over.
        feeds = {feed.id: feed for feed in rows.select_for_update(of=("self",))}
        for outcome in outcomes:
            feed = feeds.get(outcome.errand.feed_id)
            if feed is None or feed.lease_token != outcome.errand.token:
                log.info("pull came too late", feed=outcome.errand.feed_id)
                continue
            pulls.append(_record_one(feed, outcome, moment))
        Pull.objects.bulk_create(pulls)
    return pulls


def _record_one(feed: Feed, outcome: PullOutcome, moment: datetime) -> Pull:
    pull = Pull(feed=feed, at=moment, seconds=outcome.seconds, status=outcome.status, size=outcome.size)
    if outcome.reason is not None:
        _failed(feed, outcome, moment)
        pull.reason, pull.detail = outcome.reason.value, outcome.detail[:500]
        if outcome.killed:
            quarantine.note_kill(feed.source, feed.url, outcome.detail, feed=feed)
    else:
        _went_well(feed, outcome, moment, pull)
        news = bool(pull.new or pull.changed)
        subscribing.after_pull(feed, outcome, moment, since=(feed.lease_until or moment) - LEASE, news=news)
    feed.last_pull_at = moment
    feed.lease_until, feed.lease_token = None, ""
    feed.save(update_fields=_FEED_FIELDS)
    return pull


_FEED_FIELDS = [
    "etag", "last_modified", "body_hash", "moved_to", "moved_seen", "url", "url_key", "interval", "next_pull_at",
    "last_pull_at", "last_good_at", "last_new_at", "failures", "reason", "detail", "failing_since", "lease_until",
    "lease_token", "state", "title", "pulled_once", "habit", "silent_after", "silent_since", "held_since",
]  # fmt: skip


def _failed(feed: Feed, outcome: PullOutcome, moment: datetime) -> None:
    assert outcome.reason is not None
    feed.failures += 1
    feed.failing_since = feed.failing_since or moment
    feed.reason, feed.detail = outcome.reason.value, outcome.detail[:500]
    if outcome.reason is Reason.GONE:
        feed.state = Feed.State.GONE
        diary.note(feed.source, diary.Event.GONE, f"{feed.url} was withdrawn for good (410).", feed=feed)
    elif feed.failures == FAILURES_TOLD:
        words = f"Three pulls running failed: {outcome.reason.sentence} {outcome.detail}".strip()
        diary.note(feed.source, diary.Event.FAILING, words, feed=feed)
    wait = rules.retry_wait(
        feed.interval,
        feed.failures,
        retry_after=outcome.retry_after,
        jitter=random.random(),  # noqa: S311
    )
    feed.next_pull_at = moment + timedelta(seconds=wait)
    log.info("pull failed", feed=feed.id, url=feed.url, reason=feed.reason, detail=feed.detail, next_in=wait)


def _went_well(feed: Feed, outcome: PullOutcome, moment: datetime, pull: Pull) -> None:
    parsed = outcome.parsed
    habit = Habit.from_json(feed.habit)
    fresh: list[Entry] = []
    if parsed is None:
        pull.unchanged = True
    else:
        pull.entries = len(parsed.entries)
        fresh, pull.changed = _take_in(feed, parsed, habit, moment)
        pull.new = len(fresh)
        feed.title = feed.title or text.tidy(parsed.title)[:300]
    if outcome.status != 304:
        feed.etag, feed.last_modified = outcome.etag, outcome.last_modified
    feed.body_hash = outcome.body_hash
    if feed.failures >= FAILURES_TOLD:
        words = f"Pulls work again after {diary.lasting(feed.failing_since or moment, moment)}."
        diary.note(feed.source, diary.Event.BACK, words, feed=feed)
    feed.failures, feed.reason, feed.detail, feed.failing_since = 0, "", "", None
    feed.last_good_at = moment
    _learn_habit(feed, habit, fresh, moment)
    feed.pulled_once = True
    _follow_move(feed, outcome.moved_to)
    feed.interval = habits.next_wait(
        Habit.from_json(feed.habit),
        moment,
        interval=feed.interval,
        ttl_minutes=parsed.ttl_minutes if parsed else None,
    )
    feed.next_pull_at = moment + timedelta(seconds=feed.interval)


def _learn_habit(feed: Feed, habit: Habit, fresh: list[Entry], moment: datetime) -> None:
    """What the pull tells about the feed's habit; a first pull tells it from the dates of all it holds."""
    # An entry without a date came by now, and so did one that is dated into the future.
    published = [min(entry.published or moment, moment) for entry in fresh]
    if feed.pulled_once:
        habit = habit.observed(published, moment)
    else:
        habit = Habit.learned([entry.published for entry in fresh if entry.published], moment)
        words = f"First pull: {len(fresh)} entries, about {habit.a_day:.0f} a day."
        diary.note(feed.source, diary.Event.FIRST, words, feed=feed)
    feed.habit = habit.as_json()
    if not fresh:
        return
    if feed.silent_since is not None:
        words = f"News again after {diary.lasting(feed.last_new_at or moment, moment)}."
        diary.note(feed.source, diary.Event.HEARD, words, feed=feed)
    feed.last_new_at, feed.silent_since = moment, None
    newest = max((one for one in published if one <= moment), default=moment)
    feed.silent_after = habits.silent_after(habit, moment if feed.pulled_once else newest)


def _follow_move(feed: Feed, target: str | None) -> None:
    feed.moved_to, feed.moved_seen, adopt = rules.adopt_move(feed.moved_to, feed.moved_seen, target)
    if not adopt:
        return
    key = text.text_hash(urls.key(feed.moved_to))
    if not Feed.objects.filter(url_key=key).exclude(id=feed.id).exists():
        log.info("feed moved for good", feed=feed.id, old=feed.url, new=feed.moved_to)
        diary.note(feed.source, diary.Event.MOVED, f"It moved for good to {feed.moved_to}.", feed=feed)
        feed.url, feed.url_key = feed.moved_to, key
    feed.moved_to, feed.moved_seen = "", 0


def entry_key(host: str, key: str) -> str:
    """The identity of an entry: its own id, scoped to the host that said it, so that no feed can claim another's."""
    return hashlib.sha256(f"{host}\n{key}".encode("utf-8", "surrogatepass")).hexdigest()


def host_of(feed_url: str) -> str:
    """The registrable domain of a feed's address: what its entries' ids are scoped to."""
    parsed = urls.parse(feed_url)
    return urls.registrable(parsed.host) if parsed else ""


def _take_in(feed: Feed, parsed: ParsedFeed, habit: Habit, moment: datetime) -> tuple[list[Entry], int]:
    """Entries become dispatches; known ones whose content changed arrive again.

    Returns (the new entries, number of changed ones). What comes in a flood, and after it until somebody looked, is
    stored but not decided.
    """
    host = host_of(feed.url)
    entries = {entry_key(host, entry.key): entry for entry in reversed(parsed.entries[:NEWEST])}
    known = {
        row.entry_key: row
        for row in Dispatch.objects.filter(feed=feed, entry_key__in=list(entries)).only(
            "id",
            "entry_key",
            "content_hash",
            "fate",
            "reason",
            "detail",
            "due_at",
            "attempts",
            "lease_until",
            "lease_token",
        )
    }
    new = {key: entry for key, entry in entries.items() if key not in known}
    if feed.pulled_once and feed.held_since is None:
        usual = habits.usual_since(habit, feed.last_good_at or moment, moment)
        if habits.is_flood(len(new), usual, known=habit.is_known):
            holding.hold(feed, len(new), usual)
    fresh, changed = [], []
    for key, entry in entries.items():
        payload = entry.as_json()
        digest = _content_hash(entry)
        row = known.get(key)
        if row is None:
            fresh.append(_dispatch(feed, key, entry, payload, digest, moment))
        elif row.content_hash != digest:
            row.content_hash, row.payload = digest, payload
            row.headline = text.tidy(entry.title)[:300]
            if row.reason != holding.HELD:
                row.fate, row.reason, row.detail = Dispatch.Fate.ARRIVED, "", ""
                row.due_at, row.attempts, row.lease_until, row.lease_token = moment, 0, None, ""
            changed.append(row)
    Dispatch.objects.bulk_create(fresh, ignore_conflicts=True)
    if changed:
        Dispatch.objects.bulk_update(
            changed,
            ["content_hash", "payload", "headline", "fate", "reason", "detail", "due_at", "attempts",
             "lease_until", "lease_token"],
        )  # fmt: skip
    return list(new.values()), len(changed)


def _dispatch(
    feed: Feed, key: str, entry: Entry, payload: dict[str, object], digest: str, moment: datetime
) -> Dispatch:
    return Dispatch(
        feed=feed,
        entry_key=key,
        url=(entry.url or "")[:2000],
        headline=text.tidy(entry.title)[:300],
        content_hash=digest,
        payload=payload,
        arrived_at=moment,
        due_at=None if feed.held_since else moment,
        reason=holding.HELD if feed.held_since else "",
    )


def _content_hash(entry: Entry) -> str:
    """What makes a known entry count as changed: words and address, not counters or ad parameters around them."""
    material = [
        entry.title,
        urls.canonical(entry.url) if entry.url else "",
        entry.summary_html,
        entry.content_html or "",
        entry.authors,
        entry.updated.isoformat() if entry.updated else "",
    ]
    return hashlib.sha256(json.dumps(material).encode("utf-8", "surrogatepass")).hexdigest()


def clamped(entry: Entry, now: datetime) -> tuple[datetime, datetime | None]:
    """(published, updated) as they may be used: absurd dates become now, an update never precedes publication."""
    published = dates.clamp(entry.published or entry.updated or now, now)
    updated = dates.clamp(entry.updated, now) if entry.updated else None
    if updated is not None and updated <= published:
        updated = None
    return published, updated
