"""Lines in, lines out: order kept, a few under way at once, each answer out as soon as it is its turn."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, BinaryIO

MAX_LINE = 32 * 1024 * 1024
"""Longest line in bytes: a body of the largest size that the door lets in, as base64, with room to spare."""

_CHUNK = 1 << 16
_END = None

Answerer = Callable[[Any], dict[str, Any]]


class _TooLong:
    """Stands for a line that was longer than we keep."""


def lines(read: Callable[[int], bytes], limit: int = MAX_LINE) -> Iterator[bytes | _TooLong]:
    """The lines of a stream without their ends, from a read that returns what there is; empty ones are left out."""
    held = bytearray()
    skipping = False
    while chunk := read(_CHUNK):
        start = 0
        while (end := chunk.find(b"\n", start)) >= 0:
            held += chunk[start:end]
            start = end + 1
            if skipping or len(held) > limit:
                yield _TooLong()
            elif held.strip():
                yield bytes(held)
            held, skipping = bytearray(), False
        if skipping:
            continue
        held += chunk[start:]
        if len(held) > limit:
            held, skipping = bytearray(), True
    if skipping:
        yield _TooLong()
    elif held.strip():
        yield bytes(held)


def serve(into: BinaryIO, out: BinaryIO, answer: Answerer, *, workers: int) -> int:
    """Answer every line of `into`, which must not be buffered, on `out`; returns how many there were.

    At most twice as many lines as `workers` are held at once, so any number of them may come.
    """
    waiting: queue.Queue[Future[bytes] | None] = queue.Queue(maxsize=2 * workers)
    count = 0
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="try") as pool:

        def read_on() -> None:
            try:
                for line in lines(into.read):
                    waiting.put(pool.submit(_answered, line, answer))
            except (RuntimeError, OSError, ValueError):
                pass  # nobody reads the answers any more, or the input broke off: the end either way
            waiting.put(_END)

        threading.Thread(target=read_on, name="try-reads", daemon=True).start()
        while (future := waiting.get()) is not _END:
            out.write(future.result())
            out.flush()
            count += 1
    return count


def _answered(line: bytes | _TooLong, answer: Answerer) -> bytes:
    if isinstance(line, _TooLong):
        told: dict[str, Any] = {"id": None, "reason": f"bad_request: The line is longer than {MAX_LINE} bytes."}
    else:
        try:
            request = json.loads(line.decode("utf-8"), parse_constant=_no_number)
        except (ValueError, RecursionError):
            told = {"id": None, "reason": "bad_request: The line is no JSON object."}
        else:
            told = answer(request)
    return json.dumps(told, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is not JSON")
