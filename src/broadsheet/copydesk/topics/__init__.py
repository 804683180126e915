"""Topics: what a text names, by the paper's own stream; see `docs/intelligence.md`.

`labels` reads a feed's categories, `names` the capitalised names of a text, `gazetteer` finds names that are known,
`deciding` says which names become topics, `ranking` which of an article's it is about.
"""

from __future__ import annotations

from broadsheet.copydesk.topics.deciding import (
    INDEPENDENT_VOICES,
    Alias,
    Topical,
    Use,
    Verdict,
    decide,
    is_last_name,
    shown_as,
)
from broadsheet.copydesk.topics.facts import bare
from broadsheet.copydesk.topics.gazetteer import Gazetteer, Known
from broadsheet.copydesk.topics.keywords import Keyword, keywords
from broadsheet.copydesk.topics.kinds import Kind
from broadsheet.copydesk.topics.labels import from_categories
from broadsheet.copydesk.topics.names import Named, Where, named, with_labels
from broadsheet.copydesk.topics.ranking import MOST, ranked

__all__ = [
    "INDEPENDENT_VOICES",
    "MOST",
    "Alias",
    "Gazetteer",
    "Keyword",
    "Kind",
    "Known",
    "Named",
    "Topical",
    "Use",
    "Verdict",
    "Where",
    "bare",
    "decide",
    "from_categories",
    "is_last_name",
    "keywords",
    "named",
    "ranked",
    "shown_as",
    "with_labels",
]
