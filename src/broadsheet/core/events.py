"""Announcing facts. Data climbs the floors by events; nobody below knows who listens.

An event is a frozen dataclass of JSON values. Two kinds of listeners, both named in `ops/wiring.py` only:
`at_once` runs in the transaction of the fact (press keys, the search index), `later` runs in the worker, after
commit, at least once, in the order of the list; its handlers are therefore safe to repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from broadsheet.core import queue

Handler = Callable[[Any], None]


@dataclass(frozen=True)
class Event:
    """Base of all events. Subclasses add JSON-serialisable fields."""

    @classmethod
    def name(cls) -> str:
        """The stable name under which a waiting event is stored."""
        return f"{cls.__module__.split('.')[-2]}.{cls.__name__}"


_at_once: dict[type[Event], list[Handler]] = {}
_later: dict[type[Event], list[Handler]] = {}
_known: dict[str, type[Event]] = {}


def takes_all(handler: Callable[[list[Any]], None]) -> Callable[[list[Any]], None]:
    """Mark a `later` listener that is given all waiting events of its kind at once, in their order, as a list."""
    handler.takes_all = True  # type: ignore[attr-defined]
    return handler


def subscribe(event: type[Event], *, at_once: Iterable[Handler] = (), later: Iterable[Handler] = ()) -> None:
    """Name the listeners of an event. Called from the wiring alone; a second call replaces the first."""
    _known[event.name()] = event
    _at_once[event] = list(at_once)
    _later[event] = list(later)


def announce(event: Event) -> None:
    """Tell the listeners. Must be called inside the transaction that makes the fact true."""
    announce_all([event])


def announce_all(events: Sequence[Event]) -> None:
    """Tell the listeners of several facts, in this order; what waits for the worker is written down in one go."""
    for event in events:
        for handler in _at_once.get(type(event), ()):
            handler(event)
    queue.defer_all([(f"event:{event.name()}", asdict(event)) for event in events if _later.get(type(event))])


def handle(name: str, payloads: Sequence[dict[str, Any]]) -> None:
    """Run the later listeners of stored events of one name."""
    kind = _known[name]
    events = [kind(**payload) for payload in payloads]
    for handler in _later.get(kind, ()):
        if getattr(handler, "takes_all", False):
            handler(events)
            continue
        for event in events:
            handler(event)


def subscriptions() -> dict[str, tuple[list[str], list[str]]]:
    """The wiring as text, for documentation and tests: event name to (at once, later) listener names."""

    def names(handlers: list[Handler]) -> list[str]:
        return [f"{h.__module__.removeprefix('broadsheet.')}.{h.__qualname__}" for h in handlers]

    return {name: (names(_at_once.get(kind, [])), names(_later.get(kind, []))) for name, kind in _known.items()}
