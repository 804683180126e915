"""robots.txt: groups, the longest match, escapes, and files that were written to be slow."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.lib import robots
from broadsheet.ops.evaluating import robots as evaluating


def allows(text: str, path: str, agent: str = "Broadsheet") -> bool:
    return robots.read(text).allows(f"http://a.test{path}", agent)


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("", "/x", True),
        ("Disallow:", "/x", True),
        ("Disallow: /", "/x", False),
        ("Disallow: /", "/robots.txt", True),
        ("Disallow: /", "/robots.txt?x", True),
        ("Disallow: /x", "/x", False),
        ("Disallow: /x", "/xyz", False),
        ("Disallow: /x", "/y/x", True),
        ("Disallow: /x/", "/x", True),
        ("Disallow: /X", "/x", True),
        ("Disallow: /\nAllow: /x", "/x/y", True),
        ("Allow: /x\nDisallow: /x", "/x", True),
        ("Disallow: /x\nAllow: /x", "/x", True),
        ("Allow: /x\nDisallow: /x/y", "/x/y/z", False),
        ("Disallow: /*.php", "/a/b.php?c", False),
        ("Disallow: /*.php$", "/a/b.php?c", True),
        ("Disallow: /*.php$", "/a/b.php", False),
        ("Disallow: /a*b*c$", "/a1b2bc", False),
        ("Disallow: /a*b*c$", "/a1bc2", True),
        ("Disallow: /ab*ba$", "/aba", True),
        ("Disallow: /$", "/", False),
        ("Disallow: /$", "/x", True),
        ("Disallow: /a$b", "/a$b", False),
        ("Disallow: *x", "/abcx", False),
        ("Disallow: **x**", "/abcx", False),
        ("Disallow: /x?", "/x?", False),
        ("Disallow: /x?", "/x", True),
        ("Disallow: /a b", "/a%20b", False),
        ("Disallow: /ü", "/%C3%BC", False),
        ("Disallow: /%c3%bc", "/ü", False),
        ("Disallow: /private", "/%70rivate", False),
        ("Disallow: /%70rivate", "/private", False),
        ("Disallow: /\nAllow: /%70ublic", "/public", False),
        ("Disallow: /a%2Fb", "/a/b", True),
        ("Disallow: /x # a remark", "/x", False),
        ("  DISALLOW :  /x  ", "/x", False),
        ("Disalow: /x", "/x", False),
        ("Disallow /x", "/x", False),
        ("Disallow /x y", "/x", True),
        ("Disallow: x", "/x", True),
        ("Disallow: /\nAllow: /f/index.html", "/f/", True),
        ("Disallow: /\nAllow: /f/index.html", "/f/x", False),
    ],
)
def test_check_10_a_rule_means_what_the_standard_says(rules: str, path: str, allowed: bool) -> None:
    assert allows(f"User-agent: *\n{rules}", path) is allowed


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("User-agent: Broadsheet\nDisallow: /", False),
        ("user-agent: BROADSHEET/2.0 (x)\nDisallow: /", False),
        ("User-agent: broadsheet news\nDisallow: /", False),
        ("User-agent: Broad\nDisallow: /", True),
        ("User-agent: Broadsheet-Bot\nDisallow: /", True),
        ("User-agent: sheet\nDisallow: /", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Broadsheet\nAllow: /", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Broadsheet\nDisallow:", True),
        ("User-agent: Broadsheet\nAllow: /\n\nUser-agent: *\nDisallow: /", True),
        ("User-agent: Broadsheet\nUser-agent: Other\nDisallow: /", False),
        ("User-agent: Broadsheet\n\n\nUser-agent: Other\nDisallow: /", False),
        ("User-agent: Broadsheet\nSitemap: http://a.test/s\nUnknown: x\nUser-agent: Other\nDisallow: /", False),
        ("User-agent: Broadsheet\nAllow: /y\nUser-agent: Other\nDisallow: /", True),
        ("User-agent: Broadsheet\nCrawl-delay: 5\nUser-agent: Other\nDisallow: /", True),
        (
            "User-agent: Broadsheet\nDisallow: /y\nUser-agent: O\nAllow: /\nUser-agent: Broadsheet\nDisallow: /x",
            False,
        ),
        ("Disallow: /\nUser-agent: Other\nDisallow: /", True),
        ("\ufeffUser-agent: *\r\nDisallow: /\r", False),
        ("User-agent: *\rDisallow: /", False),
        ("User-agent: * (all)\nDisallow: /", False),
        ("User-agent: *bot\nDisallow: /", True),
        ("User-agent:\nDisallow: /", True),
        ("<html><body>404: Not found</body></html>", True),
    ],
)
def test_check_10_the_group_of_our_name_counts_and_else_everybodys(text: str, allowed: bool) -> None:
    assert allows(text, "/x") is allowed
    assert allows(text, "/x", "Broadsheet/1.0 (+http://paper.example/)") is allowed


def test_sitemaps_and_delays_are_told() -> None:
    found = robots.read(
        "Sitemap: http://a.test/1.xml\nUser-agent: *\nCrawl-delay: 2.5\nSitemap: /2.xml\nSitemap:\n"
        "User-agent: slow\nCrawl-delay: x\nDisallow: /\nUser-agent: odd\nCrawl-delay: -1\nDisallow: /"
    )
    assert found.sitemaps == ("http://a.test/1.xml", "/2.xml")
    assert found.crawl_delay("Broadsheet") == 2.5
    assert found.crawl_delay("slow") is found.crawl_delay("odd") is None
    assert robots.read("").crawl_delay("Broadsheet") is None


_LONG = pytest.mark.long("reads files of half a megabyte while counting every allocation")


@pytest.mark.slow("reads a file of half a megabyte while counting every allocation")
@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "".join(f"User-agent: a{number}\n" for number in range(4000)) + "Disallow: /x\n" * 4000,
            id="names and rules",
        ),
        pytest.param("User-agent: *\n" + "Disallow:a\n" * 47_000, id="rules", marks=_LONG),
        pytest.param("User-agent: *\nDisallow: /x\n" * 18_000, id="groups", marks=_LONG),
        pytest.param("User-agent: *\nDisallow: " + "*" * 510_000, id="stars", marks=_LONG),
        pytest.param("User-agent: *\nDisallow: " + "%C3" * 170_000, id="escapes", marks=_LONG),
        pytest.param(":" * 520_000, id="colons", marks=_LONG),
    ],
)
def test_a_file_that_was_written_to_be_large_is_read_in_little_memory(text: str) -> None:
    robots.read.cache_clear()
    began = time.process_time()
    robots.read(text).allows("http://a.test/" + "x" * 5000, "a1")
    assert time.process_time() - began < 2
    tracemalloc.start()
    try:
        robots.read.cache_clear()
        robots.read(text)
        assert tracemalloc.get_traced_memory()[1] < 32 << 20
    finally:
        tracemalloc.stop()
        robots.read.cache_clear()


def test_a_file_that_was_written_to_be_slow_is_not() -> None:
    stars = "User-agent: *\n" + "Disallow: /" + "*a" * 4000 + "b$\n" + "Disallow: /*x\n" * 5000
    began = time.process_time()
    assert allows(stars, "/" + "a" * 8000)
    assert time.process_time() - began < 0.4
    assert allows("User-agent: *\n" + "#" * robots.MAX_CHARACTERS + "\nDisallow: /", "/x"), "behind what is read"


@given(st.text(max_size=200), st.text(max_size=60), st.text(max_size=20))
def test_any_text_is_read_and_any_address_judged(text: str, url: str, agent: str) -> None:
    robots.read(text).allows(url, agent)
    robots.read(f"User-agent: *\nDisallow: {text}").allows(f"http://a.test/{url}", agent)


def test_check_10_all_cases_of_others_are_decided_as_they_decide(shared_data: Path) -> None:
    found = evaluating.score(shared_data)
    assert found["differences"] == []
    assert all(found[name]["share"] == 1 for name in ("google", "rfc", "captured", "sitemaps", "crawl_delay"))
    assert found["captured"]["of"] > 4000


def test_a_rival_is_scored_by_the_same_cases(shared_data: Path) -> None:
    def forbids(text: str, url: str, agent: str) -> bool:
        if "example" in url:
            raise ValueError(url)
        return False

    found = evaluating.score(shared_data, forbids)
    assert 0 < found["google"]["share"] < 1
    assert found["differences"][0]["allowed"] is True
    assert "sitemaps" not in found
