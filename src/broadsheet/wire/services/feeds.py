"""Keeping the list of sources and feeds."""

from __future__ import annotations

from django.db import transaction

from broadsheet.core import clock
from broadsheet.lib import text, urls
from broadsheet.sources.models import Owner, RightsProfile, Source
from broadsheet.wire.models import Feed
from broadsheet.wire.services import diary

DEFAULT_RIGHTS = "Excerpt and link"


class NotUsable(Exception):
    """The address cannot be a feed of ours; the message says why in one sentence."""


def default_rights() -> RightsProfile:
    """The rights of a source nobody has looked at yet: an excerpt and a link, canonical at the origin."""
    profile, _ = RightsProfile.objects.get_or_create(name=DEFAULT_RIGHTS)
    return profile


def checked_address(url: str) -> str:
    """The address in the form we keep, or NotUsable."""
    parsed = urls.parse(url.strip())
    if parsed is None or not parsed.is_web:
        shown = urls.without_credentials(url.strip())[:200]
        raise NotUsable(f"{shown!r} is not a web address; it must begin with http:// or https://.")
    if parsed.username or parsed.password:
        shown = urls.without_credentials(parsed.href)[:200]
        raise NotUsable(f"The address has a user name or password in it, which we do not keep; give it as {shown}.")
    return parsed.href


@transaction.atomic
def add_feed(source: Source, url: str, *, kind: str = Feed.Kind.FEED, section: str = "", title: str = "") -> Feed:
    """Add an address to a source; it is pulled at once. Raises NotUsable for one we have or cannot use."""
    address = checked_address(url)
    key = text.text_hash(urls.key(address))
    known = Feed.objects.select_related("source").filter(url_key=key).first()
    if known is not None:
        raise NotUsable(f"{address} is already a feed of {known.source.name}.")
    return Feed.objects.create(
        source=source, url=address, url_key=key, kind=kind, section=section, title=title[:300], next_pull_at=clock.now()
    )


@transaction.atomic
def add_source(
    name: str,
    *,
    homepage: str = "",
    owner: str = "",
    rights: RightsProfile | None = None,
    language: str = "en",
    default_section: str = "",
    publishing: str = Source.Publishing.AT_ONCE,
    about: str = "",
    is_sample: bool = False,
) -> Source:
    """Add a publication. Its slug is made from the name; the rights are excerpt and link unless said otherwise."""
    clean = text.tidy(name)[:200] or "Unnamed source"
    base, number = urls.slugify(clean)[:70], 1
    slug = base
    while Source.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return Source.objects.create(
        name=clean,
        slug=slug,
        homepage=homepage[:500],
        owner=Owner.objects.get_or_create(name=owner[:200])[0] if owner else None,
        rights=rights or default_rights(),
        language=language,
        default_section=default_section,
        publishing=publishing,
        about=about,
        is_sample=is_sample,
        added_at=clock.now(),
    )


def pause(feed: Feed) -> None:
    """Stop pulling a feed until somebody resumes it."""
    if Feed.objects.filter(id=feed.id).exclude(state=Feed.State.PAUSED).update(state=Feed.State.PAUSED):
        diary.note(feed.source, diary.Event.PAUSED, f"{feed.url} was paused by the desk.", feed=feed)


def resume(feed: Feed) -> None:
    """Pull a paused or gone feed again, now."""
    Feed.objects.filter(id=feed.id).update(
        state=Feed.State.ACTIVE, next_pull_at=clock.now(), failures=0, reason="", detail="", failing_since=None
    )
    if feed.state != Feed.State.ACTIVE:
        diary.note(feed.source, diary.Event.RESUMED, f"{feed.url} was resumed by the desk.", feed=feed)


def pull_soon(feed: Feed) -> None:
    """Let the worker pull a feed at once."""
    Feed.objects.filter(id=feed.id).update(next_pull_at=clock.now())
