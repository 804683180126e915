"""`broadsheet evaluate heat` on an invented page: items that gain votes at a rate of their own, which fades."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pytest

from broadsheet.ops import cli
from broadsheet.ops.evaluating import attention, heat
from broadsheet.trends.heat.boosting import Plan
from broadsheet.trends.heat.forecast import NAMES
from broadsheet.trends.heat.signals import COMMENT, READ
from broadsheet.trends.heat.weights import Weights

HALF_HOUR = 1800


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four days, three items an hour; each stays for six hours, and its rate is its own and does not change."""
    chance = random.Random(1)
    rows = []
    items = [(8 * n + 100, n * HALF_HOUR * 2 // 3, chance.choice([1, 2, 4, 8, 16])) for n in range(4 * 72)]
    for time in range(0, 4 * 86_400, HALF_HOUR):
        there = [one for one in items if 0 <= time - one[1] < 6 * 3600]
        for rank, (number, start, speed) in enumerate(there, 1):
            votes = 20 + speed * (time - start) // HALF_HOUR
            rows.append(f"{1_600_000_000 // 300 * 300 + time}\t{number}\t{rank}\t{votes}\t{votes // 3 or ''}\n")
    with gzip.open(tmp_path / attention.FILE, "wt", encoding="utf-8") as file:
        file.write("t\titem\trank\tvotes\tcomments\n")
        file.writelines(rows)
    return tmp_path


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few trees, so that it is quick."""
    monkeypatch.setattr(attention, "SOON", Plan("poisson", rounds=5, depth=2, least=20))
    monkeypatch.setattr(attention, "REST", Plan("log", rounds=5, depth=2, least=20))
    monkeypatch.setattr(attention, "MOMENTS_APART", 4)


def test_the_series_is_read_as_stories_with_readers(folder: Path) -> None:
    series = attention.read(folder)
    one = series.items[40]
    now = one.times[-1]
    told = one.at(now)
    assert told.total(READ, now=told.last_voice_at) == one.votes[0]
    assert told.total(READ, attention._time(now)) == pytest.approx(one.votes[-1])
    assert told.total(COMMENT, attention._time(now)) == pytest.approx(one.comments[-1])
    early = one.at(one.times[1])
    assert early.total(READ, attention._time(now)) == pytest.approx(one.votes[1]), "nothing that came later is known"
    assert told.first_at <= told.last_voice_at == attention._time(one.times[0])
    assert one.gain(one.times[0], one.times[0] + 10_800) == one.votes[6] - one.votes[0]


@pytest.mark.slow("learns twice")
@pytest.mark.usefixtures("plain")
def test_both_sets_are_scored(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["evaluate", "heat", "--data", str(folder), "--trained-on", str(folder)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"job", "sets", "cpu_seconds", "settings"}
    ages, first = told["sets"]["mixed_ages"], told["sets"]["first_hour"]
    # Rates do not change here and age says when an item goes: both are there to be learned.
    assert ages["moments"] > 15
    assert ages["ndcg_at_10"] > ages["ewma"]["ndcg_at_10"]
    assert ages["ndcg_at_10"] > 0.9 > ages["raw_count"]["ndcg_at_10"]
    assert first["half_days"] >= 6
    assert first["p_at_10"] > 0.8


@pytest.mark.parametrize(
    ("scores", "p", "gain"), [([3, 2, 1], 1.0, 1.0), ([1, 2, 3], 0.5, 0.45), ([0, 0, 0], 1.0, 1.0)]
)
def test_precision_and_gain(scores: list[float], p: float, gain: float) -> None:
    worth = [4, 1, 0]
    assert heat.precision(scores, worth, 2) == p
    assert heat.ndcg(scores, worth, 2) == pytest.approx(
        gain if gain == 1 else (1 / 1.58496) / (4 + 1 / 1.58496), abs=1e-4
    )


def test_the_shipped_weights_know_the_features_that_are_made() -> None:
    shipped = Weights.shipped()
    assert shipped.soon.names == shipped.rest.names == NAMES
    assert Weights.from_json(json.loads(json.dumps(shipped.as_json()))).as_json() == shipped.as_json()
