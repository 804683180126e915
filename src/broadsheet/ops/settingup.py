"""What a portal has from its first day: sections, our own newsroom as a source, rights, standing pages, the brand.

Idempotent, and only ever adds: what somebody renamed or deleted later is left as it is.
"""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from broadsheet.articles.models import Section
from broadsheet.articles.rules import IPTC
from broadsheet.core import clock, facts
from broadsheet.pages import services as pages
from broadsheet.sources.models import RightsProfile, Source
from broadsheet.sources.queries import HOUSE_SLUG
from broadsheet.wire.services.feeds import default_rights

SECTIONS = (
    ("world", "World News", "world-news"),
    ("politics", "Politics", "politics"),
    ("sports", "Sports", "sports"),
    ("celebrity", "Celebrity", "celebrity"),
    ("business", "Business", "business"),
    ("crypto", "Crypto", "crypto"),
    ("gaming", "Gaming News", "gaming-news"),
    ("tech", "Tech News", "tech-news"),
    ("travel", "Travel", "travel"),
)
FURNISHED = "furnished"


def furnish() -> bool:
    """Furnish a new portal; True when it was new."""
    with transaction.atomic():
        if facts.get(FURNISHED):
            return False
        for order, (key, name, slug) in enumerate(SECTIONS):
            facts_of = {"name": name, "slug": slug, "order": order, "iptc": IPTC[key]}
            Section.objects.get_or_create(key=key, defaults=facts_of)
        _house()
        default_rights()
        RightsProfile.objects.get_or_create(
            name="Full text and link",
            defaults={"text": RightsProfile.Text.FULL, "fetch_pages": True},
        )
        RightsProfile.objects.get_or_create(name="Headline and link", defaults={"text": RightsProfile.Text.HEADLINE})
        pages.furnish(settings.BROADSHEET)
        facts.put(FURNISHED, clock.now().isoformat())
    return True


def _house() -> None:
    """Our own newsroom: full text, own pictures, canonical here."""
    rights, _ = RightsProfile.objects.get_or_create(
        name="Our own work",
        defaults={
            "text": RightsProfile.Text.FULL,
            "pictures": RightsProfile.Pictures.KEPT,
            "canonical": RightsProfile.Canonical.HERE,
        },
    )
    options = settings.BROADSHEET
    Source.objects.get_or_create(
        is_house=True,
        defaults={
            "name": options.brand,
            "slug": HOUSE_SLUG,
            "homepage": options.site_url,
            "rights": rights,
            "language": options.language,
            "publishing": Source.Publishing.REVIEW,
            "added_at": clock.now(),
        },
    )
