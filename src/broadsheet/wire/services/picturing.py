"""Keeping a licensed picture: fetched through the door, drawn anew in the jail, stored as our own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from broadsheet.articles.events import ArticleChanged
from broadsheet.articles.models import Article
from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.renditions import Made
from broadsheet.core import events
from broadsheet.lib.http import FetchFailed, Reason
from broadsheet.pictures import services as pictures
from broadsheet.sources.models import RightsProfile
from broadsheet.wire import doors

_PASSING = {Reason.TIMED_OUT, Reason.ASKS_TO_WAIT, Reason.SERVER_ERROR, Reason.REFUSED}


@dataclass(slots=True)
class Drawn:
    """A picture as the jail drew it anew: `format` is Pillow's name, sizes in pixels."""

    format: str
    width: int
    height: int
    body: bytes


def _draw(body: bytes) -> Drawn:
    """Decode and encode an outside picture in the jail. Raises NotReadable for what is none."""
    made: dict[str, Any] = doors.jail().run("picture", body=body)
    return Drawn(made["format"], made["width"], made["height"], made["bytes"])


def draw_renditions(body: bytes) -> list[Made]:
    """Encode a kept picture in all widths and formats, in the jail. Raises NotReadable."""
    made: list[Made] = doors.jail().run("renditions", body=body)
    return made


def wants(article: Article) -> bool:
    """Whether this article names a picture that its source's rights let us keep."""
    return (
        article.picture_id is None
        and article.withdrawn_at is None
        and bool(article.origin_picture.get("url"))
        and article.source.rights.pictures == RightsProfile.Pictures.KEPT
    )


def keep(article_id: int) -> None:
    """Keep the article's picture, and give it to the article when its renditions stand.

    What cannot be fetched or read is left out; what may pass is tried again.
    """
    article = Article.objects.select_related("source__rights").defer("body").filter(pk=article_id).first()
    if article is None or not wants(article):
        return
    named = article.origin_picture
    known = pictures.known(named["url"])
    if known is None:
        try:
            got = doors.door().fetch(named["url"], "image")
            drawn = _draw(got.body)
        except FetchFailed as failed:
            if failed.reason in _PASSING:
                raise
            return
        except NotReadable:
            return
        known = pictures.keep(
            drawn,
            origin_url=named["url"],
            title=article.headline,
            caption=named.get("caption", ""),
            alternative=named.get("alternative", ""),
            credit=named.get("credit", "") or article.source.name,
            licence=article.source.rights.licence_name,
        )
    # Only now may pages print it: every address of it answers.
    if not pictures.render(known.pk, draw_renditions):
        return
    with transaction.atomic():
        changed = Article.objects.filter(pk=article_id, picture=None).update(picture=known)
        if changed and article.live:
            events.announce(ArticleChanged(article_id))
