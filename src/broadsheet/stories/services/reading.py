"""What a writer reads of articles: their words, and which writer it is."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings

from broadsheet.articles.models import Article
from broadsheet.articles.showing import raw_body
from broadsheet.copydesk import blocks

# Blocks of a body that are looked at together, until there is enough.
_BLOCKS = 8
_ENOUGH = 3_600


def words_of(ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Headline and text, as far as a writer reads them, by article."""
    rows = Article.objects.filter(pk__in=ids).only("headline", "standfirst", "body", "cleaner", "origin_url")
    return {row.pk: (row.headline, _text(row)) for row in rows}


def _text(article: Article) -> str:
    body = raw_body(article)
    parts, length = [article.standfirst], 0
    for start in range(0, len(body), _BLOCKS):
        part = blocks.text(body[start : start + _BLOCKS])
        parts.append(part)
        length += len(part)
        if length > _ENOUGH:
            break
    return "\n".join(part for part in parts if part)


def tongue(language: str | None) -> str:
    """The language without its region; the paper's own where none is known."""
    return ((language or "").partition("-")[0] or settings.LANGUAGE_CODE.partition("-")[0]).casefold()[:12]
