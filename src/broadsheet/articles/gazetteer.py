"""The names of the public topics in the memory of a process, for finding them in texts.

It may lag behind the tables by `SECONDS`: what is found is looked up by its name, so an old name finds nothing.
"""

from __future__ import annotations

import time

from broadsheet.articles.models import Topic, TopicAlias
from broadsheet.copydesk import topics
from broadsheet.core import facts

#: How often a process asks whether names changed.
SECONDS = 20.0
#: Names held, about 400 bytes each: the topics of the most articles, then their aliases.
MOST = 50_000
FACT = "articles.topics"

_kept: tuple[float, object, topics.Gazetteer] | None = None


def known() -> topics.Gazetteer:
    """The trie over the names of public topics and their aliases."""
    global _kept
    if _kept is not None and time.monotonic() - _kept[0] < SECONDS:
        return _kept[2]
    version = facts.get(FACT, 0)
    trie = _kept[2] if _kept is not None and _kept[1] == version else _read()
    _kept = (time.monotonic(), version, trie)
    return trie


def changed() -> None:
    """Names changed: every process reads them anew within `SECONDS`, this one at once."""
    global _kept
    facts.put(FACT, (facts.get(FACT, 0) or 0) + 1)
    _kept = None


def forget() -> None:
    """Read anew at the next question."""
    global _kept
    _kept = None


def _read() -> topics.Gazetteer:
    own = Topic.objects.filter(public=True, merged_into=None).order_by("-uses", "pk")
    others = TopicAlias.objects.filter(topic__public=True, topic__merged_into=None).order_by("pk")
    names = [topics.Known(*row) for row in own.values_list("name", "fold", "kind")[:MOST]]
    names += [
        topics.Known(*row) for row in others.values_list("name", "topic__fold", "topic__kind")[: MOST - len(names)]
    ]
    return topics.Gazetteer(names)
