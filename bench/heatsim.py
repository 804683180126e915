"""Plays a simulated newspaper and says how well heat finds what its readers want. Simulated: it proves no reader.

`python -m bench.heatsim --seed N` prints one JSON object: NDCG of the first ten by the readers of the next three hours,
every hour of the second day, for heat's window of an hour and for plain orders of the same stories beside it.
"""

from __future__ import annotations

import argparse
import json
import statistics
from datetime import UTC, datetime, timedelta

from broadsheet.ops.evaluating.heat import ndcg
from broadsheet.ops.simulating import world
from broadsheet.ops.simulating.driver import Play
from broadsheet.ops.simulating.readers import Tally
from broadsheet.ops.simulating.world import Place, Setting
from broadsheet.trends import pulse
from broadsheet.trends.counter import ReadCounter
from broadsheet.trends.heat.rank import Window
from broadsheet.trends.heat.signals import READ

START = datetime(2026, 11, 23, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLACES = (Place("world", 6.0), Place("sports", 4.0, 1.5), Place("travel", 2.0, 0.3))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    seed = parser.parse_args().seed
    setting = Setting(places=PLACES, readers=3000.0, position_bias=0.0, slots=1000)
    told = world.stories(setting, seed, START, 52)
    play = Play(setting, told, Tally(ReadCounter, lambda agent: not pulse._NOT_A_READER.search(agent)), seed)
    play.run(START, START + 52 * HOUR)
    found: dict[str, list[float]] = {"heat": [], "readers so far": [], "voices": [], "newest": []}
    for hour in range(24, 48):
        now = START + hour * HOUR
        after = {one.story_id: one.total(READ, now + 3 * HOUR) for one in play.signals(now + 3 * HOUR)}
        hot = {one.story_id: one.score for one in play.ranked(now, Window.HOUR)}
        live = [one for one in play.signals(now) if one.story_id in hot]
        worth = [after[one.story_id] - one.total(READ, now) for one in live]
        orders = {
            "heat": [hot[one.story_id] for one in live],
            "readers so far": [one.total(READ, now) for one in live],
            "voices": [float(len(one.voices)) for one in live],
            "newest": [one.first_at.timestamp() for one in live],
        }
        for name, scores in orders.items():
            found[name].append(ndcg(scores, worth, 10))
    told_ = {name: round(statistics.mean(values), 3) for name, values in found.items()}
    print(json.dumps({"simulated": True, "seed": seed, "stories": len(told), "ndcg_at_10": told_}, indent=2))


if __name__ == "__main__":
    main()
