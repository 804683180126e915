"""A newsroom pretended for the press's tests: facts by name, and pages that show some of them."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from broadsheet.press import services
from broadsheet.press.keys import key
from broadsheet.press.models import Page
from broadsheet.press.printing import Sheet
from broadsheet.press.setup import Press


class Newsroom:
    def __init__(self, press: Press) -> None:
        self.press = press
        self.facts: dict[str, str] = {}
        self.builds: list[str] = []
        self.during: Callable[[str], None] = lambda path: None
        press.printer.register("front", r"/", self.front)
        press.printer.register("article", r"/world/(?P<name>[a-z0-9]+)/", self.article)

    def article(self, path: str, name: str) -> Sheet | None:
        self.builds.append(path)
        text = self.facts.get(name)
        self.during(path)
        if text is None:
            return None
        keys = frozenset({key("article", name), "layout"})
        return Sheet(f"<p>{text}</p>" * 30, keys=keys)

    def front(self, path: str) -> Sheet:
        self.builds.append(path)
        shown = dict(self.facts)
        self.during(path)
        keys = frozenset({"front", "layout", *(key("article", name) for name in shown)})
        return Sheet(repr(sorted(shown.items())), keys=keys)

    def change(self, name: str, text: str | None) -> None:
        """A fact changes in a transaction that marks what shows it."""
        with transaction.atomic():
            if text is None:
                self.facts.pop(name)
            else:
                self.facts[name] = text
            services.mark_stale(key("article", name))

    def shown(self, path: str) -> str:
        """What the store holds of a page."""
        found = self.press.store.get(path)
        return found.printed.body.decode() if found else ""

    def stale(self, path: str) -> tuple[bool, bool]:
        """Whether the page is stale for the rows, and for the store."""
        found = self.press.store.get(path)
        assert found is not None
        return Page.objects.get(path=path).stale, found.stale
