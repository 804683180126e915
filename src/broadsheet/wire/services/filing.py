"""Filing: arrived dispatches are claimed, weighed against what the paper knows, and given a fate.

A batch is one transaction with a savepoint each: whatever one dispatch does, the others are filed, and a kill leaves
the whole batch waiting under a lease that runs out.
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
from broadsheet.articles.services import Filing, file_article, file_original, link_key, state_of, update_from_source
from broadsheet.copydesk import blocks
from broadsheet.copydesk.entries import Entry
from broadsheet.core import clock
from broadsheet.lib import urls
from broadsheet.sources import rights
from broadsheet.sources.models import RightsProfile, Source
from broadsheet.sources.queries import profile_of
from broadsheet.wire import judging, rules
from broadsheet.wire.models import Dispatch, Feed
from broadsheet.wire.services import minding, paging
from broadsheet.wire.services.pulling import CLOCK_WRONG, clamped, free

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=120)
ATTEMPTS = 5


def file_arrived(limit: int = 50) -> int:
    """Give up to `limit` arrived dispatches their fate; returns how many were looked at."""
    rows = _claim(limit)
    if not rows:
        return 0
    failed: list[tuple[Dispatch, Exception]] = []
    filed: list[tuple[Feed, int]] = []
    with transaction.atomic():
        for row in rows:
            try:
                with transaction.atomic():
                    words = _decide(row)
            except Exception as error:  # noqa: BLE001  one poisonous dispatch must not stop the wire
                failed.append((row, error))
            else:
                if words is not None:
                    filed.append((row.feed, words))
        minding.mind_lengths(filed)
    for row, why in failed:
        _put_aside(row, why)
    return len(rows)


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


def _decide(row: Dispatch) -> int | None:
    """Give it its fate; the words of its text where that is a new article."""
    source = row.feed.source
    entry = Entry.from_json({k: v for k, v in (row.payload or {}).items() if k != paging.PAGE})
    page = (row.payload or {}).get(paging.PAGE)
    if paging.wants_page(row, source, entry, page):
        paging.ask_for_page(row)
        return None
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
    arrival = _arrival(source, setting, url, published)
    known = _known(row, source, setting, url)
    decision = rules.decide(arrival, known)
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
    )
    _carry_out(row, decision, filing)
    return setting.words if isinstance(decision, rules.New) else None


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


def _known(row: Dispatch, source: Source, setting: judging.Text, url: str) -> rules.Known:
    """What the paper has already. One query finds all three kinds; the oldest article counts."""
    key = link_key(url) if url else ""
    match = Q(source=source, entry_key=row.entry_key)
    if key:
        match |= Q(url_key=key)
    if setting.text_hash and setting.words >= rules.COPY_MIN_WORDS:
        match |= Q(text_hash=setting.text_hash)
    found = Article.objects.filter(match).order_by("id")
    columns = ("pk", "source_id", "withdrawn_at", "entry_key", "url_key", "copy_of_id")
    by_entry = by_address = by_text = None
    for pk, source_id, withdrawn_at, entry_key, url_key, copy_of_id in found.values_list(*columns):
        article = rules.KnownArticle(pk, source_id, withdrawn_at is not None)
        if source_id == source.pk and entry_key == row.entry_key:
            by_entry = by_entry or _with_state(article)
        elif key and url_key == key:
            by_address = by_address or (_with_state(article) if source_id == source.pk else article)
        elif copy_of_id is None:
            by_text = by_text or article
    return rules.Known(by_entry, by_address, by_text)


def _with_state(article: rules.KnownArticle) -> rules.KnownArticle:
    """With the hash of what the paper shows, which only an update has to be compared with."""
    state = state_of(Article.objects.get(pk=article.id))
    return replace(article, state_hash=judging.state_hash(**state), words=blocks.words(state["body"]))


def _carry_out(row: Dispatch, decision: rules.Decision, filing: Filing) -> None:
    match decision:
        case rules.New():
            _end(row, Dispatch.Fate.FILED, file_article(filing).pk)
        case rules.Update(article_id, changes):
            article = Article.objects.select_related("source").get(pk=article_id)
            if changes:
                update_from_source(article, filing)
                _end(row, Dispatch.Fate.MERGED, article_id)
            elif article.entry_key == row.entry_key:
                _end(row, Dispatch.Fate.MERGED, article_id, "nothing_changed")
            else:
                _end(row, Dispatch.Fate.COPIED, article_id, "same_address")
        case rules.Copy(article_id, same_address=True):
            _end(row, Dispatch.Fate.COPIED, article_id, "same_address")
        case rules.Copy(article_id):
            first = Article.objects.select_related("source__rights").get(pk=article_id)
            if _came_earlier(filing, first):
                _end(row, Dispatch.Fate.FILED, file_original(filing, first).pk)
            else:
                copy = file_article(replace(filing, copy_of_id=first.copy_of_id or first.pk))
                _end(row, Dispatch.Fate.COPIED, copy.pk, "same_text")
        case rules.Spike(reason):
            _end(row, Dispatch.Fate.SPIKED, None, reason.value)


def _came_earlier(filing: Filing, first: Article) -> bool:
    """Whether this text was published before the equal one that arrived before it, and may take its place.

    Never when the paper would show less of the text than now, or when an editor has touched the one it has.
    """
    new, old = filing.source, first.source
    return (
        filing.published_at < first.published_at
        and new.publishing == Source.Publishing.AT_ONCE
        and _LEAST_TO_MOST.index(new.rights.text) >= _LEAST_TO_MOST.index(old.rights.text)
        and not old.is_house
        and not first.kept_fields
        and first.copy_of_id is None
    )


_LEAST_TO_MOST: list[str] = [RightsProfile.Text.HEADLINE, RightsProfile.Text.EXCERPT, RightsProfile.Text.FULL]


def _end(row: Dispatch, fate: str, article_id: int | None, reason: str = "") -> None:
    """Write the fate; only whoever still holds the lease may. The entry's text is not needed any longer."""
    done = Dispatch.objects.filter(id=row.id, lease_token=row.lease_token).update(
        fate=fate,
        reason=reason,
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
