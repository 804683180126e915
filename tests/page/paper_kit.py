"""Helpers for tests of printed pages: print one, read it as a tree, and look for what no page may have."""

from __future__ import annotations

import json
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

from lxml import html

from broadsheet.core import clock
from broadsheet.press.printing import Printed
from broadsheet.press.services import print_page
from tests.make import NOW

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
VOID |= {"path", "circle", "use"}  # of SVG: they close themselves
LANDMARKS = {"nav": "navigation", "aside": "complementary", "form": "form", "section": "region"}


def printed(path: str) -> Printed | None:
    """The page at `path`, printed at the tests' moment."""
    with clock.frozen(NOW):
        return print_page(path)


def page(path: str, *, status: int = 200) -> str:
    """The markup of the page at `path`, which must have this status."""
    found = printed(path)
    assert found is not None, f"there is no page at {path}"
    assert found.status == status
    return found.body.decode()


def tree(path: str, *, status: int = 200) -> Any:
    """The page at `path` as a tree."""
    return html.document_fromstring(page(path, status=status))


def links(root: Any) -> list[str]:
    """All addresses of links inside `root`, in order."""
    return [link.get("href") for link in root.iter("a")]


def articles_in(root: Any, known: dict[str, int]) -> list[int]:
    """Ids of what the links inside `root` lead to, by the addresses in `known`; teasers' picture links left out."""
    hrefs = [link.get("href") for link in root.iter("a") if link.get("aria-hidden") != "true"]
    return [known[href] for href in hrefs if href in known]


def data_of(root: Any) -> list[dict[str, Any]]:
    """The structured data of the page."""
    return [json.loads(one.text) for one in root.xpath("//script[@type='application/ld+json']")]


def text_of(element: Any) -> str:
    """The visible words of an element with single spaces."""
    return " ".join(element.text_content().split())


class _Checker(HTMLParser):
    """Follows the elements one by one: what opens must close, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.faults.append(f"<{tag}> has an attribute twice")
        values = dict(attrs)
        if "id" in values:
            self.ids[str(values["id"])] += 1
        if "style" in values:
            self.faults.append(f"<{tag}> has a style of its own")
        self.faults += [f"<{tag}> has a handler: {name}" for name in names if name.startswith("on")]
        if tag == "script" and "src" not in values and values.get("type") != "application/ld+json":
            self.faults.append("a script stands in the page")
        if tag == "style":
            self.faults.append("a style sheet stands in the page")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.faults.append(f"<{tag}/> does not close in HTML")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1:] or 'nothing'} at {self.getpos()}")
        else:
            self.open.pop()


def faults(markup: str) -> list[str]:
    """What is wrong with a page: unclosed elements, doubled ids, inline style or script, landmarks that share a name,
    a heading order with gaps, pictures without size or text."""
    checker = _Checker()
    checker.feed(markup)
    checker.close()
    found = checker.faults + [f"<{tag}> is never closed" for tag in checker.open]
    found += [f"id {name} stands {count} times" for name, count in checker.ids.items() if count > 1]
    root = html.document_fromstring(markup)
    return found + _landmarks(root) + _pictures(root) + _headings(root)


def _landmarks(root: Any) -> list[str]:
    found = [] if len(root.xpath("//main")) == 1 else ["there is not one main"]
    names: Counter[tuple[str, str]] = Counter()
    for tag, role in LANDMARKS.items():
        for element in root.iter(tag):
            name = element.get("aria-label") or ""
            if by := element.get("aria-labelledby"):
                target = root.get_element_by_id(by, None)
                if target is None:
                    found.append(f"{tag} is labelled by {by}, which is not there")
                    continue
                name = text_of(target)
            if name:
                names[role, name] += 1
            elif tag == "nav":
                found.append("a nav without a name")
    return found + [f"{count} landmarks {role} are called {name}" for (role, name), count in names.items() if count > 1]


def _pictures(root: Any) -> list[str]:
    return [
        f"picture {image.get('src')} lacks {name}"
        for image in root.iter("img")
        for name in ("alt", "width", "height")
        if image.get(name) is None
    ]


def _headings(root: Any) -> list[str]:
    headings = root.xpath("//*[self::h1 or self::h2 or self::h3 or self::h4][not(ancestor::footer)]")
    levels = [int(one.tag[1]) for one in headings]
    found = [] if levels.count(1) == 1 else [f"there are {levels.count(1)} first headings"]
    return found + [f"h{a} is followed by h{b}" for a, b in pairwise(levels) if b > a + 1]
