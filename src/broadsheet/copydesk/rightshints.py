"""What a publication says of how its texts may be used, as far as machines can read it.

Licence links and Creative Commons, JSON-LD's `license`, Really Simple Licensing 1.0 (RSL), reservations of text and
data mining (the TDM Reservation Protocol), robots directives in pages and headers, robots.txt and what it tells the
crawlers that train models. Hints only: they inform whoever chooses the rights of a source, and decide nothing.

Pages and feeds are outside bytes: call :func:`of_document` in the jail. The rest reads lines and headers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from broadsheet.copydesk import prelimits
from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.kinds import bodies, page
from broadsheet.copydesk.kinds.common import link
from broadsheet.lib.reasons import Reason
from broadsheet.lib.text import tidy

MAX_HINTS = 30
_MAX_SCRIPT = 500_000
_MAX_WORDS = 200

TRAINERS = (
    "GPTBot", "ClaudeBot", "anthropic-ai", "Google-Extended", "Applebot-Extended", "CCBot", "PerplexityBot",
    "Bytespider", "meta-externalagent", "Amazonbot", "cohere-ai",
)  # fmt: skip
"""Crawlers by the names under which robots.txt files speak to those that collect texts to train models."""

_DIRECTIVE = re.compile(
    r"\b(noai|noimageai|noarchive|nosnippet|noindex|nocache|notranslate|none|max-snippet\s*:\s*-?\d+)\b", re.IGNORECASE
)
_COMMONS = re.compile(r"^https?://(?:www\.)?creativecommons\.org/(licenses|publicdomain)/([\w+-]+)(?:/([\d.]+))?", re.I)
_RSL_SPACE = re.compile(r"^https?://(?:www\.)?rslstandard\.org/rsl", re.IGNORECASE)
_RDF_RESOURCE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"
_RSL_TYPE = "application/rsl+xml"
_LINK_HEADER = re.compile(r'<([^<>]{1,2000})>((?:\s*;\s*[\w*-]+\s*=\s*(?:"[^"]{0,500}"|[^;,"]{0,500}))*)')
_LICENCE_NAMES = frozenset(["license", "licence"])
_RIGHTS_NAMES = frozenset(["rights", "copyright"])


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing a publication says: its `kind`, a plain sentence, the address it names, and where it was found.

    Kinds: "licence", "rights", "rsl", "tdm", "directive", "robots".
    """

    kind: str
    says: str
    url: str = ""
    where: str = ""


def of_headers(headers: Mapping[str, str], url: str) -> list[Hint]:
    """What the headers of an answer say; their names in lower case."""
    found: list[Hint] = []
    for match in _LINK_HEADER.finditer(headers.get("link", "")[:10_000]):
        facts = dict(re.findall(r'([\w*-]+)\s*=\s*"?([^";]*)', match[2].lower()))
        if "license" in facts.get("rel", "").split():
            found.append(_licence(link(match[1], url), facts.get("type", ""), "headers"))
    found += _directives(headers.get("x-robots-tag", ""), "headers")
    found += _reserved(headers.get("tdm-reservation"), headers.get("tdm-policy"), url, "headers")
    return _once(found)


def of_robots(robots: str, url: str, agent: str, allowed: Callable[[str, str, str], bool]) -> list[Hint]:
    """What a robots.txt says to us, to those that train models, and of licences; `allowed` decides as the wire does."""
    if not robots.strip():
        return []
    found: list[Hint] = []
    if not allowed(robots, url, agent):
        found.append(Hint("robots", f"It asks {agent} not to read this address.", url, "robots.txt"))
    shut = [name for name in TRAINERS if not allowed(robots, url, name)]
    if shut:
        found.append(Hint("robots", f"It shuts out {', '.join(shut)} here.", url, "robots.txt"))
    for name, value in _fields(robots):
        if name == "license" and (address := link(value, url)):
            found.append(Hint("rsl", "It names a licence by Really Simple Licensing.", address, "robots.txt"))
        elif name == "content-signal":
            found.append(Hint("robots", f"It signals: {tidy(value)[:_MAX_WORDS]}.", "", "robots.txt"))
    return _once(found)


def sitemaps_of(robots: str, url: str) -> list[str]:
    """The sitemaps that a robots.txt names, each once, those for news first."""
    named = [address for name, value in _fields(robots) if name == "sitemap" and (address := link(value, url))]
    return sorted(dict.fromkeys(named), key=lambda one: "news" not in one.lower())[:MAX_HINTS]


def of_tdmrep(body: bytes, path: str) -> list[Hint]:
    """What a /.well-known/tdmrep.json says of a path (TDM Reservation Protocol, section 5)."""
    try:
        rules = json.loads(body[:_MAX_SCRIPT])
    except (ValueError, RecursionError):
        return []
    for rule in rules if isinstance(rules, list) else ():
        if isinstance(rule, dict) and _matches(str(rule.get("location", "")), path):
            reserved, policy = rule.get("tdm-reservation"), rule.get("tdm-policy")
            return _reserved(str(reserved), str(policy) if policy else None, "", "tdmrep.json")
    return []


def of_document(body: bytes, *, url: str, content_type: str | None = None) -> list[Hint]:
    """What a page or a feed says of itself. For outside bytes, so for the jail; raises NotReadable."""
    body = bodies.inflated(body)
    start = body[:3000].lower()
    is_page = b"<html" in start or b"<!doctype html" in start
    prelimits.check(body, html=is_page)
    text, _ = bodies.decoded(body, content_type, html=is_page)
    if is_page:
        root = page.tree_of(text)
        return _once([*_of_page(root, page.base_of(root, url))])
    tree, _ = bodies.tree_of(text)
    if tree is None:
        raise NotReadable(Reason.NOT_A_FEED)
    return _once([*_of_feed(tree, url)])


def _of_page(root: etree._Element, base: str) -> Iterator[Hint]:
    for element in root.iter("link", "a"):
        address = link(element.get("href"), base)
        if address is None:
            continue
        if "license" in (element.get("rel") or "").lower().split():
            yield _licence(address, element.get("type") or "", "page")
        elif _COMMONS.match(address):
            yield _licence(address, "", "page")
    for element in root.iter("meta"):
        name = (element.get("name") or element.get("property") or "").strip().lower()
        content = tidy(element.get("content") or "")[:_MAX_WORDS]
        if name in ("robots", "googlebot", "googlebot-news"):
            yield from _directives(content, "page")
        elif name in ("copyright", "dc.rights", "dcterms.rights", "rights") and content:
            yield Hint("rights", content, "", "page")
        elif name in ("dcterms.license", "dc.license", "license") and (address := link(content, base)):
            yield _licence(address, "", "page")
    metas = {(one.get("name") or "").strip().lower(): one.get("content") for one in root.iter("meta")}
    yield from _reserved(metas.get("tdm-reservation"), metas.get("tdm-policy"), base, "page")
    for element in root.iter("script"):
        kind, text = (element.get("type") or "").lower(), (element.text or "")[:_MAX_SCRIPT]
        if kind == "application/ld+json":
            yield from _of_structured(text, base)
        elif kind == _RSL_TYPE:
            yield _rsl_inline(text)


def _of_structured(text: str, base: str) -> Iterator[Hint]:
    """The `license` of what JSON-LD tells; no deeper than things are nested in earnest."""
    try:
        stack = [(json.loads(text), 0)]
    except (ValueError, RecursionError):
        return
    while stack:
        thing, depth = stack.pop()
        if depth > 8:
            continue
        if isinstance(thing, list):
            stack.extend((one, depth + 1) for one in thing[:100])
        elif isinstance(thing, dict):
            said = thing.get("license")
            said = said.get("@id") or said.get("url") if isinstance(said, dict) else said
            if isinstance(said, str) and (address := link(said, base)):
                yield _licence(address, "", "page")
            stack.extend((one, depth + 1) for one in list(thing.values())[:100] if isinstance(one, (dict, list)))


def _of_feed(root: etree._Element, base: str) -> Iterator[Hint]:
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        space, _, name = element.tag.rpartition("}")
        space, name = space.removeprefix("{"), name.rpartition(":")[2].lower()
        said = tidy(element.text or "")[:_MAX_WORDS]
        if name in _LICENCE_NAMES and _RSL_SPACE.match(space):
            yield _rsl_inline(etree.tostring(element, encoding="unicode")[:_MAX_SCRIPT])
        elif name == "content" and _RSL_SPACE.match(space) and (address := link(element.get("license"), base)):
            yield _licence(address, _RSL_TYPE, "feed")
        elif name in _LICENCE_NAMES:
            if address := link(said or element.get("href") or element.get(_RDF_RESOURCE), base):
                yield _licence(address, "", "feed")
        elif name == "link" and "license" in (element.get("rel") or "").lower().split():
            if address := link(element.get("href"), base):
                yield _licence(address, element.get("type") or "", "feed")
        elif name in _RIGHTS_NAMES and said:
            yield Hint("rights", said, "", "feed")


def _licence(address: str | None, type: str, where: str) -> Hint:
    if type.partition(";")[0].strip().lower() == _RSL_TYPE:
        return Hint("rsl", "It names a licence by Really Simple Licensing.", address or "", where)
    match = _COMMONS.match(address or "")
    if match is None:
        return Hint("licence", "It names a licence.", address or "", where)
    name = match[2].upper() if match[1].lower() == "licenses" else f"{match[2]} (public domain)"
    return Hint("licence", f"Creative Commons {name} {match[3] or ''}".strip() + ".", address or "", where)


def _rsl_inline(text: str) -> Hint:
    """Terms of RSL that stand in the document itself, in short."""
    parts = []
    for verb, word in (("permits", "permits"), ("prohibits", "forbids")):
        found = re.findall(rf"<(?:\w+:)?{verb}\b[^>]{{0,200}}>([^<]{{0,500}})<", text[:50_000])
        if words := ", ".join(dict.fromkeys(" ".join(one.split()) for one in found if one.strip())):
            parts.append(f"{word} {words}")
    if payment := re.search(r"<(?:\w+:)?payment\b[^>]{0,200}\btype\s*=\s*[\"']([\w -]{1,40})", text[:50_000]):
        parts.append(f"payment: {payment[1]}")
    return Hint("rsl", f"Really Simple Licensing: {'; '.join(parts) or 'terms stand in it'}."[:400], "", "document")


def _directives(value: str, where: str) -> list[Hint]:
    found = list(dict.fromkeys(re.sub(r"\s", "", one.lower()) for one in _DIRECTIVE.findall(value[:1000])))
    # Nothing is held back by a snippet of any length.
    found = [one for one in found if one not in ("max-snippet:-1", "notranslate")]
    return [Hint("directive", f"It asks robots: {', '.join(found)}.", "", where)] if found else []


def _reserved(value: str | None, policy: str | None, base: str, where: str) -> list[Hint]:
    value = (value or "").strip()
    if value == "0":
        return [Hint("tdm", "It does not reserve text and data mining.", "", where)]
    if value != "1":
        return []
    address = (link(policy.strip(), base) if base else policy.strip()) if policy else ""
    return [Hint("tdm", "It reserves text and data mining.", address or "", where)]


def _fields(robots: str) -> Iterator[tuple[str, str]]:
    for line in robots[:_MAX_SCRIPT].splitlines():
        name, colon, value = line.partition("#")[0].partition(":")
        if colon and len(value) < 2000:
            yield name.strip().lower(), value.strip()


def _matches(location: str, path: str) -> bool:
    """A location of tdmrep.json, by the pattern language of robots.txt: `*` for anything, `$` for the end."""
    start, *others = location.removesuffix("$").split("*")
    if not path.startswith(start):
        return False
    at = len(start)
    # Each piece at its first place: what is found earlier leaves more room for what follows, so nothing is tried twice.
    for piece in others[:-1] if location.endswith("$") else others:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    if not location.endswith("$"):
        return True
    return path.endswith(others[-1]) and len(path) - len(others[-1]) >= at if others else at == len(path)


def _once(found: list[Hint]) -> list[Hint]:
    return list(dict.fromkeys(found))[:MAX_HINTS]
