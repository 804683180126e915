"""Feeds of the sample sources, rendered for one instant.

RSS 2.0 carries the whole text, Atom 1.0 summaries only, JSON Feed 1.1 the text as HTML: the
three habits that a wire meets most. A body depends on nothing but the edition, the instant
and the first start, and its dates are those of its articles, so two calls between two changes
return the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from broadsheet.ops.sample.edition import Edition, Published, Source, whole_second

CATEGORY = {
    "world": "World",
    "politics": "Politics",
    "sports": "Sports",
    "celebrity": "Celebrity",
    "business": "Business",
    "crypto": "Crypto",
    "gaming": "Gaming",
    "tech": "Tech",
    "travel": "Travel",
}
"""What a source calls each section among the categories of its feed."""

POLL_MINUTES = 5
"""How often the sample feeds say that looking again is worth while."""


@dataclass(frozen=True)
class Body:
    """Bytes to serve, what they are, and when they last changed (UTC)."""

    content: bytes
    content_type: str
    changed: datetime


def feed(edition: Edition, source: Source, *, now: datetime, started: datetime) -> Body:
    """The feed of `source` as it stands at `now`, in the source's own format."""
    articles = edition.at(source, now, started)
    changed = last_change(articles, started)
    if source.feed_kind == "rss":
        return Body(_rss(source, articles, changed).encode(), "application/rss+xml; charset=utf-8", changed)
    if source.feed_kind == "atom":
        return Body(
            _atom(source, articles, changed).encode(),
            "application/atom+xml; charset=utf-8",
            changed,
        )
    return Body(_json(source, articles).encode(), "application/feed+json; charset=utf-8", changed)


def last_change(articles: Sequence[Published], started: datetime) -> datetime:
    """The moment the newest text among `articles` appeared; the first start where none has."""
    return max((published.updated for published in articles), default=whole_second(started))


def categories(published: Published) -> tuple[str, ...]:
    """The section's name, then the topics, as the sources file their articles."""
    return (CATEGORY[published.article.section], *published.article.topics)


def _rss(source: Source, articles: Sequence[Published], changed: datetime) -> str:
    head = (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">\n'
        "<channel>\n"
        f"<title>{escape(source.name)}</title>\n<link>{escape(source.home_url)}</link>\n"
        f"<description>{escape(source.about)}</description>\n"
        f"<language>{escape(source.language)}</language>\n"
        f"<copyright>{escape(source.rights.licence)}</copyright>\n"
        f"<lastBuildDate>{_mail_date(changed)}</lastBuildDate>\n<ttl>{POLL_MINUTES}</ttl>\n"
        f'<atom:link rel="self" type="application/rss+xml" href={quoteattr(source.feed_url)}/>\n'
    )
    return head + "".join(_rss_entry(published) for published in articles) + "</channel>\n</rss>\n"


def _rss_entry(published: Published) -> str:
    article, text = published.article, published.text
    whole = text.html.replace("]]>", "]]]]><![CDATA[>")
    lines = [
        "<item>",
        f"<title>{escape(text.headline)}</title>",
        f"<link>{escape(article.url)}</link>",
        f'<guid isPermaLink="true">{escape(article.url)}</guid>',
        f"<pubDate>{_mail_date(published.published)}</pubDate>",
        *(f"<dc:creator>{escape(name)}</dc:creator>" for name in article.byline),
        *(f"<category>{escape(name)}</category>" for name in categories(published)),
        f"<description>{escape(text.standfirst)}</description>",
        f"<content:encoded><![CDATA[{whole}]]></content:encoded>",
    ]
    if published.updated != published.published:
        lines.append(f"<atom:updated>{published.updated.isoformat()}</atom:updated>")
    return "\n".join([*lines, "</item>", ""])


def _atom(source: Source, articles: Sequence[Published], changed: datetime) -> str:
    head = (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(source.language)}>\n'
        f"<id>{escape(source.home_url)}</id>\n<title>{escape(source.name)}</title>\n"
        f"<subtitle>{escape(source.about)}</subtitle>\n"
        f"<updated>{changed.isoformat()}</updated>\n<rights>{escape(source.rights.words)}</rights>\n"
        f'<link rel="alternate" type="text/html" href={quoteattr(source.home_url)}/>\n'
        f'<link rel="self" type="application/atom+xml" href={quoteattr(source.feed_url)}/>\n'
    )
    return head + "".join(_atom_entry(published) for published in articles) + "</feed>\n"


def _atom_entry(published: Published) -> str:
    article, text = published.article, published.text
    lines = [
        "<entry>",
        f"<id>tag:{article.source.host},2026:{escape(article.slug)}</id>",
        f"<title>{escape(text.headline)}</title>",
        f'<link rel="alternate" type="text/html" href={quoteattr(article.url)}/>',
        f"<published>{published.published.isoformat()}</published>",
        f"<updated>{published.updated.isoformat()}</updated>",
        *(f"<author><name>{escape(name)}</name></author>" for name in article.byline),
        *(f"<category term={quoteattr(name)}/>" for name in categories(published)),
        f'<summary type="text">{escape(text.standfirst)}</summary>',
        "</entry>",
        "",
    ]
    return "\n".join(lines)


def _json(source: Source, articles: Sequence[Published]) -> str:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": source.name,
        "home_page_url": source.home_url,
        "feed_url": source.feed_url,
        "description": source.about,
        "language": source.language,
        "items": [_json_entry(published) for published in articles],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _json_entry(published: Published) -> dict[str, object]:
    article, text = published.article, published.text
    entry: dict[str, object] = {
        "id": article.url,
        "url": article.url,
        "title": text.headline,
        "summary": text.standfirst,
        "content_html": text.html,
        "date_published": published.published.isoformat(),
        "authors": [{"name": name} for name in article.byline],
        "tags": list(categories(published)),
        "language": article.source.language,
    }
    if published.updated != published.published:
        entry["date_modified"] = published.updated.isoformat()
    return entry


def _mail_date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)
