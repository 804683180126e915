"""Filing: arrived dispatches are claimed, judged, weighed against what the paper knows, and given a fate.

A batch is one transaction, and new articles are written together. If anything in it fails, each dispatch is tried by
itself: whatever one does, the others are filed. A kill leaves the whole batch waiting under a lease that runs out.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import Q

from broadsheet.articles.models import Article
from broadsheet.articles.services import (
    Collation,
    Filing,
    copying,
    file_article,
    file_articles,
    file_original,
    link_key,
    update_from_source,
)
from broadsheet.copydesk import copies
from broadsheet.copydesk.entries import Entry
from broadsheet.core import clock, queue, trouble
from broadsheet.lib import urls
from broadsheet.sources import rights
from broadsheet.sources.models import Source
from broadsheet.sources.queries import profile_of
from broadsheet.wire import judging, rules
from broadsheet.wire.models import Dispatch
from broadsheet.wire.services import minding, paging
from broadsheet.wire.services.judged import sectioned
from broadsheet.wire.services.pulling import CLOCK_WRONG, clamped, free
from broadsheet.wire.services.stock import Case, Stock
from broadsheet.wire.services.waiting import (
    SAME_PASSAGES,
    Waiting,
    came_earlier,
    in_turns,
    near_of,
    with_detail,
    with_receipt,
)

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=120)
ATTEMPTS = 5
#: The effect that looks for copies once more, and when: what another worker filed at the same time is committed then.
LOOK_AGAIN = "articles.look_again"
RACE = timedelta(seconds=60)


def file_arrived(limit: int = 50) -> int:
    """Give up to `limit` arrived dispatches their fate; returns how many were looked at."""
    rows = _claim(limit)
    cases = sectioned([case for row in rows if (case := _judged(row)) is not None], _put_aside)
    if cases and not _filed_at_once(cases):
        for case in cases:
            try:
                with transaction.atomic():
                    _file([case])
            except Exception as error:  # noqa: BLE001  one poisonous dispatch must not stop the wire
                _put_aside(case.row, error)
    return len(rows)


def _filed_at_once(cases: list[Case]) -> bool:
    """Decide a whole batch in one transaction; False: it failed and left no trace, and each is tried by itself."""
    try:
        with transaction.atomic():
            _file(cases)
    except Exception as error:  # noqa: BLE001
        log.info("a batch could not be filed at once", dispatches=len(cases), error=repr(error))
        return False
    return True


def _claim(limit: int) -> list[Dispatch]:
    moment = clock.now()
    token = secrets.token_hex(16)
    with transaction.atomic():
        due = Dispatch.objects.filter(
            Q(due_at__lte=moment) | Q(due_at__gt=moment + CLOCK_WRONG),
            free(moment, LEASE),
            fate=Dispatch.Fate.ARRIVED,
        )
        due = due.order_by("due_at", "id")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        ids = list(due.values_list("id", flat=True)[:limit])
        if not ids:
            return []
        Dispatch.objects.filter(id__in=ids).update(lease_until=moment + LEASE, lease_token=token)
    return list(
        Dispatch.objects.filter(id__in=ids, lease_token=token)
        .select_related("feed__source__rights", "feed__source__owner")
        .order_by("due_at", "id")
    )


def _put_aside(row: Dispatch, error: Exception) -> None:
    """Another try later; after several it is spiked, so that it too has a fate."""
    trouble.pass_on(error)  # a full disk is no fault of the dispatch: it waits for the end of its lease
    attempts = row.attempts + 1
    log.warning("dispatch could not be filed", dispatch=row.id, attempts=attempts, exc_info=error)
    fields: dict[str, Any] = {"attempts": attempts, "lease_until": None, "lease_token": ""}
    if attempts >= ATTEMPTS:
        fields |= {
            "fate": Dispatch.Fate.SPIKED,
            "reason": rules.SpikeReason.UNREADABLE.value,
            "detail": f"{type(error).__name__}: {error}"[:500],
            "decided_at": clock.now(),
        }
    else:
        fields["due_at"] = clock.now() + timedelta(seconds=30 * 2**attempts)
    Dispatch.objects.filter(id=row.id, lease_token=row.lease_token).update(**fields)


def _judged(row: Dispatch) -> Case | None:
    """A dispatch with its text set and judged; None for one whose text cannot be, which is put aside."""
    try:
        return _case(row)
    except Exception as error:  # noqa: BLE001  whatever a text does to the copy desk, the wire goes on
        _put_aside(row, error)
        return None


def _case(row: Dispatch) -> Case:
    source = row.feed.source
    entry = Entry.from_json({k: v for k, v in (row.payload or {}).items() if k != paging.PAGE})
    page = (row.payload or {}).get(paging.PAGE)
    if paging.wants_page(row, source, entry, page):
        return Case(row)
    entry.published = judging.published_of(entry, page)
    published, updated = clamped(entry, clock.now())
    host = _host(source.homepage) or _host(row.feed.url)
    setting = judging.set_text(
        entry,
        page,
        base=entry.base or entry.url or row.feed.url,
        default_section=row.feed.section or source.default_section,
        default_language=source.language,
        source_host=host,
        source_name=source.name,
    )
    url = urls.canonical(entry.url) if entry.url else ""
    filing = Filing(
        source=source,
        entry_key=row.entry_key,
        headline=setting.headline,
        standfirst=setting.standfirst,
        byline=setting.byline,
        body=setting.body,
        origin_url=url[:2000],
        url_key=link_key(url) if url else "",
        text_hash=setting.text_hash,
        published_at=published,
        updated_at=updated,
        judged=setting.judged,
        topics=setting.topics,
        links=setting.links,
        picture=setting.picture,
        vector=setting.vector,
    )
    return Case(row, _arrival(source, setting, url, published), filing)


def _file(cases: list[Case]) -> None:
    """Decide judged dispatches in their order. New articles and copies are filed together, as far as they can be."""
    cases = _still_ours(cases)
    paging.ask_for_pages([case.row for case in cases if case.arrival is None])
    judged = [case for case in cases if case.arrival is not None]
    if not judged:
        return
    stock = Stock(judged)
    collation = Collation([copying.fresh(case.filed()) for case in judged])
    new: list[Waiting] = []
    for place, case in enumerate(judged):
        assert case.arrival is not None
        if stock.expects(case):
            new = _file_new(new, stock, collation)
        decision = rules.decide(case.arrival, stock.known(case))
        if isinstance(decision, rules.New):
            weighed = _weighed(case, place, collation)
            if weighed is not None:
                stock.expect(case)
                new.append(weighed)
                continue
        elif isinstance(decision, rules.Spike):
            _end(case.row, Dispatch.Fate.SPIKED, None, decision.reason.value)
            continue
        new = _file_new(new, stock, collation)
        if _carry_out(case, place, decision, collation):
            stock.renew()
    _file_new(new, stock, collation)
    collation.store()


def _weighed(case: Case, place: int, collation: Collation) -> Waiting | None:
    """What a text that nobody knows is beside those that share its passages; None where it cannot wait."""
    likeness = collation.compare(place)
    match rules.beside(near_of(case, likeness)):
        case rules.Beside.NEW:
            collation.accept(place, None)
            return Waiting(case, place)
        case rules.Beside.KIN if likeness is not None:
            collation.accept(place, likeness.finding)
            return Waiting(case, place, likeness)
        case rules.Beside.COPY if likeness is not None:
            collation.accept(place, likeness.finding, under=likeness.original)
            return Waiting(case, place, likeness, hidden=True)
    return None


def _still_ours(cases: list[Case]) -> list[Case]:
    """Those whose lease was not lost while they were judged; locked until the end of the transaction."""
    token = cases[0].row.lease_token
    rows = Dispatch.objects.filter(id__in=[case.row.id for case in cases], lease_token=token)
    held = set(rows.order_by("id").select_for_update().values_list("id", flat=True))
    return [case for case in cases if case.row.id in held]


def _file_new(cases: list[Waiting], stock: Stock, collation: Collation) -> list[Waiting]:
    """File these as articles; returns the empty list of what still waits."""
    if not cases:
        return []
    moment = clock.now()
    shown = []
    for turn in in_turns(cases, lambda name: collation.article(name) is not None):
        articles = file_articles([one.filing(collation) for one in turn])
        stock.add(articles)
        for one, article in zip(turn, articles, strict=True):
            collation.filed(one.place, article.pk)
            one.end(one.case.row)
            one.case.row.article = article
            if not one.hidden:
                shown.append(article.pk)
    rows = [one.case.row for one in cases]
    done = Dispatch.objects.filter(id__in=[row.id for row in rows]).update(
        fate=Dispatch.Fate.FILED, reason="", decided_at=moment, payload=None, due_at=None, lease_until=None,
        lease_token="",
    )  # fmt: skip
    if done != len(cases):
        raise LeaseLost(f"{len(cases) - done} dispatches are gone")
    told = ["fate", "reason", "detail"] if any(one.hidden for one in cases) else []
    Dispatch.objects.bulk_update(rows, ["article", *told])
    minding.mind_lengths([(one.case.row.feed, one.case.arrival.words) for one in cases if one.case.arrival])
    if shown and copying.can_race():
        queue.defer(LOOK_AGAIN, {"articles": shown}, due_at=moment + RACE)
    return []


def _host(url: str) -> str:
    parsed = urls.parse(url) if url else None
    return parsed.host if parsed else ""


def _arrival(source: Source, setting: judging.Text, url: str, published: Any) -> rules.Arrival:
    may = rights.allowed(profile_of(source.rights), published_at=published, now=clock.now(), origin=source.name)
    return rules.Arrival(
        source_id=source.pk,
        headline=setting.headline,
        url=url,
        is_home=bool(url) and urls.key(url) == urls.key(source.homepage or ""),
        text_hash=setting.text_hash,
        words=setting.words,
        state_hash=setting.state_hash,
        published_at=published,
        now=clock.now(),
        source_active=source.state == Source.State.ACTIVE,
        expires_at=may.until,
    )


def _carry_out(case: Case, place: int, decision: rules.Decision, collation: Collation) -> bool:
    """Carry out what cannot be filed with others; returns whether the stock of articles changed by it."""
    row, filing = case.row, case.filed()
    match decision:
        case rules.Update(article_id, changes):
            article = Article.objects.select_related("source").get(pk=article_id)
            if changes:
                update_from_source(article, filing)
                _end(row, Dispatch.Fate.MERGED, article_id)
                return True
            if article.entry_key == row.entry_key:
                _end(row, Dispatch.Fate.MERGED, article_id, "nothing_changed")
            else:
                _end(row, Dispatch.Fate.COPIED, article_id, "same_address")
        case rules.Copy(article_id, same_address=True):
            _end(row, Dispatch.Fate.COPIED, article_id, "same_address")
        case rules.Copy(article_id):
            _file_equal(case, place, article_id, collation)
            return True
        case rules.New():
            return _file_beside(case, place, collation)
    return False


def _file_beside(case: Case, place: int, collation: Collation) -> bool:
    """A text that takes the place of one it is like, or that stays out with it."""
    likeness = collation.compare(place)
    assert likeness is not None
    if likeness.withdrawn:
        reason = rules.SpikeReason.WITHDRAWN_HERE.value
        _end(case.row, Dispatch.Fate.SPIKED, None, reason, likeness.finding.reason)
        return False
    first = collation.article(likeness.original)
    assert first is not None
    _file_equal(case, place, first, collation, SAME_PASSAGES)
    return True


def _file_equal(case: Case, place: int, article_id: int, collation: Collation, reason: str = "same_text") -> None:
    """A text that is all in an article of ours: a copy of it, or its original that came later."""
    row, filing = case.row, case.filed()
    first = Article.objects.select_related("source__rights").get(pk=article_id)
    text = collation.text(place)
    known = replace(text, id=first.pk, title=first.headline, source=first.source.name, moment=first.published_at)
    likeness = collation.compare(place)
    finding = likeness.finding if likeness else copies.same_text(text, known)
    if came_earlier(filing, first):
        collation.accept(place, finding)
        turned = collation.turned(place, first.pk)
        if turned is None and likeness is None:
            turned = copies.same_text(known, text)
        original = file_original(filing, first, turned)
        collation.filed(place, original.pk)
        collation.takes_the_place_of(place, first.pk)
        _end(row, Dispatch.Fate.FILED, original.pk)
        return
    under = first.copy_of_id or first.pk
    collation.accept(place, finding, under=under)
    of = collation.article(finding.copy_of)
    copy = file_article(replace(with_receipt(filing, "copy", finding, of), copy_of_id=under))
    collation.filed(place, copy.pk)
    _end(row, Dispatch.Fate.COPIED, copy.pk, reason, finding.reason)


def _end(row: Dispatch, fate: str, article_id: int | None, reason: str = "", detail: str = "") -> None:
    """Write the fate; only whoever still holds the lease may. The entry's text is not needed any longer."""
    done = Dispatch.objects.filter(id=row.id, lease_token=row.lease_token).update(
        fate=fate,
        reason=reason,
        detail=with_detail(row, detail),
        article_id=article_id,
        decided_at=clock.now(),
        payload=row.payload if fate == Dispatch.Fate.SPIKED else None,
        due_at=None,
        lease_until=None,
        lease_token="",
    )
    if not done:
        raise LeaseLost(f"dispatch {row.id} was taken over")


class LeaseLost(Exception):
    """Another worker took the dispatch; this one's work is rolled back."""


def look_again(row: Dispatch) -> None:
    """Give a spiked dispatch another chance, after the desk changed what made it fail."""
    Dispatch.objects.filter(id=row.id, fate=Dispatch.Fate.SPIKED).exclude(payload=None).update(
        fate=Dispatch.Fate.ARRIVED, reason="", detail="", due_at=clock.now(), attempts=0, decided_at=None
    )
