"""The words of the search index and of a search: pure, and the same for every database.

Text becomes a row of plain terms here, not in the database, so that SQLite and PostgreSQL find the same things and
neither ever sees what a reader typed. A term is a case-folded run of letters, digits and their marks, with the accents
of Latin, Greek and Cyrillic letters taken off. A run of a script without spaces (Han, kana, Thai, Lao, Burmese, Khmer)
becomes its overlapping pairs of characters and, last, its final character: any stretch of it is then found as a phrase
of pairs and any single character as the beginning of a term.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape

#: Longest query that is read; the rest is left out.
MAX_QUERY = 300
#: Most words and phrases of one query that count.
MAX_WANTED = 12
#: Terms longer than this are no words (they are encoded data) and are cut.
MAX_TERM = 64
#: A last word of at least this many characters also finds the words it begins. Shorter ones begin half the
#: dictionary, and the database has to read all of that.
MIN_PREFIX = 4

_SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
# Marks outside the range that folding takes off belong to their word (Hebrew points, Arabic vowel signs, Indic signs).
_MARKS = (
    "\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u0900-\u0963\u0966-\u0dff\u0f00-\u0fff"
)
_RUN = re.compile(rf"[{_SPACELESS}]+|(?:(?![{_SPACELESS}])[^\W_]|[{_MARKS}])+")
_ASCII_RUN = re.compile(r"[a-z0-9]+")
_ONE_SPACELESS = re.compile(rf"[{_SPACELESS}]")
_ACCENTS = re.compile("[\u0300-\u036f]")
# Invisible characters inside words; the joiners would otherwise split them.
_UNSEEN = re.compile("[\u00ad\u0640\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂〝〞「」『』", '"'))
_ASKED = re.compile(r'(?P<minus>-)?"(?P<phrase>[^"]*)(?:"|\Z)|(?P<word>[^\s"]+)')


def fold(text: str) -> str:
    """The comparable form of a text: compatibility forms, case and accents gone."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).casefold()
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text)))


def terms(text: str) -> list[str]:
    """The terms of a text in reading order, as they go into the index."""
    folded = fold(text)
    if folded.isascii():
        return [run[:MAX_TERM] for run in _ASCII_RUN.findall(folded)]
    found: list[str] = []
    for run in _RUN.findall(folded):
        if _ONE_SPACELESS.match(run):
            found.extend(_pairs(run))
            found.append(run[-1])
        else:
            found.append(run[:MAX_TERM])
    return found


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A word or phrase of a query: terms that follow one another. `prefix`: the last is a beginning only.

    `text` is its folded form, for finding it in a text that is shown.
    """

    terms: tuple[str, ...]
    text: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What a reader asked for: everything in `wanted`, nothing of `unwanted`. Falsy where nothing is wanted."""

    wanted: tuple[Wanted, ...] = ()
    unwanted: tuple[Wanted, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.wanted)

    @property
    def open_ended(self) -> bool:
        """Whether the last word also stands for the words it begins."""
        return bool(self.wanted) and self.wanted[-1].prefix and not _is_single(self.wanted[-1])

    def whole_words(self) -> Query:
        """The same with the last word taken as it stands."""
        if not self.open_ended:
            return self
        return replace(self, wanted=(*self.wanted[:-1], replace(self.wanted[-1], prefix=False)))


def _is_single(wanted: Wanted) -> bool:
    """One character of a script without spaces: only ever found as a beginning."""
    return len(wanted.text) == 1 and bool(_ONE_SPACELESS.match(wanted.text))


def parse(text: str) -> Query:
    """Read a query. Never raises: what is no word, "quoted phrase" or -minus word is left out.

    A quote that is not closed reaches to the end. A last word that stands outside quotes is a beginning.
    """
    text = text[:MAX_QUERY].translate(_QUOTES)
    wanted: dict[Wanted, None] = {}
    unwanted: dict[Wanted, None] = {}
    for match in _ASKED.finditer(text):
        word = match["word"]
        minus = bool(match["minus"]) or (word is not None and word.startswith("-"))
        pieces = _pieces(match["phrase"] if word is None else word)
        if not pieces:
            continue
        if word is not None and match.end() == len(text) and not minus:
            pieces[-1] = _opened(pieces[-1])
        for piece in pieces if word is not None else [_joined(pieces)]:
            (unwanted if minus else wanted)[piece] = None
    return Query(tuple(wanted)[-MAX_WANTED:], tuple(unwanted)[:MAX_WANTED])


def _pieces(text: str) -> list[Wanted]:
    """The wanted things of one word: usually one; a word that mixes scripts gives one for each run.

    `co-op` and `don't` are phrases of their parts, since that is how the index holds them.
    """
    found: list[Wanted] = []
    spaced: list[str] = []
    for run in _RUN.findall(fold(text)):
        if not _ONE_SPACELESS.match(run):
            spaced.append(run[:MAX_TERM])
            continue
        if spaced:
            found.append(Wanted(tuple(spaced), " ".join(spaced)))
            spaced = []
        pairs = _pairs(run)
        found.append(Wanted(tuple(pairs), run) if pairs else Wanted((run,), run, prefix=True))
    if spaced:
        found.append(Wanted(tuple(spaced), " ".join(spaced)))
    return found


def _opened(last: Wanted) -> Wanted:
    spaceless = bool(_ONE_SPACELESS.match(last.text))
    return last if spaceless or len(last.terms[-1]) < MIN_PREFIX else replace(last, prefix=True)


def _joined(pieces: list[Wanted]) -> Wanted:
    """A quoted phrase: all its terms in a row. After a run without spaces the index holds its final character."""
    if len(pieces) == 1:
        return pieces[0]
    row: list[str] = []
    for number, piece in enumerate(pieces):
        row.extend(piece.terms)
        if number < len(pieces) - 1 and _ONE_SPACELESS.match(piece.text) and len(piece.text) > 1:
            row.append(piece.text[-1])
    return Wanted(tuple(row), " ".join(piece.text for piece in pieces), pieces[-1].prefix)


# Finding the wanted words in a text that is shown.


def _pattern(wanted: Wanted) -> str:
    """A regular expression on folded text, whose words are the index's words."""
    if _ONE_SPACELESS.match(wanted.text) and " " not in wanted.text:
        return re.escape(wanted.text)
    between = r"[\W_]*" if not wanted.text.isascii() else r"[\W_]+"
    row = between.join(re.escape(part) for part in wanted.text.split(" "))
    return rf"(?<![^\W_]){row}" + (r"[^\W_]*" if wanted.prefix else r"(?![^\W_])")


def counters(query: Query) -> list[Callable[[str], int]]:
    """For each wanted thing, how often it stands in a folded text."""
    return [_counter(wanted) for wanted in query.wanted]


def _counter(wanted: Wanted) -> Callable[[str], int]:
    pattern = re.compile(_pattern(wanted))
    first = wanted.text.partition(" ")[0]

    def count(folded: str) -> int:
        # Most texts lack most words, and a plain search says so ten times faster.
        return sum(1 for _ in pattern.finditer(folded)) if first in folded else 0

    return count


def _matcher(query: Query) -> re.Pattern[str] | None:
    """What finds any of the wanted things in folded text. None: nothing is wanted."""
    if not query:
        return None
    return re.compile("|".join(f"(?:{_pattern(wanted)})" for wanted in query.wanted))


def _folded_with_places(text: str) -> tuple[str, list[int]]:
    """The folded text and, for each of its characters, where in `text` it came from."""
    pieces: list[str] = []
    places: list[int] = []
    at = 0
    while at < len(text):
        end = at + 1
        while end < len(text) and _ACCENTS.match(text[end]):
            end += 1
        piece = fold(text[at:end])
        pieces.append(piece)
        places.extend([at] * len(piece))
        at = end
    places.append(len(text))
    return "".join(pieces), places


def _spans(text: str, query: Query) -> list[tuple[int, int]]:
    found = _matcher(query)
    if found is None:
        return []
    if text.isascii():
        return [match.span() for match in found.finditer(text.lower())]
    folded, places = _folded_with_places(text)
    spans = []
    for match in found.finditer(folded):
        start, end = places[match.start()], places[match.end()]
        if end > start:
            spans.append((start, end))
    return spans


#: Characters of a text in which a hit is looked for.
MAX_SEARCHED = 20_000
#: How long a snippet is, in characters, and how much of it stands before the first hit.
SNIPPET = 240
_LEAD_IN = 60


def snippet(text: str, query: Query, *, length: int = SNIPPET) -> str:
    """The stretch of `text` round the first hit, as escaped markup with hits in `<mark>`.

    Where nothing is found in it, the beginning of the text. Cut ends show an ellipsis.
    """
    text = text[:MAX_SEARCHED]
    spans = _spans(text, query)
    start = _word_start(text, spans[0][0] - _LEAD_IN) if spans and spans[0][0] > length // 2 else 0
    end = _word_end(text, start, start + length)
    made = _mark(text, spans, start, end)
    return ("… " if start else "") + (f"{made.rstrip()}…" if end < len(text) else made)


def marked(text: str, query: Query) -> str:
    """The whole of a short text, escaped, with hits in `<mark>`."""
    return _mark(text, _spans(text, query), 0, len(text))


def _mark(text: str, spans: list[tuple[int, int]], start: int, end: int) -> str:
    pieces = []
    at = start
    for begin, stop in spans:
        if begin >= at and stop <= end:
            pieces += [escape(text[at:begin]), "<mark>", escape(text[begin:stop]), "</mark>"]
            at = stop
    pieces.append(escape(text[at:end]))
    return "".join(pieces)


def _word_start(text: str, at: int) -> int:
    space = text.find(" ", at, at + 30)
    return at if space < 0 else space + 1


def _word_end(text: str, start: int, at: int) -> int:
    if at >= len(text):
        return len(text)
    space = text.rfind(" ", max(start, at - 30), at)
    return at if space <= start else space
