"""The one setting of the story machine, for headlines and for full texts alike."""

from __future__ import annotations

from dataclasses import dataclass

HOUR = 3600.0
# Of the form of a dump and of what the same log comes to; a writer of another version is made anew.
VERSION = 1


@dataclass(frozen=True)
class Setting:
    """Every number that a decision hangs on; `docs/intelligence.md` says how each was chosen.

    A likeness is measured against how alike the members of a story are among themselves (1: as alike as those). What
    it takes grows with the depth of the texts (0: a bare headline, 1: a full text), since long texts on different
    events share more words: ``base + slope * depth``.
    """

    title_weight: float = 3.0
    """A word of the headline counts as so many of the text; one of the headline alone stands by itself."""
    name_weight: float = 1.6
    text_words: int = 300
    """So many words of a text are read, from its beginning."""
    article_terms: int = 48
    group_terms: int = 96
    cohesion_base: float = 0.2
    cohesion_slope: float = 0.1
    cohesion_weight: float = 30.0
    """Cohesion that stories of such texts usually have, and as how many pairs of articles it counts."""
    join_base: float = 0.25
    join_slope: float = 0.45
    tight_base: float = 0.7
    tight_slope: float = 0.4
    """What a nucleus asks of an article: it moves as one from then on."""
    merge_base: float = 0.21
    merge_slope: float = 0.5
    single_word: float = 0.5
    """This part of what the strongest shared word gives is taken off when an article is placed."""
    repair_every: int = 50
    reach: float = 0.7
    """Stories are regrouped together from this part on of what a merge asks."""
    scope: int = 400
    """So many nuclei at most are regrouped together."""
    candidates: int = 16
    probes: int = 12
    postings: int = 1500
    index_terms: int = 24
    window: float = 72 * HOUR
    """A story whose last article is older takes no more and is let go."""
    gap: float = 48 * HOUR
    """Two stories with so much silence between them are not merged."""
    split_check: float = 24 * HOUR
    """So often every story of several nuclei is looked at again."""
    remembered: int = 200_000
    """Words whose own frequency is kept."""
