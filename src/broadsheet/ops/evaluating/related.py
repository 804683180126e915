"""Whether the articles most like one are of its story: headlines of known stories, the five nearest of each."""

from __future__ import annotations

import gzip
import importlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from broadsheet.copydesk import likeness
from broadsheet.copydesk.likeness import Background, Matrix, Piece

NEAREST = 5

Embedder = Callable[[Sequence[str]], Matrix]


def score(data: Path, trained_on: Path | None = None) -> dict[str, Any]:
    """``p_at_5`` of headlines of ``uci`` by 32-byte codes alone and in full, beside the plain measures.

    Of every headline the five most like it among all others are taken; the figure is the share of them that are of
    its story. Word weights and the vectors' centre come from the titles of ``trained_on`` (default: of ``data``):
    other news, without stories. Without a table of vectors only words are scored.
    """
    began = time.process_time()
    fitted = trained_on or data
    earlier = [one["title"] for one in _lines(fitted / "desks-reddit2013-dev.jsonl.gz")]
    rows = list(_lines(data / "stories-uci-dev.jsonl.gz"))
    embed = embedder()
    pieces, turned = _pieces(rows, Background.of(earlier), earlier, embed)
    stories = [one["story"] for one in rows]
    by_words = likeness.likeness([Piece(piece.id, piece.words) for piece in pieces])
    np.fill_diagonal(by_words, -2)
    found: dict[str, Any] = {"words": _rate(_best(by_words), stories)}
    if turned is None:
        near = np.argsort(-by_words, axis=1, kind="stable")[:, : likeness.CANDIDATES]
        found["p_at_5"], seconds = _in_full(pieces, near, stories)
    else:
        held = likeness.codes(turned)
        started = time.process_time()
        # The nearest of all is the headline itself.
        near = np.stack([_others(row, turned[row], held) for row in range(len(rows))])
        found["docs_per_cpu_s_32_bytes"] = round(len(rows) / max(time.process_time() - started, 1e-9))
        found["p_at_5_32_bytes"] = _rate(near[:, :NEAREST], stories)
        by_vectors = turned @ turned.T
        np.fill_diagonal(by_vectors, -2)
        found["vectors"] = _rate(_best(by_vectors), stories)
        found["mix"] = _rate(_best(by_vectors + by_words), stories)
        found["p_at_5"], seconds = _in_full(pieces, near, stories)
    found |= {"docs_per_cpu_s": round(len(rows) / max(seconds, 1e-9)), "texts": len(rows), "stories": len(set(stories))}
    return {
        "job": "related",
        "sets": {"uci": found},
        "cpu_seconds": round(time.process_time() - began, 3),
        "settings": {
            "candidates": likeness.CANDIDATES,
            "neighbours": likeness.NEIGHBOURS,
            "moved": likeness.MOVED,
            "vectors": turned is not None,
            "background": len(earlier),
        },
    }


def embedder() -> Embedder | None:
    """What makes vectors of texts, or None where no table of them is installed."""
    try:
        table = importlib.import_module("broadsheet.copydesk.sections.vectors").installed()
    except ImportError:
        return None
    return table.embed if table is not None else None


def _pieces(
    rows: list[dict[str, Any]], background: Background, earlier: list[str], embed: Embedder | None
) -> tuple[list[Piece], Matrix | None]:
    words = [likeness.weighed(one["title"], background) for one in rows]
    if embed is None:
        return [Piece(one["id"], mine) for one, mine in zip(rows, words, strict=True)], None
    centre = embed(earlier).mean(axis=0)
    vectors = embed([one["title"] for one in rows]) - centre
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + np.float32(1e-9)
    turned = likeness.spun(vectors)
    made = [Piece(one["id"], mine, vector) for one, mine, vector in zip(rows, words, turned, strict=True)]
    return made, turned


def _others(row: int, turned: Matrix, held: likeness.Codes) -> Any:
    places, _ = likeness.nearest(turned, held, likeness.CANDIDATES + 1)
    others = places[places != row]
    return others[: likeness.CANDIDATES]


def _in_full(pieces: list[Piece], near: Any, stories: list[str]) -> tuple[float | None, float]:
    """The figure after the candidates were compared in full, and the CPU seconds that it took."""
    began = time.process_time()
    best = []
    for row, places in enumerate(near):
        order = likeness.ranked(pieces[row], [pieces[place] for place in places])
        best.append([int(places[place]) for place, _ in order[:NEAREST]])
    return _rate(best, stories), time.process_time() - began


def _best(alike: Matrix) -> Any:
    return np.argsort(-alike, axis=1, kind="stable")[:, :NEAREST]


def _rate(best: Any, stories: list[str]) -> float | None:
    hits = [stories[place] == stories[row] for row, places in enumerate(best) for place in places]
    return round(sum(hits) / len(hits), 4) if hits else None


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)
