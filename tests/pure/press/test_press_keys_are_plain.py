from __future__ import annotations

import pytest

from broadsheet.press import keys


def test_a_key_is_a_noun_or_a_noun_with_an_identity() -> None:
    assert keys.key("front") == "front"
    assert keys.key("article", 17) == "article:17"
    assert keys.key("section", "world-news") == "section:world-news"


@pytest.mark.parametrize(
    ("noun", "ident"),
    [
        ("", None),
        ("Front", None),
        ("a b", None),
        ("article", ""),
        ("article", "a b"),
        ("article", "x,y"),
        ("article", "x\r\nSet-Cookie: a=b"),
        ("article", "é"),
        ("article", "x" * 100),
        ("article\n", None),
    ],
)
def test_what_could_split_or_blur_a_header_is_no_key(noun: str, ident: str | None) -> None:
    with pytest.raises(ValueError, match="press key"):
        keys.key(noun, ident)


def test_keys_too_many_for_a_header_are_not_cut_short() -> None:
    assert keys.header({"b:2", "a:1"}) == "a:1 b:2"
    assert keys.header({"b:2", "a:1"}, separator=",") == "a:1,b:2"
    many = {keys.key("article", n) for n in range(1000)}
    assert keys.header(many) == keys.CROWDED
    exact = keys.header({"ab:1", "ab:2"}, limit=9)
    assert exact == "ab:1 ab:2"
    assert keys.header({"ab:1", "ab:2"}, limit=8) == keys.CROWDED
