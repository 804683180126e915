"""Invented news of many events, each in words of its own, so that it is known which article tells of which."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from broadsheet.articles.models import Article, Judgement
from broadsheet.stories.models import Placement
from tests.make import NOW, make_article, make_source

_SYLLABLES = "bar cen dol fim gul hane jor kest lom mirt nov pran quel rist sund tev".split()


def event(number: int) -> list[str]:
    """Nine words that no other event has."""
    dice = random.Random(f"event {number}")
    return ["".join(dice.choices(_SYLLABLES, k=4)).title() for _ in range(9)]


def report(number: int, dice: random.Random, *, minutes: int = 0, **values: Any) -> Article:
    """One article on an event, with most of its words."""
    words = dice.sample(event(number), 6)
    source = values.pop("source", None) or make_source()
    facts = {"standfirst": "", "body": " ".join(dice.sample(event(number), 8)) + ".", **values}
    language = facts.pop("said", "en")
    at = NOW - timedelta(hours=6) + timedelta(minutes=minutes)
    article = make_article(" ".join(words), source=source, published_at=at, language=language, **facts)
    if language != "en":
        Judgement.objects.filter(article=article).update(language=language)
    return article


def grouped() -> set[frozenset[int]]:
    """Which articles stand together."""
    found: dict[int, set[int]] = {}
    for article, story in Placement.objects.values_list("article_id", "story_id"):
        found.setdefault(story, set()).add(article)
    return {frozenset(one) for one in found.values()}
