"""The words a text is about: frequent here, rare elsewhere; and pairs of words that belong together.

Words weigh tf x idf (Sparck Jones 1972). Pairs are kept when they stand together significantly more often than their
words would by chance: the log-likelihood ratio of Dunning, "Accurate Methods for the Statistics of Surprise and
Coincidence", Computational Linguistics 19(1), 1993.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from broadsheet.copydesk.topics.facts import JUNK
from broadsheet.lib.text import normal

#: 10.83: one in a thousand by chance (chi-squared, one degree of freedom).
SIGNIFICANT = 10.83


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word or a pair of words in comparable form with its weight."""

    words: str
    weight: float


def likelihood_ratio(together: int, first: int, second: int, total: int) -> float:
    """-2 log lambda of a pair: times together, times each, and the number of all pairs; 0 where there is nothing."""
    if not together or total <= max(first, second):
        return 0.0
    rest = total - first

    def log_likelihood(seen: int, of: int, share: float) -> float:
        share = min(max(share, 1e-12), 1 - 1e-12)
        return seen * math.log(share) + (of - seen) * math.log(1 - share)

    apart = second - together
    overall = second / total
    with_first, without = together / first, apart / rest
    return 2 * (
        log_likelihood(together, first, with_first) + log_likelihood(apart, rest, without)
        - log_likelihood(together, first, overall) - log_likelihood(apart, rest, overall)
    )  # fmt: skip


def keywords(text: str, background: Mapping[str, int], documents: int, *, limit: int = 10) -> list[Keyword]:
    """The heaviest words and significant pairs of a text. `background` counts in how many of `documents` earlier
    texts each word was."""
    words = [word for word in normal(text).split() if word.isalpha()]
    counts = Counter(words)

    def idf(word: str) -> float:
        return math.log((1 + documents) / (1 + background.get(word, 0)))

    singles = {word: times * idf(word) for word, times in counts.items() if len(word) > 2 and word not in JUNK}
    pairs = Counter(pair for pair in pairwise(words) if pair[0] in singles and pair[1] in singles)
    found = dict(singles)
    for (first, second), times in pairs.items():
        if times < 2 or likelihood_ratio(times, counts[first], counts[second], len(words)) < SIGNIFICANT:
            continue
        found[f"{first} {second}"] = times * (idf(first) + idf(second))
        for word in (first, second):
            # What stands only in the pair is said by the pair.
            if counts[word] == times:
                found.pop(word, None)
    heaviest = sorted(found.items(), key=lambda one: (-one[1], one[0]))[:limit]
    return [Keyword(word, round(weight, 3)) for word, weight in heaviest if weight > 0]
