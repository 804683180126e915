"""What happens to standing pages and the brand."""

from __future__ import annotations

from dataclasses import dataclass

from broadsheet.core.events import Event


@dataclass(frozen=True)
class StandingPageChanged(Event):
    """A standing page was published, changed or taken down."""

    page_id: int


@dataclass(frozen=True)
class BrandChanged(Event):
    """Name, footer or imprint changed: every page carries them."""

    site_id: int


@dataclass(frozen=True)
class RedirectsChanged(Event):
    """An old address leads elsewhere now."""

    path: str
