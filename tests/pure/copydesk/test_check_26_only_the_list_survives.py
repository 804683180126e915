"""Check 26: of generated documents only listed elements, attributes and schemes survive."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings

from broadsheet.copydesk import sanitise
from tests.cleaning import checked, documents, thrown, unlisted


def test_the_list_itself() -> None:
    attributes = set().union(*sanitise.ATTRIBUTES.values())
    assert attributes == {
        "lang", "dir", "href", "src", "alt", "width", "height", "colspan", "rowspan", "scope", "datetime", "title",
    }  # fmt: skip
    assert not sanitise.TAGS & {
        "script", "style", "iframe", "object", "embed", "base", "meta", "link", "svg", "math",
        "form", "input", "button", "textarea", "select", "template", "noscript", "audio", "video",
        "canvas", "frame", "frameset", "applet", "title", "body", "html", "head", "div", "span",
    }  # fmt: skip
    assert not sanitise.TAGS & sanitise.DROPPED


def test_the_judge_of_the_list_sees_what_is_not_on_it() -> None:
    for html in (
        "<script>x</script>", "<p id=x>", "<p onclick=x>", "<a href='javascript:x'>k</a>", "<p title=x>",
        "<div>x</div>", "<a href='java\tscript:x'>k</a>", "<img src='data:image/png,x'>", "<img src='mailto:a@b'>",
        "<svg></svg>", "<a href='https://e.org/'>k</a>", "<p style=x>", "<td scope=x>",
    ):  # fmt: skip
        assert unlisted(html), html
    assert unlisted('<a href="https://e.org/" rel="noopener nofollow ugc">k</a><img src="http://e.org/" alt="a">') == []


@pytest.mark.slow("fifty documents by hypothesis, which shrinks what fails")
@settings(max_examples=50, suppress_health_check=list(HealthCheck))
@given(documents())
def test_only_the_listed_survives(html: str) -> None:
    checked(html)


@pytest.mark.slow("a thousand and five hundred documents by dice")
def test_only_the_listed_survives_of_documents_thrown_by_dice() -> None:
    dice = random.Random(26)
    for _ in range(1_500):
        checked(thrown(dice))


@pytest.mark.long("a hundred thousand documents")
def test_only_the_listed_survives_of_a_hundred_thousand() -> None:
    dice = random.Random(2626)
    for _ in range(100_000):
        checked(thrown(dice))


@pytest.mark.long("five thousand documents by hypothesis")
@settings(max_examples=5_000, suppress_health_check=list(HealthCheck))
@given(documents())
def test_only_the_listed_survives_long(html: str) -> None:
    checked(html)
