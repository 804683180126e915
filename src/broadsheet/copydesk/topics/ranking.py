"""What an article is about, of all that it names."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from broadsheet.copydesk.topics.names import Named, Where

#: Topics of one article at most.
MOST = 8
_PLACE = {Where.HEADLINE: 4.0, Where.LABEL: 3.0, Where.STANDFIRST: 2.0, Where.TEXT: 1.0}
_MANY = 10_000


def ranked(names: Sequence[Named], uses: Mapping[str, int]) -> list[Named]:
    """At most `MOST`, best first: headline before label before standfirst before text, often before once, rare before
    common. `uses` says in how many articles of the last thirty days each was."""

    def weight(one: Named) -> float:
        rarity = math.log(_MANY / (1 + min(uses.get(one.fold, 0), _MANY // 2))) / math.log(_MANY)
        return _PLACE[one.where] * (1 + 0.4 * math.log(one.times)) * (0.5 + rarity / 2)

    return sorted(names, key=weight, reverse=True)[:MOST]
