"""Writes on fronts: assembling editions from what is live, and the desk's pins."""

from __future__ import annotations

from broadsheet.editions.services.assembling import assemble, assemble_sections
from broadsheet.editions.services.pinning import pin, purge, unpin

__all__ = ["assemble", "assemble_sections", "pin", "purge", "unpin"]
