"""Feeds of the sample sources, rendered for one instant.

RSS 2.0 and 1.0, Atom, JSON Feed, a news sitemap, a plain section page; whole texts here, summaries
there: the habits that a wire meets. A body depends on nothing but the edition, the instant and the
first start, and its dates are those of its articles, so two calls between two changes return the
same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from broadsheet.ops.sample.shapes import Edition, Print, Published, Source, whole_second

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

PICTURE_TYPE = "image/webp"
PICTURE_SIZE = (1600, 1000)

_NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"'
)


@dataclass(frozen=True)
class Body:
    """Bytes to serve, what they are, and when they last changed (UTC)."""

    content: bytes
    content_type: str
    changed: datetime


@dataclass(frozen=True)
class Paper:
    """What a renderer needs: the edition, one source, its articles as they stand, their last change."""

    edition: Edition
    source: Source
    articles: Sequence[Published]
    changed: datetime

    def picture(self, published: Published) -> Print | None:
        """The picture that the source prints with an article."""
        return self.edition.picture(published.article)


def feed(edition: Edition, source: Source, *, now: datetime, started: datetime) -> Body:
    """The feed of `source` as it stands at `now`, in the source's own format."""
    articles = edition.at(source, now, started)
    paper = Paper(edition, source, articles, last_change(articles, started))
    render, content_type = _KINDS[source.feed_kind]
    return Body(render(paper).encode(), f"{content_type}; charset=utf-8", paper.changed)


def last_change(articles: Sequence[Published], started: datetime) -> datetime:
    """The moment the newest text among `articles` appeared; the first start where none has."""
    return max((published.updated for published in articles), default=whole_second(started))


def categories(published: Published) -> tuple[str, ...]:
    """The section's name where the source writes English, then the topics, as sources file their articles."""
    article = published.article
    section = (CATEGORY[article.section],) if article.source.language == "en" else ()
    return (*section, *article.topics)


def _rss(paper: Paper) -> str:
    source = paper.source
    head = (
        f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" {_NAMESPACES}>\n<channel>\n'
        f"<title>{escape(source.name)}</title>\n<link>{escape(source.home_url)}</link>\n"
        f"<description>{escape(source.about)}</description>\n"
        f"<language>{escape(source.language)}</language>\n"
        f"<copyright>{escape(source.rights.licence)}</copyright>\n"
        f"<lastBuildDate>{mail_date(paper.changed)}</lastBuildDate>\n<ttl>{POLL_MINUTES}</ttl>\n"
        f'<atom:link rel="self" type="application/rss+xml" href={quoteattr(source.feed_url)}/>\n'
    )
    return head + "".join(_rss_entry(paper, one) for one in paper.articles) + "</channel>\n</rss>\n"


def _rss_entry(paper: Paper, published: Published) -> str:
    article, text = published.article, published.text
    lines = [
        "<item>",
        f"<title>{escape(text.headline)}</title>",
        f"<link>{escape(article.url)}</link>",
        f'<guid isPermaLink="true">{escape(article.url)}</guid>',
        f"<pubDate>{mail_date(published.published)}</pubDate>",
        *(f"<dc:creator>{escape(name)}</dc:creator>" for name in article.byline),
        *(f"<category>{escape(name)}</category>" for name in categories(published)),
        f"<description>{escape(text.standfirst)}</description>",
        *_content(paper, published),
        *_media(paper, published),
    ]
    if published.updated != published.published:
        lines.append(f"<atom:updated>{published.updated.isoformat()}</atom:updated>")
    return "\n".join([*lines, "</item>", ""])


def _rdf(paper: Paper) -> str:
    """RSS 1.0, which some papers still write: entries beside the channel, not in it."""
    source = paper.source
    order = "".join(f"<rdf:li rdf:resource={quoteattr(one.article.url)}/>" for one in paper.articles)
    head = (
        '<?xml version="1.0" encoding="utf-8"?>\n<rdf:RDF xmlns="http://purl.org/rss/1.0/"'
        f' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" {_NAMESPACES}>\n'
        f"<channel rdf:about={quoteattr(source.feed_url)}>\n<title>{escape(source.name)}</title>\n"
        f"<link>{escape(source.home_url)}</link>\n<description>{escape(source.about)}</description>\n"
        f"<dc:language>{escape(source.language)}</dc:language>\n"
        f"<dc:date>{paper.changed.isoformat()}</dc:date>\n<items><rdf:Seq>{order}</rdf:Seq></items>\n</channel>\n"
    )
    return head + "".join(_rdf_entry(paper, one) for one in paper.articles) + "</rdf:RDF>\n"


def _rdf_entry(paper: Paper, published: Published) -> str:
    article, text = published.article, published.text
    lines = [
        f"<item rdf:about={quoteattr(article.url)}>",
        f"<title>{escape(text.headline)}</title>",
        f"<link>{escape(article.url)}</link>",
        f"<description>{escape(text.standfirst)}</description>",
        f"<dc:date>{published.published.isoformat()}</dc:date>",
        *(f"<dc:creator>{escape(name)}</dc:creator>" for name in article.byline),
        *(f"<dc:subject>{escape(name)}</dc:subject>" for name in categories(published)),
        *_content(paper, published),
    ]
    return "\n".join([*lines, "</item>", ""])


def _atom(paper: Paper) -> str:
    source = paper.source
    head = (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"'
        f' xmlns:media="http://search.yahoo.com/mrss/" xml:lang={quoteattr(source.language)}>\n'
        f"<id>{escape(source.home_url)}</id>\n<title>{escape(source.name)}</title>\n"
        f"<subtitle>{escape(source.about)}</subtitle>\n"
        f"<updated>{paper.changed.isoformat()}</updated>\n<rights>{escape(source.rights.words)}</rights>\n"
        f'<link rel="alternate" type="text/html" href={quoteattr(source.home_url)}/>\n'
        f'<link rel="self" type="application/atom+xml" href={quoteattr(source.feed_url)}/>\n'
    )
    return head + "".join(_atom_entry(paper, one) for one in paper.articles) + "</feed>\n"


def _atom_entry(paper: Paper, published: Published) -> str:
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
        *([f'<content type="html">{escape(text.html)}</content>'] if paper.source.whole else []),
        *_media(paper, published),
        "</entry>",
        "",
    ]
    return "\n".join(lines)


def _content(paper: Paper, published: Published) -> list[str]:
    if not paper.source.whole:
        return []
    whole = published.text.html.replace("]]>", "]]]]><![CDATA[>")
    return [f"<content:encoded><![CDATA[{whole}]]></content:encoded>"]


def _media(paper: Paper, published: Published) -> list[str]:
    one = paper.picture(published)
    if one is None:
        return []
    width, height = PICTURE_SIZE
    return [
        f'<media:content url={quoteattr(paper.source.picture_url(one))} medium="image" type="{PICTURE_TYPE}"'
        f' width="{width}" height="{height}">',
        f"<media:title>{escape(one.caption)}</media:title>",
        f"<media:description>{escape(one.alternative)}</media:description>",
        f"<media:credit>{escape(one.credit)}</media:credit>",
        "</media:content>",
    ]


def _json(paper: Paper) -> str:
    source = paper.source
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": source.name,
        "home_page_url": source.home_url,
        "feed_url": source.feed_url,
        "description": source.about,
        "language": source.language,
        "items": [_json_entry(one) for one in paper.articles],
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


def _sitemap(paper: Paper) -> str:
    """A news sitemap: addresses, headlines and dates; the texts stand on the pages."""
    head = (
        '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
        ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">\n'
    )
    return head + "".join(_sitemap_entry(paper, one) for one in paper.articles) + "</urlset>\n"


def _sitemap_entry(paper: Paper, published: Published) -> str:
    article, text = published.article, published.text
    one = paper.picture(published)
    picture = (
        f"<image:image><image:loc>{escape(paper.source.picture_url(one))}</image:loc>"
        f"<image:caption>{escape(one.caption)}</image:caption></image:image>"
        if one
        else ""
    )
    return (
        f"<url><loc>{escape(article.url)}</loc><lastmod>{published.updated.isoformat()}</lastmod>{picture}"
        f"<news:news><news:publication><news:name>{escape(article.source.name)}</news:name>"
        f"<news:language>{escape(article.source.language)}</news:language></news:publication>"
        f"<news:publication_date>{published.published.isoformat()}</news:publication_date>"
        f"<news:title>{escape(text.headline)}</news:title></news:news></url>\n"
    )


def _page(paper: Paper) -> str:
    from broadsheet.ops.sample import pages

    return pages.section_page(paper)


def mail_date(moment: datetime) -> str:
    """A date as mail and RSS write it."""
    return format_datetime(moment, usegmt=True)


_KINDS: dict[str, tuple[Callable[[Paper], str], str]] = {
    "rss": (_rss, "application/rss+xml"),
    "rdf": (_rdf, "application/rdf+xml"),
    "atom": (_atom, "application/atom+xml"),
    "json": (_json, "application/feed+json"),
    "sitemap": (_sitemap, "application/xml"),
    "page": (_page, "text/html"),
}
