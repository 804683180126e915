"""Gathering what changed over one transaction, so that a batch of a hundred changes marks its pages once.

Inside `gathered()` keys are only collected and marked at the end of the outermost block, still in its transaction;
outside, `mark` marks at once. `mark_of` collects identities instead of keys, and asks for all their keys in one go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from broadsheet.press import services

Resolve = Callable[[set[int]], Iterable[str]]


@dataclass
class _Gathered:
    keys: set[str] = field(default_factory=set)
    idents: dict[Resolve, set[int]] = field(default_factory=dict)


_open: ContextVar[_Gathered | None] = ContextVar("gathered_press_keys", default=None)


def mark(*keys: str) -> None:
    """The facts behind these keys changed; see `services.mark_stale`."""
    gathered = _open.get()
    if gathered is None:
        services.mark_stale(*keys)
    else:
        gathered.keys.update(keys)


def mark_of(resolve: Resolve, ident: int) -> None:
    """The thing of this identity changed; `resolve` names the keys of a whole set of such things."""
    gathered = _open.get()
    if gathered is None:
        services.mark_stale(*resolve({ident}))
    else:
        gathered.idents.setdefault(resolve, set()).add(ident)


@contextmanager
def gathered() -> Iterator[None]:
    """Collect until the end of the block. Open it inside the transaction that makes the facts true."""
    if _open.get() is not None:
        yield
        return
    token = _open.set(_Gathered())
    try:
        yield
        found = _open.get() or _Gathered()
    finally:
        _open.reset(token)
    keys = set(found.keys)
    for resolve, idents in found.idents.items():
        keys.update(resolve(idents))
    services.mark_stale(*keys)
