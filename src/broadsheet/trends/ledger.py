"""The ranking's arguments as bytes and back, so that a rank can be computed again to the last digit. Pure.

JSON, because floats survive it exactly, and compressed, because most of it is names.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from broadsheet.trends.heat.baseline import Baseline
from broadsheet.trends.heat.rank import Ranked, Window, rank
from broadsheet.trends.heat.signals import StorySignals
from broadsheet.trends.heat.weights import Weights

FORMAT = 1


@dataclass(frozen=True)
class Asked:
    """All that a ranking was asked with."""

    signals: Sequence[StorySignals]
    baselines: Mapping[str, Baseline]
    weights: Weights
    now: datetime
    window: str

    def ranked(self) -> list[Ranked]:
        """The answer: the same for the same question, now or later."""
        return rank(self.signals, self.baselines, self.weights, self.now, Window(self.window))


def packed(asked: Asked) -> bytes:
    """The arguments as bytes."""
    facts = {
        "format": FORMAT,
        "now": asked.now.isoformat(),
        "window": asked.window,
        "weights": asked.weights.as_json(),
        "baselines": [asdict(one) for one in asked.baselines.values()],
        "signals": [_signal_out(one) for one in asked.signals],
    }
    return zlib.compress(json.dumps(facts, separators=(",", ":")).encode(), 5)


def unpacked(data: bytes) -> Asked:
    """The arguments again. Raises ValueError where the bytes are of another format, or broken."""
    try:
        facts = json.loads(zlib.decompress(bytes(data)))
    except (zlib.error, UnicodeDecodeError) as error:
        raise ValueError("The log cannot be read.") from error
    if facts.get("format") != FORMAT:
        raise ValueError(f"The log is of format {facts.get('format')}, and this program reads {FORMAT}.")
    usual = [_baseline_in(one) for one in facts["baselines"]]
    return Asked(
        signals=[_signal_in(one) for one in facts["signals"]],
        baselines={one.section: one for one in usual},
        weights=Weights.from_json(facts["weights"]),
        now=datetime.fromisoformat(facts["now"]),
        window=facts["window"],
    )


def _signal_out(one: StorySignals) -> list[Any]:
    return [
        one.story_id,
        one.section,
        one.first_at.isoformat(),
        one.last_voice_at.isoformat(),
        [(voice, at.isoformat()) for voice, at in one.voices],
        {kind: [(at.isoformat(), n) for at, n in counts] for kind, counts in one.buckets.items()},
        dict(one.earlier),
        one.counted_from.isoformat() if one.counted_from is not None else None,
    ]


def _signal_in(row: list[Any]) -> StorySignals:
    moment = datetime.fromisoformat
    story_id, section, first_at, last_at, voices, buckets, earlier, counted_from = row
    return StorySignals(
        story_id=story_id,
        section=section,
        first_at=moment(first_at),
        last_voice_at=moment(last_at),
        voices=tuple((voice, moment(at)) for voice, at in voices),
        buckets={kind: tuple((moment(at), n) for at, n in counts) for kind, counts in buckets.items()},
        earlier=earlier,
        counted_from=moment(counted_from) if counted_from is not None else None,
    )


def _baseline_in(facts: dict[str, Any]) -> Baseline:
    profiles = {kind: tuple(factors) for kind, factors in facts["profiles"].items()}
    return Baseline(facts["section"], facts["rates"], profiles)
