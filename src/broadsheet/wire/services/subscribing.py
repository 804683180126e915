"""Subscriptions with hubs (WebSub): a publisher's push is a pull of ours.

Nothing that a hub sends is taken in: a push only moves the feed's next pull to now, and the pull goes the way of every
pull. So polling goes on at its own pace beneath, and a hub that falls silent loses nothing.

A wish is a row. The worker claims it, asks the hub from a thread and writes down the answer; the hub then calls back,
and only that makes a subscription. Rows are locked in one order, the feed before its subscription.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q

from broadsheet.core import clock
from broadsheet.lib import urls
from broadsheet.lib.http import Reason
from broadsheet.sources.models import Source
from broadsheet.wire import websub
from broadsheet.wire.errands import HubErrand, HubOutcome, PullOutcome
from broadsheet.wire.models import Feed, HubSubscription
from broadsheet.wire.services import diary
from broadsheet.wire.websub import Refusal

log = structlog.get_logger(__name__)

State, Mode = HubSubscription.State, HubSubscription.Mode
CLAIM = timedelta(seconds=90)
# A time further ahead was reckoned by a wrong clock.
CLOCK_WRONG = timedelta(minutes=10)
LONGEST_WAIT = timedelta(seconds=websub.LONGEST_LEASE)
# A feed may change its mind about hub and topic, but not have us call a new address at every pull.
CHANGE_SPACING = timedelta(hours=1)
AT_ONCE = 200


def callback_url(token: str) -> str:
    """Where a hub calls us. As secret as a password: it is told to the hub alone."""
    return f"{settings.BROADSHEET.site_url}/hub/{token}/"


def is_possible() -> bool:
    """Whether this portal has an address that a hub can call."""
    return websub.is_reachable(settings.BROADSHEET.site_url)


# What pulls say


def heed(feed: Feed, named: websub.Links, *, whole: bool) -> None:
    """A good pull named these hubs; `whole` if it read the feed, so that no hubs means there are none.

    Runs in the pull's transaction, with the feed's row locked.
    """
    row = current(feed)
    if not named.hubs:
        if whole and row is not None and row.state in (State.PENDING, State.ACTIVE):
            _unsubscribe(row, Refusal.NOT_NAMED)
        return
    if row is None:
        subscribe(feed, named.hubs[0], named.topic)
        return
    became_possible = row.reason == Refusal.NOT_PUBLIC and is_possible()
    other = row.state == State.ENDED or row.topic != named.topic or row.hub not in named.hubs
    if became_possible or (other and row.made_at <= clock.now() - CHANGE_SPACING):
        subscribe(feed, named.hubs[0], named.topic)


def current(feed: Feed) -> HubSubscription | None:
    """The feed's subscription, in whatever state."""
    try:
        return feed.subscription
    except HubSubscription.DoesNotExist:
        return None


def next_pull(feed: Feed, moment: datetime, *, since: datetime, news: bool) -> datetime:
    """When the feed is pulled next after a pull that began at `since`: as its habit says, or sooner because of a push.

    A push that came during the pull may be about more than it found. And where the first pull after a push brought no
    news, the caches before the feed may not know them yet, so there is one second look.
    """
    row = current(feed)
    if row is None or row.pull_at is None:
        return feed.next_pull_at
    if row.pull_at > since:
        return min(feed.next_pull_at, row.pull_at)
    if not news and row.state == State.ACTIVE and (feed.last_pull_at is None or feed.last_pull_at < row.pull_at):
        return min(feed.next_pull_at, moment + timedelta(seconds=websub.SECOND_LOOK))
    return feed.next_pull_at


def after_pull(feed: Feed, outcome: PullOutcome, moment: datetime, *, since: datetime, news: bool) -> None:
    """Heed what a good pull said about hubs, and set the feed's next pull; saves the subscription alone."""
    feed.next_pull_at = next_pull(feed, moment, since=since, news=news)
    says = outcome.parsed.hubs if outcome.parsed is not None else []
    heed(feed, websub.chosen(outcome.links, says, feed.url), whole=outcome.parsed is not None)


@transaction.atomic
def subscribe(feed: Feed, hub: str, topic: str) -> HubSubscription:
    """Wish for pushes about `topic` from `hub`; an earlier subscription of the feed is forgotten with its address.

    The worker asks the hub. On a portal that nobody can call, the row says so and nobody is asked.
    """
    moment = clock.now()
    possible = is_possible()
    row, _ = HubSubscription.objects.update_or_create(
        feed=feed,
        defaults={
            "hub": hub, "topic": topic, "token": secrets.token_urlsafe(32), "secret": secrets.token_hex(32),
            "state": State.PENDING if possible else State.REFUSED, "pending_mode": Mode.SUBSCRIBE if possible else "",
            "reason": "" if possible else Refusal.NOT_PUBLIC, "detail": "", "made_at": moment, "requested_at": None,
            "ask_at": moment if possible else None, "attempts": 0, "lease_seconds": None, "expires_at": None,
            "claimed_until": None, "claim_token": "",
        },
    )  # fmt: skip
    if not possible:
        _note(row, f"{_name(hub)} would tell us of news at once, but {_lower(Refusal.NOT_PUBLIC.sentence)}")
    return row


@transaction.atomic
def unsubscribe(feed: Feed, why: Refusal = Refusal.FEED_PAUSED) -> None:
    """End the feed's subscription; the hub is asked to forget us, and until it does its pushes move nothing."""
    row = _locked(feed_id=feed.pk)
    if row is not None and row.state in (State.PENDING, State.ACTIVE):
        _unsubscribe(row, why)


def _unsubscribe(row: HubSubscription, why: Refusal) -> None:
    row.pending_mode = Mode.UNSUBSCRIBE if row.requested_at is not None else ""
    row.ask_at = clock.now() if row.pending_mode else None
    row.state, row.reason, row.detail, row.attempts = State.ENDED, why, "", 0
    row.save(update_fields=["pending_mode", "ask_at", "state", "reason", "detail", "attempts"])
    _note(row, f"No more pushes from {_name(row.hub)}: {_lower(why.sentence)}")


# The worker's part


def claim_hubs(limit: int) -> list[HubErrand]:
    """Take up to `limit` wishes whose time has come; each is ours until its claim runs out."""
    moment = clock.now()
    token = secrets.token_hex(16)
    due = HubSubscription.objects.filter(
        Q(ask_at__lte=moment) | Q(ask_at__gt=moment + LONGEST_WAIT + CLOCK_WRONG),
        Q(claimed_until=None) | Q(claimed_until__lte=moment) | Q(claimed_until__gt=moment + CLAIM + CLOCK_WRONG),
        ask_at__isnull=False,
    )
    if not due.exists() or not is_possible():
        return []
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        rows = list(due.order_by("ask_at")[:limit])
        for row in rows:
            row.pending_mode = row.pending_mode or Mode.SUBSCRIBE
            row.state = State.PENDING if row.state == State.REFUSED else row.state
            row.claimed_until, row.claim_token, row.requested_at = moment + CLAIM, token, moment
        HubSubscription.objects.bulk_update(rows, _CLAIM_FIELDS)
    return [
        HubErrand(row.pk, row.hub, token, websub.wish(row.pending_mode, row.topic, callback_url(row.token), row.secret))
        for row in rows
    ]


_CLAIM_FIELDS = ["pending_mode", "state", "claimed_until", "claim_token", "requested_at"]


@transaction.atomic
def record_hub(outcome: HubOutcome) -> None:
    """Write down what a hub answered. Where it called back meanwhile, that counts and the answer does not."""
    row = _locked(pk=outcome.errand.subscription_id)
    if row is None or row.claim_token != outcome.errand.token:
        log.info("a hub's answer came too late", subscription=outcome.errand.subscription_id)
        return
    row.claimed_until, row.claim_token = None, ""
    moment = clock.now()
    if row.pending_mode:
        row.attempts += 1
        if outcome.reason is None:
            _wait_for_call(row, moment)
        elif outcome.reason is Reason.ASKS_TO_WAIT and outcome.status is None:
            # Our own manners: others of ours stand in line at this hub.
            row.attempts -= 1
            row.ask_at = moment + timedelta(seconds=max(outcome.retry_after or 0.0, 5.0))
        elif websub.passes(outcome.reason, outcome.status) and row.attempts < websub.ATTEMPTS:
            row.reason, row.detail = outcome.reason, outcome.detail[:500]
            wait = websub.retry_wait(row.attempts, outcome.retry_after)
            row.ask_at = moment + timedelta(seconds=wait)
        else:
            _give_up(row, outcome.reason, outcome.detail, moment)
    row.save()


def _wait_for_call(row: HubSubscription, moment: datetime) -> None:
    """The hub took the wish; it is asked again if it does not call back, and in the end given up."""
    if row.attempts >= websub.ATTEMPTS:
        _give_up(row, Refusal.UNANSWERED, "", moment)
        return
    row.reason, row.detail = (row.reason, row.detail) if row.state == State.ENDED else ("", "")
    row.ask_at = moment + timedelta(seconds=websub.UNANSWERED)


def _give_up(row: HubSubscription, reason: Reason | Refusal, detail: str, moment: datetime) -> None:
    """No subscription; the hub is asked again a week later. Who wanted to end one has ended it."""
    row.pending_mode, row.attempts, row.expires_at = "", 0, None
    if row.state == State.ENDED:
        row.ask_at = None
        return
    row.state, row.reason, row.detail = State.REFUSED, reason, detail[:500]
    row.ask_at = moment + timedelta(seconds=websub.REFUSED_AGAIN)
    _note(row, f"No pushes from {_name(row.hub)}: {reason.sentence} {row.detail}".strip())


def mind_hubs() -> int:
    """End what nobody pulls any more, and what its hub let run out; returns how many there were.

    A subscription that ran out is asked for anew, if its renewal does not do so already.
    """
    moment = clock.now()
    rows = HubSubscription.objects.filter(state__in=[State.PENDING, State.ACTIVE])
    idle = rows.exclude(feed__state=Feed.State.ACTIVE, feed__source__state=Source.State.ACTIVE)
    done = 0
    for pk in list(idle.values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            row = _locked(pk=pk)
            if row is not None and row.state in (State.PENDING, State.ACTIVE):
                _unsubscribe(row, Refusal.FEED_PAUSED)
                done += 1
    lapsed = rows.filter(state=State.ACTIVE, expires_at__lte=moment)
    done += lapsed.update(state=State.PENDING, pending_mode=Mode.SUBSCRIBE, ask_at=moment, expires_at=None)
    return done


# The hub's part


def called(token: str) -> HubSubscription | None:
    """The subscription behind a callback's address; None for an address that is nobody's, or was."""
    if not 20 <= len(token) <= 64 or not is_possible():
        return None
    return HubSubscription.objects.filter(token=token).first()


@transaction.atomic
def answer_challenge(token: str, asked: Mapping[str, Sequence[str]]) -> str | None:
    """The words to answer a hub's question with, which agrees to it; None where we did not want what it asks for."""
    row = _locked(token=token)
    if row is None:
        return None
    ours = row.state in (State.PENDING, State.ACTIVE)
    verdict = websub.judge(websub.Standing(row.pending_mode, row.topic, ours), asked)
    if verdict is None:
        return None
    moment = clock.now()
    if verdict.mode == "denied":
        _give_up(row, Refusal.DENIED, verdict.why, moment)
    elif verdict.mode == Mode.UNSUBSCRIBE:
        row.pending_mode, row.ask_at, row.expires_at = "", None, None
    else:
        _agree(row, verdict.lease, moment)
    row.save()
    return verdict.challenge


def _agree(row: HubSubscription, lease: int, moment: datetime) -> None:
    if row.state != State.ACTIVE:
        _note(row, f"{_name(row.hub)} tells us of news at once.")
    row.state, row.pending_mode, row.reason, row.detail, row.attempts = State.ACTIVE, "", "", "", 0
    row.lease_seconds, row.expires_at = lease, moment + timedelta(seconds=lease)
    row.ask_at = moment + timedelta(seconds=websub.renewal(lease))


def take_push(row: HubSubscription) -> bool:
    """A push whose signature holds: let the feed be pulled now. Whether a pull was moved by it.

    One pull in ten seconds comes of pushes; a push between two of them has its pull at the end of the ten, and those
    after it write nothing at all. A host that asked us to wait is left alone.
    """
    if not _counts(row, clock.now()) or _delay(row, clock.now()) is None:
        return False
    with transaction.atomic():
        held = _locked(pk=row.pk)
        moment = clock.now()
        if held is None or not _counts(held, moment):
            return False
        delay = _delay(held, moment)
        if delay is None:
            return False
        held.last_push_at, held.pull_at = moment, moment + timedelta(seconds=delay)
        held.pushes = F("pushes") + 1
        held.save(update_fields=["last_push_at", "pull_at", "pushes"])
        feeds = Feed.objects.filter(pk=held.feed_id, next_pull_at__gt=held.pull_at)
        feeds.exclude(reason=Reason.ASKS_TO_WAIT).update(next_pull_at=held.pull_at)
    return True


def _counts(row: HubSubscription, moment: datetime) -> bool:
    return row.state == State.ACTIVE and row.expires_at is not None and row.expires_at > moment


def _delay(row: HubSubscription, moment: datetime) -> float | None:
    return websub.pull_after((row.pull_at - moment).total_seconds() if row.pull_at else None)


def _locked(**by: object) -> HubSubscription | None:
    """A subscription, its feed's row locked before its own."""
    feed_id = HubSubscription.objects.filter(**by).values_list("feed_id", flat=True).first()
    if feed_id is None:
        return None
    Feed.objects.select_for_update().filter(pk=feed_id).first()
    rows = HubSubscription.objects.select_for_update(of=("self",)).select_related("feed__source")
    return rows.filter(**by).first()


def _note(row: HubSubscription, words: str) -> None:
    diary.note(row.feed.source, diary.Event.PUSH, words, feed=row.feed)


def _name(hub: str) -> str:
    parsed = urls.parse(hub)
    return f"The hub {urls.host_shown(parsed.host)}" if parsed else "The hub"


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
