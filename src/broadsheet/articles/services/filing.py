"""Filing: a text becomes an article with an address, a judgement, topics and links."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from wagtail.blocks import StreamValue

from broadsheet.articles import rules, search
from broadsheet.articles.events import ArticleFiled
from broadsheet.articles.models import Article, Judgement, OutsideLink, Section
from broadsheet.articles.services import vectors
from broadsheet.articles.services.naming import Worded, name_all
from broadsheet.copydesk import blocks
from broadsheet.copydesk.likeness import Matrix
from broadsheet.copydesk.sanitise import CLEANER
from broadsheet.core import clock, events
from broadsheet.core.transactions import together
from broadsheet.lib import text, urls
from broadsheet.sources.models import Source


@dataclass(frozen=True)
class Judged:
    """What the copy desk made of a text before it is filed; becomes the article's `Judgement`."""

    section_key: str
    confidence: float
    language: str
    words: int
    read_minutes: int
    reasons: dict[str, Any] = field(default_factory=dict)
    second: str = ""
    abstained: bool = False
    version: int = 0


@dataclass(frozen=True)
class Filing:
    """Everything needed to file an article. `links` are absolute addresses found in the text.

    `kin_of_id`: an article that shares so much of its text that both are of one story, though neither hides the other.
    """

    source: Source
    entry_key: str
    headline: str
    standfirst: str
    byline: str
    body: list[dict[str, Any]]
    origin_url: str
    url_key: str
    text_hash: str
    published_at: datetime
    updated_at: datetime | None
    judged: Judged
    topics: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    picture: dict[str, Any] = field(default_factory=dict)
    copy_of_id: int | None = None
    # The text's vector as of `keepsakes.embed`, where somebody has it already; else it is made in filing.
    vector: Matrix | None = field(default=None, compare=False, repr=False)
    kin_of_id: int | None = None

    @cached_property
    def plain(self) -> str:
        """The body as plain text, made once."""
        return blocks.text(self.body)


def file_article(filing: Filing, *, joins: int | None = None) -> Article:
    """File one article; `joins` is a copy of it that came first and has a story. See `file_articles`."""
    return file_articles([filing], joins=joins)[0]


def file_articles(filings: Sequence[Filing], *, joins: int | None = None) -> list[Article]:
    """File articles in this order: addresses minted, judgements, topics and links kept, each `ArticleFiled` announced.

    Not yet public. Every table is written once for all of them.
    """
    moment = clock.now()
    sections = [section_of(filing.judged.section_key) for filing in filings]
    with together():
        addresses = _mint(
            [
                None if filing.copy_of_id else (section, filing.headline)
                for section, filing in zip(sections, filings, strict=True)
            ]
        )
        articles = [_article(*facts, moment) for facts in zip(filings, sections, addresses, strict=True)]
        Article.objects.bulk_create(articles)
        Judgement.objects.bulk_create(
            [
                Judgement(article=article, **_judgement(section, filing.judged, moment))
                for article, section, filing in zip(articles, sections, filings, strict=True)
            ]
        )
        pairs = list(zip(articles, filings, strict=True))
        name_topics(pairs)
        _keep_links([(article, filing.links) for article, filing in pairs])
        search.index_many((article.pk, article.headline, article.standfirst, filing.plain) for article, filing in pairs)
        vectors.keep([vectors.Told(article, filing.plain, filing.vector) for article, filing in pairs])
        events.announce_all([ArticleFiled(article.pk, joins=joins or filing.kin_of_id) for article, filing in pairs])
    return articles


def _article(filing: Filing, section: Section, address: str | None, moment: datetime) -> Article:
    return Article(
        headline=filing.headline[:300],
        standfirst=filing.standfirst[:2000],
        byline=filing.byline[:300],
        body=stream(filing.body),
        language=filing.judged.language,
        source=filing.source,
        entry_key=filing.entry_key,
        origin_url=filing.origin_url,
        url_key=filing.url_key,
        text_hash=filing.text_hash,
        address=address,
        shown_section=section,
        published_at=filing.published_at,
        updated_at=filing.updated_at,
        filed_at=moment,
        copy_of_id=filing.copy_of_id,
        origin_picture=filing.picture,
        cleaner=CLEANER,
        live=False,
    )


def stream(raw: list[dict[str, Any]]) -> StreamValue:
    """Raw blocks as the value of the body field."""
    body: Any = Article._meta.get_field("body")
    return StreamValue(body.stream_block, raw, is_lazy=True)


def section_of(key: str) -> Section:
    """The section of this key; the first one where a source names a key that no longer exists."""
    sections = _sections()
    return sections.get(key) or next(iter(sections.values()))


# Sections change a few times a year and are asked for with every article.
SECTIONS_KEPT_SECONDS = 5.0
_kept: tuple[float, dict[str, Section]] = (0.0, {})


def _sections() -> dict[str, Section]:
    global _kept
    if not _kept[1] or time.monotonic() - _kept[0] > SECTIONS_KEPT_SECONDS:
        _kept = (time.monotonic(), {section.key: section for section in Section.objects.order_by("order", "id")})
    return _kept[1]


def mint(section: Section, headline: str) -> str:
    """A free address for a new article."""
    return _mint([(section, headline)])[0] or ""


def _mint(wanted: Sequence[tuple[Section, str] | None]) -> list[str | None]:
    """Free addresses for new articles, given section and headline of each; None where none is wanted."""
    slugs = [(one[0].slug, urls.slugify(one[1])) if one else None for one in wanted]
    firsts = [rules.mint_address(*one, lambda _: False) if one else None for one in slugs]
    asked = {address for address in firsts if address}
    taken = set(Article.objects.filter(address__in=asked).values_list("address", flat=True)) if asked else set()

    def is_taken(address: str) -> bool:
        # All first choices were asked for at once; further ones are rare.
        return address in taken or (address not in asked and Article.objects.filter(address=address).exists())

    minted: list[str | None] = []
    for one in slugs:
        address = rules.mint_address(*one, is_taken) if one else None
        if address:
            taken.add(address)
        minted.append(address)
    return minted


def judge(article: Article, section: Section, judged: Judged, moment: datetime) -> None:
    """Replace what the machine decided about an article."""
    Judgement.objects.update_or_create(article=article, defaults=_judgement(section, judged, moment))


def _judgement(section: Section, judged: Judged, moment: datetime) -> dict[str, Any]:
    return {
        "section": section,
        "second": judged.second,
        "confidence": judged.confidence,
        "abstained": judged.abstained,
        "version": judged.version,
        "language": judged.language,
        "words": judged.words,
        "read_minutes": judged.read_minutes,
        "reasons": judged.reasons,
        "judged_at": moment,
    }


def keep_links(article: Article, links: Iterable[str]) -> None:
    """Remember where the text links to; what is known already stays."""
    _keep_links([(article, links)])


def _keep_links(links: Iterable[tuple[Article, Iterable[str]]]) -> None:
    rows = []
    for article, found in links:
        by_key = {link_key(url): url for url in found}
        rows += [OutsideLink(article=article, key=key, url=url) for key, url in by_key.items() if key]
    if rows:
        OutsideLink.objects.bulk_create(rows, ignore_conflicts=True)


def link_key(url: str) -> str:
    """The comparable form of an address, as a fixed-length key; empty where it has none."""
    comparable = urls.key(url)
    return text.text_hash(comparable) if comparable else ""


def name_topics(pairs: Sequence[tuple[Article, Filing]]) -> None:
    """Name what these articles are about, by the words they were filed with."""
    name_all(
        [
            Worded(
                article=article, headline=filing.headline, standfirst=filing.standfirst, text=blocks.text(filing.body),
                language=filing.judged.language, labels=filing.topics, voice=filing.source.voice,
            )
            for article, filing in pairs
        ]
    )  # fmt: skip
