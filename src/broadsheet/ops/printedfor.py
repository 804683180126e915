"""Under which settings the stored pages were printed. Every page names the site's own address, so pages of another are
stale; and a command that runs with other settings than the portal cannot judge them."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from broadsheet.core import facts
from broadsheet.paper import keys
from broadsheet.press import services as press

PRINTED_FOR = "printed_for"


def _now() -> list[str]:
    options = settings.BROADSHEET
    return [options.site_url, options.language, options.time_zone]


def settle() -> bool:
    """Make every page stale if it was printed under other settings than these; True when it was. For `serve` alone."""
    before = facts.get(PRINTED_FOR)
    if before == _now():
        return False
    with transaction.atomic():
        facts.put(PRINTED_FOR, _now())
        if before is not None:
            press.mark_stale(keys.BRAND)
    return before is not None


def other_site() -> str:
    """The address that the portal serves, when these settings name another; else ""."""
    before = facts.get(PRINTED_FOR)
    return "" if before is None or before == _now() else str(before[0])
