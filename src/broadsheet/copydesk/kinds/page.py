"""Feeds that are pages: a section page read as a list of articles, and the feeds a page names."""

from __future__ import annotations

import re
from collections import Counter

from lxml import etree
from lxml import html as lxml_html

from broadsheet.copydesk.entries import Entry, FoundFeed, ParsedFeed
from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.kinds.common import NEWEST, finish, language, link
from broadsheet.lib import urls
from broadsheet.lib.reasons import Reason
from broadsheet.lib.text import tidy, words

_FURNITURE = frozenset(["nav", "footer", "aside", "header", "form", "menu", "dialog"])
_FURNITURE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:nav|menu|footer|breadcrumb|cookie|share|social|sidebar|widget|pagination|tags?"
    r"|newsletter|related|comment|login|advert|promo)(?:$|[\s_-])",
    re.IGNORECASE,
)
_NO_ARTICLE = re.compile(
    r"/(?:tags?|topics?|themen?|categor(?:y|ies)|kategorie|author|autor|people|search|suche|login"
    r"|register|account|about|contact|kontakt|impressum|privacy|datenschutz|terms|newsletters?|jobs"
    r"|page|wp-(?:content|admin|login)|feeds?|rss|live-?tv|podcasts?|videos?)(?:/|$)",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|pdf|mp[34]|zip|xml|rss|css|js)$", re.IGNORECASE)
_DATED = re.compile(r"/(?:19|20)\d\d/?(?:[-/]?\d\d|[a-z]{3})|[-/]\d{5,}|/\d{4}-\d\d-\d\d")
_MIN_WORDS = 4
_MIN_CHARACTERS = 20
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5"])

_FEED_TYPES = {
    "application/rss+xml": "rss",
    "application/atom+xml": "atom",
    "application/rdf+xml": "rdf",
    "application/feed+json": "json",
    "application/json": "json",
    "application/xml": "rss",
    "text/xml": "rss",
    "application/x.atom+xml": "atom",
    "application/x-atom+xml": "atom",
    "application/x-rss+xml": "rss",
}
# What WordPress calls an alternate of a page in JSON or XML is for programs, and no feed.
_INTERFACE = re.compile(r"/wp-json/|[?&]rest_route=|oembed", re.IGNORECASE)
_FEED_PATH = re.compile(r"(?:^|[/.=_-])(?:rss2?|atom|feeds?|rdf|feed\.json|index\.xml)(?:$|[/.?=_-])", re.IGNORECASE)


def tree_of(html: str) -> etree._Element:
    """The tree of a page; raises NotReadable where there is nothing in it."""
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        data = html.encode("utf-8", "replace").replace(b"\x00", b"")
        root = lxml_html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise NotReadable(Reason.EMPTY, "The page has nothing in it.") from error
    return root


def base_of(root: etree._Element, url: str) -> str:
    """What the page's links are relative to."""
    for element in root.iter("base"):
        if found := link(element.get("href"), url):
            return found
    return url


def parse_section(html: str, *, url: str) -> ParsedFeed:
    """The articles that a plain section page lists, in the order of the page.

    Links of the page's own site whose text reads like a headline and whose path looks like an
    article's; what stands in navigation, footers and the like is left out.
    """
    root = tree_of(html)
    base = base_of(root, url)
    feed = ParsedFeed(kind="page", home_url=url, language=language(root.get("lang")))
    titles = root.findtext(".//title")
    feed.title = tidy(titles or "")
    found = _headlines(root, base, url)
    for address, (title, summary) in list(found.items())[:NEWEST]:
        entry = Entry(key="", url=address, title=title, summary_html=summary, base=address)
        feed.entries.append(finish(entry, address))
    if not feed.entries:
        raise NotReadable(Reason.NOT_A_FEED, "No list of articles was found on the page.")
    return feed


def _headlines(root: etree._Element, base: str, url: str) -> dict[str, tuple[str, str]]:
    own = urls.parse(url)
    domain = urls.registrable(own.host) if own else ""
    scope = _main(root)
    best: dict[str, tuple[int, str]] = {}
    for anchor in scope.iter("a"):
        address = link(anchor.get("href"), base)
        if address is None or _in_furniture(anchor, scope):
            continue
        address = address.partition("#")[0]
        title, weight = _headline(anchor)
        weight += _article_like(address, domain, url)
        if title and weight >= 2 and weight > best.get(address, (0, ""))[0]:
            # The first place of an address counts, the best text of it is the headline.
            best[address] = (weight, title)
    return {address: (title, "") for address, (_, title) in best.items()}


def _main(root: etree._Element) -> etree._Element:
    mains = list(root.iter("main"))
    mains += [one for one in root.iter("div", "section") if one.get("role") == "main"]
    mains = [one for one in mains if len(list(one.iter("a"))) >= 3]
    return mains[0] if mains else root


def _in_furniture(anchor: etree._Element, scope: etree._Element) -> bool:
    for one in anchor.iterancestors():
        if one.tag in _FURNITURE and not (one.tag == "header" and _inside(one, "article")):
            return True
        names = f"{one.get('class', '')} {one.get('id', '')} {one.get('role', '')}"
        if len(names) > 2 and len(names) < 300 and _FURNITURE_NAMES.search(names):
            return one.tag not in ("body", "html", "main", "article")
        if one is scope:
            break
    return False


def _inside(element: etree._Element, tag: str) -> bool:
    return any(one.tag == tag for one in element.iterancestors())


def _headline(anchor: etree._Element) -> tuple[str, int]:
    """The headline in a link and how much it looks like one."""
    heading = next((one for one in anchor.iter() if one.tag in _HEADINGS), None)
    text = tidy(" ".join((heading if heading is not None else anchor).itertext()))
    if not _reads_like_a_headline(text):
        return "", 0
    in_heading = heading is not None or any(one.tag in _HEADINGS for one in list(anchor.iterancestors())[:3])
    in_article = _inside(anchor, "article") or _inside(anchor, "li")
    return text, 1 + 2 * in_heading + in_article


def _reads_like_a_headline(text: str) -> bool:
    if len(text) > 300:
        return False
    spaceless = len(words(text)) > 2 * len(text.split()) + 4
    if spaceless:
        return len(text) >= 8
    return len(text) >= _MIN_CHARACTERS and len(text.split()) >= _MIN_WORDS


def _article_like(address: str, domain: str, url: str) -> int:
    """-9 for what is no article of this site; 0 for what may be one; 1 or 2 for what looks so."""
    parsed = urls.parse(address)
    if parsed is None or urls.registrable(parsed.host) != domain:
        return -9
    path = parsed.path
    if path in ("", "/") or _NO_ARTICLE.search(path) or _FILE.search(path):
        return -9
    if address.rstrip("/") == url.rstrip("/"):
        return -9
    last = path.rstrip("/").rpartition("/")[2]
    slug = last.count("-") >= 3 or last.count("_") >= 3
    return int(slug or ".htm" in last) + int(bool(_DATED.search(path)))


def discover(html: str, *, url: str) -> list[FoundFeed]:
    """The feeds that a page names in its head, else those it links to; absolute, each once."""
    try:
        root = tree_of(html)
    except NotReadable:
        return []
    base = base_of(root, url)
    found: dict[str, FoundFeed] = {}
    for element in root.iter("link"):
        rels = (element.get("rel") or "").lower().split()
        kind = _FEED_TYPES.get((element.get("type") or "").split(";")[0].strip().lower())
        if (kind and ("alternate" in rels or "feed" in rels)) or "feed" in rels:
            if _INTERFACE.search(element.get("href") or ""):
                continue
            _note(found, element.get("href"), element.get("title"), kind or "rss", base)
    if not found:
        for anchor in root.iter("a"):
            href = (anchor.get("href") or "").strip()
            if _FEED_PATH.search(href.partition("#")[0]) and not href.startswith("#"):
                _note(found, href, " ".join(anchor.itertext()), _kind_of(href), base)
    return list(found.values())


def _kind_of(href: str) -> str:
    kinds = Counter(kind for kind in ("atom", "json", "rdf") if kind in href.lower())
    return next(iter(kinds), "rss")


def _note(found: dict[str, FoundFeed], href: str | None, title: str | None, kind: str, base: str) -> None:
    href = (href or "").strip()
    if href.startswith("feed:"):
        href = href.removeprefix("feed:").removeprefix("//")
        href = href if href.startswith("http") else "http://" + href
    if address := link(href, base):
        found.setdefault(address, FoundFeed(address, tidy(title or ""), kind))
