"""The standing texts: complete, plain enough for the desk's editor, and without loose ends."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from broadsheet.pages import texts


def prose(html: str) -> list[str]:
    return re.findall(r"[\w\u2019]+", re.sub(r"<[^>]+>", " ", html).lower())


class Tags(HTMLParser):
    """Notes elements that are left open or closed in the wrong order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


BRAND = {
    "brand": "The Lamp & Oar",
    "publisher": "Oar Press",
    "country": "Ardrenne",
    "contact_email": "desk@lamp.example",
}


def test_every_standing_page_has_its_text() -> None:
    standing = texts.load()
    assert [one.slug for one in standing] == list(texts.ORDER)
    assert {path.stem for path in texts.FOLDER.glob("*.html")} == set(texts.ORDER)
    for one in standing:
        assert 250 <= len(prose(one.html)) <= 950, one.slug
        assert one.title
        assert 0 < len(one.summary) <= 300
        assert set(re.findall(r"</?(\w+)[^>]*>", one.html)) <= {"h2", "p", "ul", "li", "a"}
        tags = Tags()
        tags.feed(one.html)
        assert (tags.open, tags.wrong) == ([], []), one.slug


@pytest.mark.parametrize("given", [BRAND, {}], ids=["all settings", "no settings"])
def test_standing_texts_leave_no_token_behind(given: dict[str, str]) -> None:
    for one in texts.load():
        filled = one.filled(**given)
        whole = f"{filled.title} {filled.summary} {filled.html}"
        assert not re.search(r"[{}]", whole), one.slug
        if given:
            assert "The Lamp &amp; Oar" in filled.html or "Oar Press" in filled.html
            assert "&amp;" not in filled.summary
        else:
            assert not re.search(r"(<p>|<li>|[.?!] )[a-z]", filled.html), one.slug


def test_the_machine_page_names_every_judgement() -> None:
    (page,) = (one for one in texts.load() if one.slug == "how-it-works")
    headings = set(re.findall(r"<h2>(.*?)</h2>", page.html))
    assert set(re.findall(r'href="/numbers/#(\w+)"', page.html)) == {"fates", "voices", "sure", "rules"}
    judgements = [
        "Taken in or turned away",
        "Text and language",
        "The front page",
        "Copies",
        "Stories",
        "Sections",
        "Topics",
        "Trending",
        "Rights",
    ]
    assert headings >= {*judgements, "Reading time"}
    assert all(f"the last {window}</a>" in page.html for window in ("hour", "day", "week"))
    assert "238" in page.html
