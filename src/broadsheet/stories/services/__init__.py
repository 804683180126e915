"""Writes on stories: placing articles, keeping counts and leads true, editors' orders, the writers and their log."""

from __future__ import annotations

from broadsheet.stories.services.counting import members_of, recount, recount_of, recount_source, recounting
from broadsheet.stories.services.filling import begin_anew
from broadsheet.stories.services.following import follow
from broadsheet.stories.services.ordering import PERMISSION, Refused, choose_lead, lock, merge, move, split, undo
from broadsheet.stories.services.placing import place_article, place_articles

__all__ = [
    "PERMISSION",
    "Refused",
    "begin_anew",
    "choose_lead",
    "follow",
    "lock",
    "members_of",
    "merge",
    "move",
    "place_article",
    "place_articles",
    "recount",
    "recount_of",
    "recount_source",
    "recounting",
    "split",
    "undo",
]
