"""Everything that is sent out, registered with the press like any page.

A feed carries the key of the list it belongs to and the keys of each article and source in it: what a page of the
paper may no longer show leaves the feed at the same moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.templatetags.static import static

from broadsheet.articles import queries as article_queries
from broadsheet.articles.models import Article
from broadsheet.core import clock
from broadsheet.pages.models import Brand
from broadsheet.pages.queries import brand
from broadsheet.press.keys import key
from broadsheet.press.printing import Moved, Printer, Sheet
from broadsheet.syndication import notices, queries, sitemaps
from broadsheet.syndication.entries import Channel, newest
from broadsheet.syndication.feeds import FORMS
from broadsheet.syndication.queries import Selection

#: Seconds that an outer cache may keep a feed or sitemap without asking: a withdrawn article is gone everywhere
#: within a minute, even where nobody passes our purges on.
MAX_AGE = 60

BRAND = key("brand")
LATEST = key("latest")
SECTIONS = key("sections")
STANDING = key("standing")
SOURCES = key("sources")
TOPIC_NAMES = key("topic-names")

_FEED = r"feed\.(?P<form>rss|atom|json)"
_SLUG = r"(?P<slug>[A-Za-z0-9_-]+)"


def register(printer: Printer) -> None:
    """Name the builders of all feeds, sitemaps and small files."""
    for name, where, builder in (
        ("front", "/", _front),
        ("latest", "/latest/", _latest),
        ("topic", f"/topics/{_SLUG}/", _topic),
        ("source", f"/sources/{_SLUG}/", _source),
        ("story", f"/stories/{_SLUG}/", _story),
        ("section", f"/{_SLUG}/", _section),
    ):
        printer.register(f"{name}-feed", where + _FEED, builder)
    printer.register("sitemap", r"/sitemap\.xml", _sitemap, paths=_sitemap_paths)
    printer.register("sitemap-file", r"/sitemaps/(?P<name>pages|[1-9][0-9]{0,8})\.xml", _sitemap_file)
    printer.register("news-sitemap", r"/news-sitemap\.xml", _news, paths=_one("/news-sitemap.xml"))
    printer.register("robots", r"/robots\.txt", _robots, paths=_one("/robots.txt"))
    printer.register("ads", r"/ads\.txt", _ads, paths=_one("/ads.txt"))
    security = "/.well-known/security.txt"
    printer.register("security", security.replace(".", r"\."), _security, paths=_one(security))
    printer.register("opensearch", r"/opensearch\.xml", _opensearch, paths=_one("/opensearch.xml"))
    manifest = "/manifest.webmanifest"
    printer.register("manifest", manifest.replace(".", r"\."), _manifest, paths=_one(manifest))


def _one(path: str) -> Callable[[], Iterable[str]]:
    return lambda: (path,)


def _site() -> str:
    address: str = settings.BROADSHEET.site_url
    return address.rstrip("/")


# Feeds.


def _entries(rows: QuerySet[Article], *, one_a_story: bool = False) -> Selection:
    return queries.newest_entries(rows, site=_site(), now=clock.now(), one_a_story=one_a_story)


def _front(path: str, form: str) -> Sheet:
    paper = brand()
    chosen = _entries(article_queries.newest(), one_a_story=True)
    return _feed(paper, "/", form, "", paper.tagline, chosen, LATEST, key("edition", "front"))


def _latest(path: str, form: str) -> Sheet:
    chosen = _entries(article_queries.newest())
    return _feed(brand(), "/latest/", form, "Latest", "", chosen, LATEST)


def _section(path: str, slug: str, form: str) -> Sheet | None:
    section = article_queries.section_by_slug(slug)
    if section is None:
        return None
    chosen = _entries(article_queries.in_section(section))
    own = key("section", section.key)
    return _feed(brand(), section.path, form, section.name, section.description, chosen, own)


def _topic(path: str, slug: str, form: str) -> Sheet | Moved | None:
    topic = article_queries.topic_by_slug(slug)
    if topic is None:
        return None
    if topic.merged_into is not None:
        where = f"{topic.merged_into.path}feed.{form}"
        return Moved(where, keys=frozenset({key("topic", topic.pk), TOPIC_NAMES}))
    chosen = _entries(queries.of_topic(topic.pk))
    own = key("topic", topic.pk)
    return _feed(brand(), topic.path, form, topic.name, topic.description, chosen, own)


def _source(path: str, slug: str, form: str) -> Sheet | None:
    source = queries.source_by_slug(slug)
    if source is None:
        return None
    chosen = _entries(article_queries.of_source(source.pk))
    own = (key("source", source.pk), key("rights", source.pk))
    return _feed(brand(), source.path, form, source.name, source.about, chosen, *own)


def _story(path: str, slug: str, form: str) -> Sheet | None:
    story = queries.story_by_slug(slug)
    if story is None:
        return None
    chosen = _entries(queries.of_story(story.pk))
    # The story has no name of its own: its newest headline that may be shown stands for it.
    name = chosen.entries[0].title if chosen.entries else ""
    return _feed(brand(), story.path, form, name, "", chosen, key("story", story.pk))


def _feed(paper: Brand, where: str, form: str, name: str, description: str, chosen: Selection, *keys: str) -> Sheet:
    """The sheet of one feed: `where` is the page it belongs to, `keys` the keys of that page's list."""
    channel = Channel(
        title=f"{name} – {paper.name}" if name else paper.name,
        description=description,
        site=_site(),
        path=where,
        language=settings.LANGUAGE_CODE,
        publisher=paper.publisher or paper.name,
    )
    made = FORMS[form]
    return Sheet(
        made.render(channel, chosen.entries),
        content_type=made.content_type,
        keys=frozenset({*keys, BRAND, SECTIONS, TOPIC_NAMES}) | _keys_of(chosen.articles),
        last_modified=newest(chosen.entries),
        max_age=MAX_AGE,
        # A feed is no search result; the pages it leads to are.
        indexable=False,
    )


def _keys_of(articles: list[Article]) -> frozenset[str]:
    found: set[str] = set()
    for article in articles:
        found |= {key("article", article.pk), key("rights", article.source_id)}
    return frozenset(found)


# Sitemaps.


def _xml(body: bytes, *keys: str, changed: datetime | None = None) -> Sheet:
    return Sheet(
        body,
        content_type="application/xml; charset=utf-8",
        keys=frozenset({BRAND, LATEST, SOURCES, *keys}),
        last_modified=changed,
        max_age=MAX_AGE,
        indexable=False,
    )


def _sitemap(path: str) -> Sheet:
    site = _site()
    profiles = queries.canonical_here()
    spans = queries.spans(sitemaps.SPAN, profiles)
    if len(spans) > 1:
        return _xml(sitemaps.index(site, ["pages", *map(str, spans)]))
    now = clock.now()
    listed = queries.in_span(spans[0], sitemaps.SPAN, profiles, now=now) if spans else []
    return _xml(sitemaps.urls(site, queries.standing_paths(), listed), SECTIONS, STANDING)


def _sitemap_file(path: str, name: str) -> Sheet | None:
    site = _site()
    if name == "pages":
        return _xml(sitemaps.urls(site, queries.standing_paths(), []), SECTIONS, STANDING)
    listed = queries.in_span(int(name), sitemaps.SPAN, queries.canonical_here(), now=clock.now())
    return _xml(sitemaps.urls(site, [], listed)) if listed else None


def _sitemap_paths() -> Iterator[str]:
    yield "/sitemap.xml"
    spans = queries.spans(sitemaps.SPAN, queries.canonical_here())
    if len(spans) > 1:
        yield from (f"/sitemaps/{name}.xml" for name in ["pages", *spans])


def _news(path: str) -> Sheet:
    listed = queries.recent(
        queries.canonical_here(), now=clock.now(), days=sitemaps.NEWS_DAYS, limit=sitemaps.NEWS_LIMIT
    )
    return _xml(sitemaps.news(_site(), brand().name, listed))


# Small files.


def _text(body: str) -> Sheet:
    return Sheet(body, content_type="text/plain; charset=utf-8", keys=frozenset({BRAND}), max_age=MAX_AGE)


def _robots(path: str) -> Sheet:
    return _text(notices.robots(_site()))


def _ads(path: str) -> Sheet:
    return _text(notices.ads())


def _security(path: str) -> Sheet:
    contact = brand().contact_email or settings.BROADSHEET.contact_email
    return _text(notices.security(_site(), contact, now=clock.now()))


def _opensearch(path: str) -> Sheet:
    body = notices.opensearch(_site(), brand().name, settings.LANGUAGE_CODE)
    return Sheet(
        body,
        content_type="application/opensearchdescription+xml; charset=utf-8",
        keys=frozenset({BRAND}),
        indexable=False,
    )


def _manifest(path: str) -> Sheet:
    paper = brand()
    try:
        icon = static("paper/icon.svg")
    except ValueError:  # static files have not been collected
        icon = ""
    return Sheet(
        notices.manifest(paper.name, paper.tagline, settings.LANGUAGE_CODE, icon),
        content_type="application/manifest+json; charset=utf-8",
        keys=frozenset({BRAND, key("layout")}),
        indexable=False,
    )
