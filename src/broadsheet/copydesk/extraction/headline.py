"""A page's headline: what it shows as one and what it says to machines, each weighed by who agrees with it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from broadsheet.copydesk.extraction.around import is_away, is_in_article, is_unseen
from broadsheet.copydesk.extraction.trees import Node, names_of, text_of
from broadsheet.copydesk.kinds.common import plain
from broadsheet.lib.text import normal

_BARS = (" | ", " – ", " — ", " - ", " · ", " :: ", " » ", " « ", " • ", " : ", ": ", " l ", "｜", ":")
_SHOWN = re.compile(
    r"\b(?:entry|article|post|story|topic|thread|page|news|content|main|single)[-_]{0,2}(?:title|headline"
    r"|heading|head)|\bheadline|\bp-name\b",
    re.IGNORECASE,
)
_OF_THE_HOUSE = re.compile(
    r"logo|brand|site-?(?:title|name|header)|masthead|blog-?title|\bvcard\b|navbar|titlewrapper|page-?category"
    r"|sidebar-?title",
    re.IGNORECASE,
)
_KICKER = re.compile(
    r"kicker|over-?line|top-?line|roof-?line|dach-?zeile|spitzmarke|pre-?title|eyebrow|sr-only|screen-?reader|invisible"
    r"|visually-?hidden|\blabel\b|sub-?line|sub-?title|sub-?head|antetitulo|volanta|surtitre|ober-?zeile"
    r"|-colon\b|theme-?tag",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
_MOST_HEADINGS = 60
_ENOUGH = 6


@dataclass(frozen=True, slots=True)
class Shown:
    """A heading of the page: its whole text, and that without the kicker above it."""

    node: Node
    whole: str
    text: str


def headline(root: Node, said: list[str], title: str, site: str) -> str:
    """The headline of a page.

    `said` are the headlines it gives to machines, most trusted first; `title` is its title
    element. A heading that is shown wins where it is in the right place or somebody agrees with
    it; kicker and site name are left out.
    """
    claims = [claim for text in [*said, title] if (claim := _without_site(plain(text), site))]
    shown = [one for node in root.iter("h1", "h2") if (one := _shown(node))][:_MOST_HEADINGS]
    judged = [(_points(one, claims, title, site), -place, one) for place, one in enumerate(shown)]
    best = max(judged, key=lambda one: one[:2], default=None)
    if best is None or best[0] < _ENOUGH:
        if claims and (len(claims[0].split()) > 1 or best is None or best[0] < 4):
            return _without_kicker(claims[0], shown)[:300]
        return best[2].text if best is not None and best[0] > 0 else (claims[0][:300] if claims else "")
    return _shortened(_without_kicker(best[2].text, shown), claims[:-1] if title else claims)


def _shown(node: Node) -> Shown | None:
    whole = plain(text_of(node))
    if not 3 <= len(whole) <= 300:
        return None
    text = whole
    for one in node.iterdescendants("span", "small", "strong", "em", "a", "div", "p"):
        if (called := names_of(one)) and _KICKER.search(called):
            kicker = plain(text_of(one))
            if kicker and text.startswith(kicker) and len(text) > len(kicker) + 3:
                text = text[len(kicker) :].strip(" :|–-\u00a0")
            elif kicker and text.endswith(kicker) and len(text) > len(kicker) + 3:
                text = text[: -len(kicker)].strip(" :|–-\u00a0")
    return Shown(node, whole, text)


def _points(one: Shown, claims: list[str], title: str, site: str) -> int:
    folded, whole = normal(one.text), normal(one.whole)
    if not folded:
        return -9
    node = one.node
    points = 4 if node.tag == "h1" else 1
    points += _agreement(folded, whole, claims, normal(title))
    up = node.getparent()
    called = f"{names_of(node)} {names_of(up) if up is not None else ''}"
    if _SHOWN.search(called) or node.get("itemprop") in ("headline", "name"):
        points += 2
    points += is_in_article(node)
    if _OF_THE_HOUSE.search(called) or folded == normal(site) or _leads_home(node):
        points -= 7
    if is_away(node) or is_unseen(node):
        points -= 6
    return points


def _agreement(folded: str, whole: str, claims: list[str], title: str) -> int:
    best = 0
    for claim in map(normal, claims):
        if claim in (folded, whole):
            return 4
        if len(folded) >= 12 and (folded in claim or claim in folded):
            best = 3
        elif best < 2 and _share(folded, claim) >= 0.5:
            best = 2
    if best < 3 and len(folded) >= 8 and folded in title:
        best = 3
    return best


def _share(one: str, other: str) -> float:
    """The share of the shorter one's words that the other has too."""
    first, second = set(_WORD.findall(one)), set(_WORD.findall(other))
    shorter = min(len(first), len(second))
    return len(first & second) / shorter if shorter >= 3 else 0.0


def _leads_home(node: Node) -> bool:
    for link in node.iter("a"):
        href = (link.get("href") or "").strip()
        path = re.sub(r"^(?:https?:)?//[^/]*", "", href).partition("#")[0].partition("?")[0]
        if href and not href.startswith("#") and path in ("", "/", "/index.html", "/index.php", "index.html"):
            return True
    return any(one.tag == "a" and (one.get("href") or "") == "/" for one in node.iterancestors())


def _without_kicker(text: str, shown: list[Shown]) -> str:
    """The text as a heading shows it that has the same words and says which of them are a kicker."""
    folded = normal(text)
    return next((one.text for one in shown if one.text != one.whole and normal(one.whole) == folded), text)


def _shortened(text: str, said: list[str]) -> str:
    """A heading without what stands before the headline in it, where the page says the bare one."""
    folded = normal(text)
    for claim in said:
        bare = normal(claim)
        if len(bare.split()) >= 3 and folded != bare and folded.endswith(f" {bare}"):
            return claim
    return text


def _without_site(title: str, site: str) -> str:
    """A title without the name of the site that is hung on with a bar."""
    folded = normal(site)
    for bar in _BARS:
        head, found, tail = title.rpartition(bar)
        tail_folded = normal(tail)
        same = bool(folded) and tail_folded == folded
        if found and head and (same or (bar == " | " and len(head) > len(tail))):
            return head.strip()
        head, found, tail = title.partition(bar)
        if found and tail and folded and normal(head) == folded:
            return tail.strip()
    return title
