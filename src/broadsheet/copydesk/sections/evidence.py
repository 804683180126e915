"""What is known of an article when its section is judged, and what is said of it afterwards."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Evidence:
    """One article. Everything but the title may be missing."""

    title: str
    text: str = ""
    labels: tuple[str, ...] = ()
    """The source's own category labels, in its order."""
    url: str = ""
    source: str = ""
    """Any name that stays the same: a key, a host."""
    usual: str = ""
    """The section that the desk has given the source."""
    language: str = ""
    """Two letters, where it is known. Words of a language that the model has not learned say nothing."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An article whose section a person has said: what the judge learns from."""

    evidence: Evidence
    section: str
    group: str = ""
    """The story that the article is in, where it is known: twenty articles of one story are not twenty lessons."""
    weight: float = 1.0
    """As so many pairs it counts for the words and the likeness."""


@dataclass(frozen=True, slots=True)
class Push:
    """One reason: how far it pushes towards the chosen section and away from the second, in log-odds (base e).

    The pushes of a verdict, those not shown included, add up to the logarithm of the odds between the two.
    """

    kind: str
    """source, label, address, word, likeness or description."""
    what: str
    amount: float

    @property
    def said(self) -> str:
        """In words, without the number."""
        return _SAID[self.kind].format(self.what)

    @property
    def sentence(self) -> str:
        """As the desk shows it."""
        return f"{self.said} ({'+' if self.amount >= 0 else '−'}{abs(self.amount):.2f})"


_SAID = {
    "source": "what {} usually writes about",
    "label": "the source files it under “{}”",
    "address": "its address has “{}”",
    "word": "the word “{}”",
    "likeness": "it reads like earlier articles of {}",
    "description": "it reads like the description of {}",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge says. Where it abstains, `section` is its best guess for a person to look at."""

    section: str
    second: str
    confidence: float
    """0 to 1: the share of right ones to be expected among verdicts like this."""
    abstained: bool
    reasons: tuple[Push, ...]
    """At most five, the strongest first; a negative one spoke for the second section."""
    scores: tuple[tuple[str, float], ...]
    """Every section with its probability, the likeliest first."""
