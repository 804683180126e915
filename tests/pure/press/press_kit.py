"""What the tests of the press share: a front door with a pretended paper behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from broadsheet.press.frontdoor import FrontDoor
from broadsheet.press.generation import Generation
from broadsheet.press.printing import Printed, Printer, Sheet, print_sheet
from broadsheet.press.store import MemoryStore, PageStore

BODY = "<!doctype html><p>" + "The council met at noon. " * 200


def a_print(path: str = "/a/", body: str | bytes = BODY, as_of: int = 0, **more: Any) -> Printed:
    sheet = Sheet(body, **{"keys": frozenset({"front"}), **more})
    return print_sheet(path, sheet, kind="test", as_of=as_of)


class Answer:
    """What the front door said."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self.body = b""

    def __getitem__(self, name: str) -> str | None:
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)


class House:
    """A store, a press clock and a front door. `facts[path]` is the body of the page at `path`."""

    def __init__(self, store: PageStore | None = None, **more: Any) -> None:
        self.store = store or MemoryStore()
        self.generation = Generation()
        self.facts: dict[str, str] = {"/a/": BODY}
        self.sheet: dict[str, Any] = {}
        self.seq = 0
        self.builds: list[str] = []
        self.before_build: Callable[[str], None] = lambda path: None
        self.pulses: list[Any] = []
        printer = Printer()
        printer.register("slashed", r"/(?:[a-zé-]+/)*", lambda path: None)
        printer.register("files", r"/feed\.rss", lambda path: None)
        self.door = FrontDoor(
            self.app,
            store=self.store,
            generation=self.generation,
            printer_matches=printer.matches,
            print_page=self.print_page,
            **more,
        )

    @staticmethod
    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response("404 Not Found", [("X-From", "app")])
        return [b"app"]

    def print_page(self, path: str) -> Printed | None:
        self.builds.append(path)
        self.before_build(path)
        if path not in self.facts:
            self.store.drop(path)
            return None
        printed = a_print(path, self.facts[path], self.seq, **self.sheet)
        self.store.put(path, printed)
        self.generation.bump()
        return printed

    def change(self, path: str, body: str) -> None:
        """A fact changes: after commit its page is marked and the door told."""
        self.facts[path] = body
        self.seq += 1
        self.store.mark([path], self.seq)
        self.generation.bump()

    def add_brotli(self, path: str) -> None:
        found = self.store.get(path)
        assert found is not None
        self.store.put(path, replace(found.printed, brotli=b"BROTLI"))
        self.generation.bump()

    def ask(self, path: str = "/a/", method: str = "GET", query: str = "", **headers: str) -> Answer:
        answer = Answer()

        def start(status: str, lines: list[tuple[str, str]]) -> None:
            answer.status, answer.headers = int(status[:3]), lines

        environ: dict[str, Any] = {
            "PATH_INFO": path,
            "REQUEST_METHOD": method,
            "QUERY_STRING": query,
            **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
        }
        answer.body = b"".join(self.door(environ, start))
        return answer
