"""What the pictures announce."""

from __future__ import annotations

from dataclasses import dataclass

from broadsheet.core.events import Event


@dataclass(frozen=True)
class PictureChanged(Event):
    """A picture was saved: its file, its words or its focal point may be others now."""

    picture_id: int


@dataclass(frozen=True)
class PictureRendered(Event):
    """A picture's renditions stand: from now on pages may print it."""

    picture_id: int


@dataclass(frozen=True)
class PictureRemoved(Event):
    """A picture is about to go, while its articles still name it."""

    picture_id: int
