"""Writes on articles. Each verb changes rows, keeps the ledger and announces, in one transaction."""

from __future__ import annotations

from broadsheet.articles.services.atdesk import (
    after_desk_publish,
    after_desk_save,
    new_by_desk,
    set_section,
    set_topics,
)
from broadsheet.articles.services.copying import Collation, Likeness, file_original, look_again, renew
from broadsheet.articles.services.filing import (
    Filing,
    Judged,
    file_article,
    file_articles,
    link_key,
    stream,
)
from broadsheet.articles.services.ledger import state_of
from broadsheet.articles.services.merging import NameTaken, hide_topic, merge_topics, save_topic
from broadsheet.articles.services.promoting import promote_topics, tidy_topics
from broadsheet.articles.services.publishing import publish, publish_all, restore, withdraw
from broadsheet.articles.services.recleaning import RECLEAN, outdated, reclean, take_turn, wish_reclean
from broadsheet.articles.services.updates import release_fields, update_from_source

__all__ = [
    "RECLEAN",
    "Collation",
    "Filing",
    "Judged",
    "Likeness",
    "NameTaken",
    "after_desk_publish",
    "after_desk_save",
    "file_article",
    "file_articles",
    "file_original",
    "hide_topic",
    "link_key",
    "look_again",
    "merge_topics",
    "new_by_desk",
    "outdated",
    "promote_topics",
    "publish",
    "publish_all",
    "reclean",
    "release_fields",
    "renew",
    "restore",
    "save_topic",
    "set_section",
    "set_topics",
    "state_of",
    "stream",
    "take_turn",
    "tidy_topics",
    "update_from_source",
    "wish_reclean",
    "withdraw",
]
