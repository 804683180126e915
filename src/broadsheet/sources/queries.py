"""Reads of sources."""

from __future__ import annotations

from broadsheet.sources.models import RightsProfile, Source
from broadsheet.sources.rights import Profile

HOUSE_SLUG = "newsroom"


def profile_of(rights: RightsProfile) -> Profile:
    """The stored rights as the plain values the rights function takes."""
    return Profile(
        text=rights.text,  # type: ignore[arg-type]
        excerpt_words=rights.excerpt_words,
        pictures=rights.pictures == RightsProfile.Pictures.KEPT,
        canonical_here=rights.canonical == RightsProfile.Canonical.HERE,
        licence_name=rights.licence_name,
        licence_url=rights.licence_url,
        embargo_minutes=rights.embargo_minutes,
        expiry_days=rights.expiry_days,
    )


def house() -> Source:
    """Our own newsroom as a source: full rights, canonical here."""
    return Source.objects.select_related("rights", "owner").get(is_house=True)
