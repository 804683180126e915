"""Pure decisions about sources."""

from __future__ import annotations


def voice_of(source_id: int, owner_id: int | None) -> str:
    """Who a source speaks for: sources of one owner speak with one voice."""
    return f"owner:{owner_id}" if owner_id else f"source:{source_id}"
