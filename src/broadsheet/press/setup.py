"""Which store, headers, layout: handed in by the composition root, or read from its settings.

Settings looked at (all optional): `PRESS_DIR` (folder of the store; without it pages are kept in
memory), `PRESS_PUBLIC` (keep the tree for an outer server too), `PRESS_DURABLE`, `PRESS_LAYOUT`
(any text that changes with templates and style), `PRESS_PAGE_HEADERS` (mapping, or callable of a
sheet) and `PRESS_KEY_HEADERS` (names).
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from broadsheet.press.filestore import FileStore
from broadsheet.press.flights import Flights
from broadsheet.press.generation import Generation
from broadsheet.press.printing import FORMAT, PageHeaders, Printer, printer
from broadsheet.press.store import MemoryStore, PageStore

#: Tells an outer cache to forget the pages with these keys. Called after commit, possibly more than
#: once.
PurgeHook = Callable[[frozenset[str]], None]


@dataclass(slots=True)
class Press:
    """All that the press of one process works with."""

    store: PageStore
    generation: Generation = field(default_factory=Generation)
    flights: Flights = field(default_factory=Flights)
    imprint: str = ""
    page_headers: PageHeaders | None = None
    key_headers: tuple[str, ...] = ("Surrogate-Key",)
    printer: Printer = field(default_factory=lambda: printer)
    purge_hooks: list[PurgeHook] = field(default_factory=list)


def imprint_of(layout: str) -> str:
    """The imprint of pages made with this layout (any text) and the current format; short."""
    return f"{FORMAT}.{hashlib.sha256(layout.encode()).hexdigest()[:16]}"


def on_disk(
    root: Path,
    *,
    layout: str = "",
    public: bool = False,
    durable: bool = False,
    page_headers: PageHeaders | None = None,
    key_headers: tuple[str, ...] = ("Surrogate-Key",),
) -> Press:
    """A press with its store under `root`, shared by all processes that name the same folder."""
    imprint = imprint_of(layout)
    return Press(
        store=FileStore(root, imprint=imprint, public=public, durable=durable),
        generation=Generation(root / "generation"),
        flights=Flights(root / "flights"),
        imprint=imprint,
        page_headers=page_headers,
        key_headers=key_headers,
    )


def in_memory(*, layout: str = "", page_headers: PageHeaders | None = None) -> Press:
    """A press that keeps its pages in this process."""
    imprint = imprint_of(layout)
    return Press(store=MemoryStore(imprint=imprint), imprint=imprint, page_headers=page_headers)


_current: Press | None = None
_lock = threading.Lock()


def configure(press: Press | None) -> None:
    """Use `press` from now on; None has the settings read afresh at the next use."""
    global _current
    _current = press


def current() -> Press:
    """The press in use, made from the settings the first time somebody asks."""
    global _current
    if _current is None:
        with _lock:
            if _current is None:
                _current = _from_settings()
    return _current


def _from_settings() -> Press:
    from django.conf import (
        settings,
    )  # the rest of the module serves the front door, which knows no Django

    def read(name: str, default: object) -> object:
        return getattr(settings, name, default)

    layout = str(read("PRESS_LAYOUT", ""))
    headers = getattr(settings, "PRESS_PAGE_HEADERS", None)
    folder = read("PRESS_DIR", None)
    if not folder:
        return in_memory(layout=layout, page_headers=headers)
    return on_disk(
        Path(str(folder)),
        layout=layout,
        public=bool(read("PRESS_PUBLIC", False)),
        durable=bool(read("PRESS_DURABLE", False)),
        page_headers=headers,
        key_headers=tuple(getattr(settings, "PRESS_KEY_HEADERS", ("Surrogate-Key",))),
    )
