"""The paper's table of page kinds, for the press."""

from __future__ import annotations

from collections.abc import Iterator

from broadsheet.articles import queries as articles
from broadsheet.articles.rules import RESERVED, RESERVED_UNDER_SECTION
from broadsheet.pages import queries as pages
from broadsheet.paper.builders import article, front, lists, numbers, sources, standing, story, trending
from broadsheet.paper.paging import TAIL
from broadsheet.press.printing import Printer

#: First segments that the framework answers. The press must not take them, or their forms could not be sent.
LIVE = frozenset(
    {"account", "api", "archive", "authors", "bookmarks", "desk", "health", "hub", "media", "metrics", "notifications"}
    | {"preferences", "pulse", "search", "sitemaps", "static"}
)

_SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"


def _none_of(words: frozenset[str]) -> str:
    """A look ahead that refuses these words as a whole segment."""
    return "(?!(?:" + "|".join(sorted(word.replace(".", r"\.") for word in words)) + ")/)"


ARTICLE = rf"/{_none_of(RESERVED | LIVE)}(?P<section>{_SLUG})/{_none_of(RESERVED_UNDER_SECTION)}(?P<slug>{_SLUG})/"
NAMED = rf"/{_none_of(LIVE)}(?P<slug>{_SLUG})/{TAIL}"


def register(printer: Printer) -> None:
    """Name every page kind of the paper to the press. The first that fits an address prints it."""
    printer.register("front", "/", front.front, paths=lambda: ["/"])
    printer.register("latest", f"/latest/{TAIL}", lists.latest, paths=lambda: ["/latest/"])
    windows = [tab.path for tab in trending.TABS]
    printer.register("trending", "/trending/(?:(?P<window>hour|week)/)?", trending.trending, paths=lambda: windows)
    printer.register("sources", "/sources/", sources.sources, paths=lambda: ["/sources/"])
    printer.register("numbers", "/numbers/", numbers.numbers, paths=lambda: ["/numbers/"])
    printer.register("source", rf"/sources/(?P<slug>{_SLUG})/{TAIL}", lists.source)
    printer.register("topic", rf"/topics/(?P<slug>{_SLUG})/{TAIL}", lists.topic)
    printer.register("story", rf"/stories/(?P<slug>{_SLUG})/", story.story)
    printer.register("section", NAMED, standing.named, paths=_named_paths)
    printer.register("article", ARTICLE, article.article)


def _named_paths() -> Iterator[str]:
    yield from (section.path for section in articles.sections())
    yield from (f"/{page.slug}/" for page in pages.in_footer())
