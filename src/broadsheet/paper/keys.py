"""Press keys of the paper: what each one stands for, and which of them one article touches.

A page carries the key of everything it shows. Whoever changes a fact marks the keys that stand for it.

    article:<id>    its text, dates, picture or address changed, it was published or withdrawn
    section:<key>   an article came into the section, left it, or changed its time in it
    source:<id>     an article of the source came, went, or changed its time
    topic:<id>      an article came under the topic or left it; its description changed
    related:<id>    other relatives than before stand beside the article with this id
    story:<id>      an article was placed in the story or taken out; its lead or counts changed
    rights:<id>     the name, address, owner or rights of the source with this id changed
    latest          any article came, went, or changed its time
    trending        the order or a receipt of what is trending changed in some window, or a count of voices did
    edition:front   the slots of the front changed
    edition:section/<key>   the slots on top of a section's page changed
    page:<id>       the standing page with this id changed
    topic-names     a topic was renamed, hidden or merged
    sources         a source was added, renamed or taken away
    redirects       a redirect was made or changed at the desk
    sections        a section was added, renamed, moved or hidden (every page)
    brand           brand or footer settings changed, or the year did (every page)
    standing        a standing page was published, renamed, or left the footer (every page)
    layout          templates or style changed (every page)
"""

from __future__ import annotations

from broadsheet.articles import queries as article_queries
from broadsheet.articles.models import Article
from broadsheet.press.keys import key
from broadsheet.stories.models import Placement

LATEST = key("latest")
FRONT = key("edition", "front")
TRENDING = key("trending")
TOPIC_NAMES = key("topic-names")
SOURCES = key("sources")
REDIRECTS = key("redirects")
SECTIONS = key("sections")
BRAND = key("brand")
STANDING = key("standing")
LAYOUT = key("layout")

#: Every page has these, because every page has a masthead, a section bar and a footer.
FRAME = frozenset({LAYOUT, BRAND, SECTIONS, STANDING})


def article(ident: int) -> str:
    """Key of one article."""
    return key("article", ident)


def related(ident: int) -> str:
    """Key of what stands beside one article as its relatives."""
    return key("related", ident)


def section(name: str) -> str:
    """Key of a section's list, by the section's own key."""
    return key("section", name)


def edition(name: str) -> str:
    """Key of a front by the edition's name; a colon cannot stand in a key's second part."""
    return key("edition", name.replace(":", "/"))


def source(ident: int) -> str:
    """Key of a source's list."""
    return key("source", ident)


def rights(ident: int) -> str:
    """Key of a source's name and rights, which every teaser of it shows."""
    return key("rights", ident)


def topic(ident: int) -> str:
    """Key of a topic's list."""
    return key("topic", ident)


def story(ident: int) -> str:
    """Key of a story and its counts."""
    return key("story", ident)


def page(ident: int) -> str:
    """Key of a standing page."""
    return key("page", ident)


def keys_of_article(article_id: int) -> frozenset[str]:
    """All that goes stale when this article comes, changes, moves or goes."""
    return keys_of_articles({article_id})


def keys_of_articles(ids: set[int]) -> frozenset[str]:
    """All that goes stale when these articles come, change or go. What one left by a move, its event names.

    Neighbours are in it: their pages print it as the next or the previous one, or as earlier on a topic.
    """
    found = {LATEST, *(article(one) for one in ids)}
    topics: dict[int, list[int]] = {}
    for article_id, topic_id in article_queries.topic_pairs(ids):
        topics.setdefault(article_id, []).append(topic_id)
        found.add(topic(topic_id))
    rows = Article.objects.filter(pk__in=ids).select_related("shown_section")
    originals = []
    for row in rows.only("id", "source_id", "published_at", "copy_of_id", "shown_section"):
        found |= {section(row.shown_section.key), source(row.source_id)}
        if row.copy_of_id:
            found.add(article(row.copy_of_id))
        else:
            originals.append(row)
    found |= {article(one) for one in article_queries.beside_all(originals, topics)}
    placed = Placement.objects.filter(article_id__in=ids).values_list("story_id", flat=True)
    return frozenset(found | {story(one) for one in placed})


def keys_of_pictures(ids: set[int]) -> frozenset[str]:
    """All that goes stale when these pictures change: whatever shows one of their articles."""
    shown = Article.objects.filter(picture__in=ids).values_list("pk", flat=True)
    return frozenset(article(one) for one in shown)


def keys_of_story(story_id: int) -> frozenset[str]:
    """All that goes stale when a story's members, lead or counts change."""
    return frozenset({story(story_id), TRENDING})
