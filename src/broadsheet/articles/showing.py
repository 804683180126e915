"""What of an article may be shown now: rights applied once, for every page, feed, search hit and mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from broadsheet.articles.models import Article
from broadsheet.copydesk import blocks, sanitise
from broadsheet.copydesk.kinds.common import link
from broadsheet.lib import html
from broadsheet.lib import text as texts
from broadsheet.sources import rights
from broadsheet.sources.queries import profile_of
from broadsheet.sources.rights import Profile

Block = dict[str, Any]

# What is left of the allowed words after a standfirst must make a sentence, or it is left unsaid.
SHORTEST_EXCERPT = 12


@dataclass(frozen=True)
class Shown:
    """An article as the rights let it be seen.

    `body` is the list of blocks, or None where only a headline or an excerpt may be shown. `excerpt` is plain text,
    empty for headline-only sources. `canonical` is an absolute original address, or our own path.
    """

    id: int
    path: str
    headline: str
    standfirst: str
    byline: str
    language: str
    excerpt: str
    body: list[Block] | None
    full: bool
    label: str
    picture: bool
    canonical: str
    canonical_here: bool
    origin_url: str
    source_name: str
    source_path: str
    is_house: bool
    rights_line: str
    licence_name: str
    licence_url: str
    published_at: datetime
    updated_at: datetime | None
    visible: bool
    since: datetime | None
    until: datetime | None


def shown(article: Article, *, now: datetime, profile: Profile | None = None, body: bool = True) -> Shown:
    """Apply the source's rights to an article. `source` and its `rights` should have been selected with it.

    With `body=False` (teasers, lists) the body is not read at all, so the row may have been loaded without it; there
    is then no excerpt beside the standfirst.
    """
    source = article.source
    profile = profile or profile_of(source.rights)
    may = rights.allowed(profile, published_at=article.published_at, now=now, origin=source.name)
    raw = raw_body(article) if body else []
    standfirst = _standfirst(article, may)
    # Looked at here once more, since every page and feed makes a link of it.
    origin_url = link(article.origin_url, None) or ""
    canonical_here = may.canonical_here or not origin_url
    return Shown(
        id=article.pk,
        path=article.path,
        headline=article.headline,
        standfirst=standfirst,
        byline=article.byline,
        language=article.language,
        excerpt=_excerpt(article, raw, standfirst, may),
        body=raw if body and may.text == "full" else None,
        full=may.text == "full",
        label={"headline": "Headline", "excerpt": "Excerpt", "full": ""}[may.text],
        picture=may.pictures,
        canonical=article.path if canonical_here else origin_url,
        canonical_here=canonical_here,
        origin_url=origin_url,
        source_name=source.name,
        source_path=source.path,
        is_house=source.is_house,
        rights_line=may.line,
        licence_name=profile.licence_name,
        licence_url=link(may.licence_url, None) or "",
        published_at=article.published_at,
        updated_at=article.updated_at,
        visible=may.visible and article.live and article.withdrawn_at is None,
        since=may.since,
        until=may.until,
    )


def raw_body(article: Article) -> list[Block]:
    """The blocks without building the desk's block objects: as stored, or, where a cleaner that is no longer trusted
    made them, cleaned anew."""
    stored = [{"type": block["type"], "value": block["value"]} for block in article.body.raw_data]
    if article.cleaner >= sanitise.MINIMUM:
        return stored
    return blocks.recleaned(stored, base=base_of(article))


def base_of(article: Article) -> str:
    """The address that relative links in its text are read against."""
    return article.origin_url or settings.BROADSHEET.site_url


def _standfirst(article: Article, may: rights.Allowed) -> str:
    if may.text == "headline":
        return ""
    if may.text == "excerpt":
        return html.excerpt(article.standfirst, may.excerpt_words, article.language)
    return article.standfirst


def _excerpt(article: Article, raw: list[Block], standfirst: str, may: rights.Allowed) -> str:
    """Running text up to the allowed number of words, of which the standfirst may have used some already."""
    text = blocks.text(raw) if raw else ""
    if may.text == "headline" or not text:
        return ""
    left = may.excerpt_words - len(texts.words(standfirst))
    if standfirst and left < SHORTEST_EXCERPT:
        return ""
    return html.excerpt(text, left, article.language)
