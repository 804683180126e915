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


def one_voice_with(source: Source) -> list[Source]:
    """The other sources that speak with this one's voice, by name."""
    if source.owner_id is None:
        return []
    return list(Source.objects.filter(owner_id=source.owner_id).exclude(pk=source.pk).order_by("name"))
