"""`broadsheet heat explain`: the same to the last digit from the log alone, and 1 where what stands differs."""

from __future__ import annotations

import argparse
import io
from collections import Counter
from datetime import timedelta

import pytest

from broadsheet.core import clock
from broadsheet.ops.commands import heat
from broadsheet.ops.context import Context
from broadsheet.ops.errors import OperatorError
from broadsheet.stories import services as stories
from broadsheet.stories.models import Story
from broadsheet.trends import services
from broadsheet.trends.counter import Counted
from broadsheet.trends.models import Attention, Heat, TallyLog
from tests.make import NOW, make_article, make_story

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still")]


def explained(story: str, window: str = "day") -> tuple[int, str]:
    out = io.StringIO()
    code = heat.run_explain(argparse.Namespace(story=story, window=window, context=Context(out)))
    return code, out.getvalue()


@pytest.fixture
def hot() -> Story:
    """The hottest of three stories, read by some."""
    made = [make_story([make_article(age=timedelta(hours=1 + n)) for n in range(size)]) for size in (2, 3, 4)]
    for story in made:
        stories.recount(story)
    at = NOW - timedelta(minutes=10)
    services.record("t", Counted(Counter({(at, "read", made[2].lead_id): 37, (at, "share", made[2].lead_id): 3})))
    services.tally()
    return made[2]


@pytest.mark.parametrize("by", ["slug", "pk"])
def test_it_is_the_same_after_the_day_is_gone(hot: Story, by: str) -> None:
    row = Heat.objects.get(story=hot, window="day")
    Attention.objects.all().delete()
    with clock.frozen(NOW + timedelta(days=3)):
        code, said = explained(str(getattr(hot, by)))
    assert code == 0
    assert f"Score {row.score!r}, rank {row.rank} of 3: {row.receipt}" in said
    assert "share: 0 earlier, then 08:30 3" in said
    assert "Voices 4: " in said
    assert "The same as stands" in said


@pytest.mark.parametrize("change", [{"score": 1.0000001}, {"rank": 2}, {"receipt": "because"}])
def test_a_difference_is_said_and_ends_with_one(hot: Story, change: dict[str, object]) -> None:
    row = Heat.objects.get(story=hot, window="day")
    if "score" in change:
        change = {"score": row.score + 2e-9}
    Heat.objects.filter(pk=row.pk).update(**change)
    code, said = explained(hot.slug)
    assert code == 1
    assert "What stands differs" in said


def test_a_story_that_is_not_trending_is_told_so(hot: Story) -> None:
    quiet = make_story([make_article()])
    assert explained(quiet.slug)[0] == 0
    Heat.objects.filter(story=hot).delete()
    assert explained(hot.slug)[0] == 1


def test_what_cannot_be_explained_is_an_operators_error(hot: Story) -> None:
    with pytest.raises(OperatorError, match="no story"):
        explained("nothing-like-it")
    with pytest.raises(OperatorError, match="Nothing is trending"):
        explained(hot.slug, "week")
    TallyLog.objects.update(inputs=b"?")
    with pytest.raises(OperatorError, match="cannot be read"):
        explained(hot.slug)
