"""Bad habits of feeds, as ordinary ones have them, so that the desk of a new portal has something to show.

``loose``: bare ampersands, entities that XML does not know, dates in a dress of their own, no guid.
``restless``: guids that change with every hour, addresses with tracking parameters, an entry without
a headline, one that points to the front page, one seven years old. ``busy``: every third request
is answered with 503 and a wish to be left alone. ``moved``: the address answers with a redirect.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from xml.sax.saxutils import escape

from broadsheet.ops.sample.feeds import Body, mail_date
from broadsheet.ops.sample.shapes import Edition, Published, Source

#: What a server says that is asked too often, in seconds.
RETRY_AFTER = 900
_ANCIENT = timedelta(days=7 * 365)


def new_address(source: Source) -> str:
    """Where a source keeps its feed now: elsewhere than it says with the habit ``moved``."""
    return f"/static{source.feed_path}" if "moved" in source.quirks else source.feed_path


def loose(edition: Edition, source: Source, *, now: datetime, started: datetime, changed: datetime) -> Body:
    """RSS 2.0 as a hand-made template writes it: browsers forgive it, XML parsers do not."""
    entries = "".join(_loose_entry(one) for one in edition.at(source, now, started))
    text = (
        f"<rss version=2.0>\n<channel>\n<title>{source.name} &raquo; News & Views</title>\n"
        f"<link>{source.home_url}</link>\n<description>{source.about}</description>\n{entries}</channel>\n</rss>\n"
    )
    return Body(text.encode(), "text/html; charset=utf-8", changed)


def _loose_entry(published: Published) -> str:
    article, text = published.article, published.text
    headline = text.headline.replace("’", "&rsquo;").replace(" and ", " & ")
    return (
        f"<item>\n<title>{headline}</title>\n<link>{article.url}</link>\n"
        f"<pubDate>{published.published:%A %d %B %Y %H:%M} UTC</pubDate>\n"
        f"<category>{escape(article.section)}</category>\n"
        f"<description>{escape(f'<p>{text.standfirst}</p>{text.html}')}</description>\n</item>\n"
    )


def restless(edition: Edition, source: Source, *, now: datetime, started: datetime, changed: datetime) -> Body:
    """RSS 2.0 from a system that renames everything once an hour and never sweeps up."""
    hour = int((now - started) / timedelta(hours=1))
    entries = [_restless_entry(one, hour) for one in edition.at(source, now, started)]
    entries += [
        _rubbish("", f"{source.home_url}?p=0", "An entry without a headline or a text", started),
        _rubbish("Welcome", source.home_url, "Our front page, again", started),
        _rubbish("Hello world", f"{source.home_url}2019/hello-world", "The first thing we wrote", started - _ANCIENT),
    ]
    text = (
        f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>\n<title>{escape(source.name)}</title>\n'
        f"<link>{escape(source.home_url)}</link>\n<description>{escape(source.about)}</description>\n"
        + "".join(entries)
        + "</channel></rss>\n"
    )
    return Body(text.encode(), "text/xml; charset=utf-8", max(changed, started + timedelta(hours=hour)))


def _restless_entry(published: Published, hour: int) -> str:
    article, text = published.article, published.text
    address = f"{article.url}?utm_source=feed&utm_medium=rss&utm_campaign=run{hour}"
    return (
        f"<item><title>{escape(text.headline)}</title><link>{escape(address)}</link>"
        f'<guid isPermaLink="false">{article.slug}-{hour}</guid>'
        f"<pubDate>{mail_date(published.published)}</pubDate><category>{escape(article.section)}</category>"
        f"<description>{escape(_teased(text.standfirst, text.html))}</description></item>\n"
    )


def _rubbish(headline: str, address: str, text: str, moment: datetime) -> str:
    return (
        f"<item><title>{escape(headline)}</title><link>{escape(address)}</link>"
        f"<pubDate>{mail_date(moment)}</pubDate>"
        + (f"<description>{escape(text)}</description>" if headline else "")
        + "</item>\n"
    )


def _teased(standfirst: str, html: str) -> str:
    """The text with every second link opened in a new window, as such sites do."""
    return f"<p>{standfirst}</p>" + re.sub(r"<a href=", '<a target="_blank" rel="noopener" href=', html)
