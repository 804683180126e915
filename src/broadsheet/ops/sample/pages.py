"""Web pages of the sample sources: front page, article pages, robots rules.

An article page carries what real ones carry around their text (menu, cookie notice, adverts,
related headlines, newsletter box, readers' comments), so that the reader of pages has
something to leave out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from html import escape

from broadsheet.ops.sample.feeds import CATEGORY, PICTURE_SIZE, Body, Paper, last_change
from broadsheet.ops.sample.shapes import Edition, Print, Published, Source, whole_second

_HTML = "text/html; charset=utf-8"
_FEED_TYPES = {
    "rss": "application/rss+xml",
    "rdf": "application/rdf+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}
_ADVERT = (
    '<div class="advert" role="complementary" aria-label="Advertisement"><p>Advertisement</p>'
    '<p><a href="/go/{n}" rel="sponsored">Hobbin Boots: two soles for the price of one. '
    "Order by Friday.</a></p></div>"
)


def front_page(edition: Edition, source: Source, *, now: datetime, started: datetime) -> Body:
    """The publication's own front page: every headline, newest first."""
    articles = edition.at(source, now, started)
    rows = "".join(
        f'<article><h2><a href="{escape(published.article.url)}">'
        f"{escape(published.text.headline)}</a></h2>"
        f"<p>{escape(published.text.standfirst)}</p></article>\n"
        for published in articles
    )
    main = f"<main>\n<h1>{escape(source.name)}</h1>\n{rows}</main>\n"
    page = _page(source, source.name, main, head="")
    return Body(page.encode(), _HTML, last_change(articles, started))


def article_page(edition: Edition, source: Source, path: str, *, now: datetime, started: datetime) -> Body | None:
    """The page at `path` of `source`, or None where no article has that address by `now`."""
    articles = edition.at(source, now, started)
    for published in articles:
        if published.article.url == f"http://{source.host}{path}":
            others = [other for other in articles if other is not published]
            page = _page(
                source,
                f"{published.text.headline} | {source.name}",
                _article_main(published, others, picture=edition.picture(published.article)),
                head=_article_head(published, picture=edition.picture(published.article)),
            )
            # The related headlines are part of the page, so it changes when they do.
            return Body(page.encode(), _HTML, last_change(articles, started))
    return None


def section_page(paper: Paper) -> str:
    """A list of articles for readers, of the kind that has to do where a publication has no feed."""
    rows = "".join(
        f'<li><article><h2><a href="{escape(one.article.url)}">{escape(one.text.headline)}</a></h2>'
        f"<p>{escape(one.text.standfirst)}</p></article></li>\n"
        for one in paper.articles
    )
    main = f'<main>\n<h1>All notes</h1>\n<ul class="river">{rows}</ul>\n</main>\n'
    return _page(paper.source, f"All notes | {paper.source.name}", main, head="")


def robots(source: Source, *, started: datetime) -> Body:
    """Robots rules: everything may be read but the search and the accounts."""
    rules = "User-agent: *\nDisallow: /search\nDisallow: /account/\nDisallow: /go/\n"
    return Body(rules.encode(), "text/plain; charset=utf-8", whole_second(started))


def _page(source: Source, title: str, main: str, *, head: str) -> str:
    menu = "".join(f'<li><a href="/{key}/">{name}</a></li>' for key, name in CATEGORY.items())
    kind = _FEED_TYPES.get(source.feed_kind)
    feed = (
        f'<link rel="alternate" type="{kind}" title="{escape(source.name)}" href="{escape(source.feed_url)}">\n'
        if kind
        else ""
    )
    return (
        f'<!doctype html>\n<html lang="{escape(source.language)}">\n<head>\n'
        f'<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f"{feed}{head}</head>\n<body>\n"
        '<div class="cookie-notice" role="dialog" aria-label="Cookies"><p>We value your privacy. '
        "Choose which biscuits to accept with your news.</p><button>Accept all</button>"
        "<button>Manage choices</button></div>\n"
        f'<header><p class="brand"><a href="/">{escape(source.name)}</a></p>'
        f'<nav aria-label="Sections"><ul>{menu}</ul></nav>'
        '<form action="/search"><input name="q" aria-label="Search"><button>Search</button></form>'
        f"</header>\n{main}"
        f'<footer class="site-footer"><p>© {escape(source.owner)}</p>'
        '<ul><li><a href="/account/">My account</a></li><li><a href="/terms">Terms of use</a></li>'
        "</ul></footer>\n</body>\n</html>\n"
    )


def _article_head(published: Published, *, picture: Print | None) -> str:
    article, text = published.article, published.text
    facts = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": text.headline,
        "description": text.standfirst,
        "datePublished": published.published.isoformat(),
        "dateModified": published.updated.isoformat(),
        "author": [{"@type": "Person", "name": name} for name in article.byline],
        "publisher": {"@type": "Organization", "name": article.source.name},
        "mainEntityOfPage": article.url,
    }
    shown = ""
    if picture is not None:
        address = article.source.picture_url(picture)
        facts["image"] = {"@type": "ImageObject", "url": address, "creditText": picture.credit}
        shown = (
            f'<meta property="og:image" content="{escape(address)}">\n'
            f'<meta property="og:image:alt" content="{escape(picture.alternative)}">\n'
        )
    # A "<" inside a script could end it early; in JSON the escape means the same.
    safe = json.dumps(facts, ensure_ascii=False).replace("<", "\\u003c")
    return (
        f'<link rel="canonical" href="{escape(article.url)}">\n'
        f'<meta name="description" content="{escape(text.standfirst)}">\n'
        f'<meta property="og:type" content="article">\n'
        f'<meta property="og:title" content="{escape(text.headline)}">\n'
        f'<meta property="og:site_name" content="{escape(article.source.name)}">\n'
        f'{shown}<script type="application/ld+json">{safe}</script>\n'
    )


def _article_main(published: Published, others: Sequence[Published], *, picture: Print | None) -> str:
    article, text = published.article, published.text
    names = " and ".join(article.byline)
    day = published.published
    related = "".join(
        f'<li><a href="{escape(other.article.url)}">{escape(other.text.headline)}</a></li>' for other in others
    )
    return (
        f"<main>\n{_ADVERT.format(n=1)}\n<article>\n<header><h1>{escape(text.headline)}</h1>\n"
        f'<p class="standfirst">{escape(text.standfirst)}</p>\n'
        f'<p class="byline">By <span rel="author">{escape(names)}</span>, '
        f'<time datetime="{day.isoformat()}">{day:%d %B %Y, %H:%M} UTC</time></p></header>\n'
        '<ul class="share"><li><a href="/go/share">Share</a></li>'
        '<li><a href="/go/print">Print</a></li></ul>\n'
        f"{_figure(article.source, picture)}"
        f'<div class="article-body">\n{text.html}\n</div>\n</article>\n'
        f'<aside class="related"><h2>More from us</h2><ul>{related}</ul></aside>\n'
        f"{_ADVERT.format(n=2)}\n"
        '<section class="newsletter"><h2>Never miss a thing</h2><p>Sign up for our morning '
        'letter.</p><form action="/account/letter"><input name="mail" aria-label="Address">'
        "<button>Sign up</button></form></section>\n"
        '<section class="comments" id="comments"><h2>2 comments</h2><ol>'
        '<li class="comment"><p class="comment-author">Hilltop Harry</p>'
        "<p>First! Has nobody anything better to do of a morning than write all this?</p></li>"
        '<li class="comment"><p class="comment-author">Mildred (Mrs)</p>'
        "<p>You are reading it, Harry.</p></li></ol></section>\n</main>\n"
    )


def _figure(source: Source, picture: Print | None) -> str:
    if picture is None:
        return ""
    width, height = PICTURE_SIZE
    return (
        f'<figure><img src="{escape(source.picture_url(picture))}" alt="{escape(picture.alternative)}"'
        f' width="{width}" height="{height}"><figcaption>{escape(picture.caption)}'
        f" <small>{escape(picture.credit)}</small></figcaption></figure>\n"
    )
