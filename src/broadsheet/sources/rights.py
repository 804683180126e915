"""The one rights function: what of an article may be shown, decided once, for every page, feed and mail.

Pure: it takes plain facts, so the same decision can be tested as a table and cannot differ by channel.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

TextRight = Literal["headline", "excerpt", "full"]


@dataclass(frozen=True)
class Profile:
    """The rights of a source as plain values; see `RightsProfile` for their meaning."""

    text: TextRight = "excerpt"
    excerpt_words: int = 60
    pictures: bool = False
    canonical_here: bool = False
    licence_name: str = ""
    licence_url: str = ""
    embargo_minutes: int = 0
    expiry_days: int | None = None


@dataclass(frozen=True)
class Allowed:
    """What may be shown now. `until` is when that ends, `since` when it begins (both aware, or None)."""

    visible: bool
    text: TextRight
    excerpt_words: int
    pictures: bool
    canonical_here: bool
    since: datetime | None
    until: datetime | None
    line: str
    licence_url: str


def allowed(profile: Profile, *, published_at: datetime, now: datetime, origin: str) -> Allowed:
    """Apply a profile to an article that `origin` (the source's name) published at `published_at`."""
    since = published_at + timedelta(minutes=profile.embargo_minutes)
    until = None
    if profile.expiry_days is not None:
        until = published_at + timedelta(days=profile.expiry_days)
    visible = since <= now and (until is None or now < until)
    return Allowed(
        visible=visible,
        text=profile.text,
        excerpt_words=profile.excerpt_words,
        pictures=profile.pictures,
        canonical_here=profile.canonical_here,
        since=since if profile.embargo_minutes else None,
        until=until,
        line=rights_line(profile, origin),
        licence_url=profile.licence_url,
    )


def rights_line(profile: Profile, origin: str) -> str:
    """One plain line on what the reader sees and under which terms."""
    kind = {
        "headline": f"Headline from {origin}",
        "excerpt": f"Excerpt from {origin}",
        "full": f"Full text from {origin}",
    }[profile.text]
    return f"{kind}, {profile.licence_name}" if profile.licence_name else kind
