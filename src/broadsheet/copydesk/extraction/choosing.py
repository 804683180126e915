"""Which element of a prepared page holds the article: points for text, shared out to what it stands in."""

from __future__ import annotations

import re
from itertools import islice

from lxml import etree

from broadsheet.copydesk.extraction import names
from broadsheet.copydesk.extraction.trees import HEADINGS, Node, text_of

_COMMA = re.compile("[,\u060c\u3001\ufe50\ufe10\ufe11\u2e41\u2e34\u2e32\uff0c]")
_SENTENCE = re.compile(r"[.。](?: |$)")
_SHORTEST = 25
_GENERATIONS = 5
_START = {"div": 5, "pre": 3, "td": 3, "blockquote": 3, "th": -5} | dict.fromkeys(HEADINGS, -5)
_START |= dict.fromkeys(["address", "ol", "ul", "dl", "dd", "dt", "li", "form"], -3)
_KEPT_TAGS = frozenset(["div", "article", "section", "p", "ol", "ul"])
_RUNNERS_UP = 5


def commas(text: str) -> int:
    return len(_COMMA.findall(text))


def link_density(node: Node, length: int | None = None) -> float:
    """The share of an element's text that is in links; a link within the page counts for a third."""
    length = len(text_of(node)) if length is None else length
    if not length:
        return 0.0
    linked = 0.0
    for link in node.iter("a"):
        href = link.get("href") or ""
        linked += len(text_of(link)) * (0.3 if len(href) > 1 and href.startswith("#") else 1.0)
    return linked / length


class Scores:
    """The points of the elements of one page."""

    def __init__(self, judged: list[Node], *, weigh: bool) -> None:
        self.weigh = weigh
        self.of: dict[Node, float] = {}
        for node in judged:
            text = text_of(node)
            if len(text) >= _SHORTEST:
                self._share_out(node, 2 + commas(text) + min(len(text) // 100, 3))
        for node in self.of:
            self.of[node] *= 1 - link_density(node)

    def _share_out(self, node: Node, points: int) -> None:
        for generation, ancestor in enumerate(islice(node.iterancestors(), _GENERATIONS)):
            if ancestor.getparent() is None:
                break
            self.start(ancestor)
            self.of[ancestor] += points / (1 if generation == 0 else 2 if generation == 1 else generation * 3)

    def start(self, node: Node) -> None:
        """Give an element its first points, by what it is and what it is called, if it has none yet."""
        if node not in self.of:
            named = names.weight(node.get("class"), node.get("id")) if self.weigh else 0
            self.of[node] = _START.get(node.tag, 0) + named

    def best(self) -> Node | None:
        """The element that holds the article; None where only the whole body does."""
        tops = sorted(self.of, key=lambda node: -self.of[node])[:_RUNNERS_UP]
        if not tops or tops[0].tag in ("body", "html"):
            return None
        top = self._common(tops)
        self.start(top)
        top = self._climbed(top)
        parent = top.getparent()
        while parent is not None and parent.tag != "body" and len(parent) == 1:
            top, parent = parent, parent.getparent()
        self.start(top)
        return top

    def _common(self, tops: list[Node]) -> Node:
        """What holds at least three runners-up, where they are nearly as good as the best."""
        best = self.of[tops[0]]
        lines = [set(node.iterancestors()) for node in tops[1:] if best > 0 and self.of[node] >= 0.75 * best]
        if len(lines) >= 3:
            for ancestor in tops[0].iterancestors():
                if ancestor.tag == "body":
                    break
                if sum(ancestor in line for line in lines) >= 3:
                    return ancestor
        return tops[0]

    def _climbed(self, top: Node) -> Node:
        """An ancestor that has more points, as long as none on the way has far fewer."""
        last = self.of[top]
        threshold = last / 3
        for ancestor in top.iterancestors():
            if ancestor.tag == "body":
                break
            points = self.of.get(ancestor)
            if points is None:
                continue
            if points < threshold:
                break
            if points > last:
                return ancestor
            last = points
        return top

    def with_siblings(self, top: Node) -> Node:
        """A division with the chosen element and those beside it that belong to it."""
        article = etree.Element("div")
        parent = top.getparent()
        assert parent is not None
        for node in [one for one in parent if one is top or self._belongs(one, top)]:
            node.tail = None
            if node.tag not in _KEPT_TAGS:
                node.tag = "div"
            article.append(node)
        return article

    def _belongs(self, node: Node, top: Node) -> bool:
        best = self.of[top]
        alike = bool(top.get("class")) and node.get("class") == top.get("class")
        if node in self.of and self.of[node] + 0.2 * best * alike >= max(10, 0.2 * best):
            return True
        if node.tag != "p":
            return False
        text = text_of(node)
        density = link_density(node, len(text))
        if len(text) > 80:
            return density < 0.25
        return bool(text) and density == 0 and bool(_SENTENCE.search(text))
