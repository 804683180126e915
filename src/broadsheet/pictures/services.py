"""Writes of pictures: keeping one that was drawn anew from a licensed remote picture."""

from __future__ import annotations

import hashlib
from typing import Protocol

from django.core.files.base import ContentFile

from broadsheet.lib import text
from broadsheet.pictures.models import Picture

ENDINGS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif", "GIF": "gif"}


class Drawn(Protocol):
    """A picture as the jail hands it back: decoded, bounded, free of metadata, encoded by us."""

    format: str
    width: int
    height: int
    body: bytes


def known(origin_url: str) -> Picture | None:
    """The picture kept from this address, if there is one."""
    return Picture.objects.filter(origin_url=origin_url).first() if origin_url else None


def keep(drawn: Drawn, *, origin_url: str, title: str, caption: str, credit: str, licence: str) -> Picture:
    """Store a picture under the hash of its bytes; its name says nothing of its origin."""
    digest = hashlib.sha256(drawn.body).hexdigest()
    picture = Picture(
        title=text.tidy(title)[:255] or "Picture",
        file_size=len(drawn.body),
        file_hash=digest[:40],
        origin_url=origin_url,
        caption=text.tidy(caption)[:500],
        credit=text.tidy(credit)[:200],
        licence=licence[:120],
    )
    picture.file.save(f"{digest[:32]}.{ENDINGS[drawn.format]}", ContentFile(drawn.body), save=False)
    # Only now: naming the file makes Django forget the sizes.
    picture.width, picture.height = drawn.width, drawn.height
    picture.save()
    return picture
