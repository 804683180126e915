"""What the paper has already of a batch of arrivals: found with three queries, kept true while the batch is filed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from broadsheet.articles.models import Article
from broadsheet.articles.services import Filing, state_of
from broadsheet.copydesk import blocks
from broadsheet.wire import judging, rules
from broadsheet.wire.models import Dispatch


@dataclass(frozen=True)
class Case:
    """A dispatch that was judged; without arrival and filing it has to wait for its page."""

    row: Dispatch
    arrival: rules.Arrival | None = None
    filing: Filing | None = None

    def filed(self) -> Filing:
        """The filing of a case that has one."""
        assert self.filing is not None
        return self.filing

    @property
    def compares_text(self) -> bool:
        """Whether its text is long enough to say anything when it equals another."""
        filing = self.filed()
        return bool(filing.text_hash) and filing.judged.words >= rules.COPY_MIN_WORDS

    @property
    def marks(self) -> set[tuple[str, object]]:
        """By what it may be known: its entry, its address, its words."""
        filing = self.filed()
        found: set[tuple[str, object]] = {("entry", (filing.source.pk, filing.entry_key))}
        if filing.url_key:
            found.add(("address", filing.url_key))
        if self.compares_text:
            found.add(("text", filing.text_hash))
        return found


@dataclass(frozen=True)
class _Held:
    """An article as matching needs it."""

    pk: int
    source_id: int
    withdrawn: bool
    entry_key: str
    url_key: str
    text_hash: str
    is_copy: bool

    @property
    def marks(self) -> list[tuple[str, object]]:
        return [("entry", (self.source_id, self.entry_key)), ("address", self.url_key), ("text", self.text_hash)]


class Stock:
    """The articles that the cases of one batch may be, or be equal to."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self._cases = cases
        self._expected: set[tuple[str, object]] = set()
        self._by_mark: dict[tuple[str, object], list[_Held]] = {}
        self.renew()

    def renew(self) -> None:
        """Look anew, after an article changed or was filed otherwise."""
        filings = [case.filed() for case in self._cases]
        entries = {
            "source_id__in": {one.source.pk for one in filings},
            "entry_key__in": {one.entry_key for one in filings},
        }
        addresses = {one.url_key for one in filings if one.url_key}
        hashes = {case.filed().text_hash for case in self._cases if case.compares_text}
        self._by_mark = {}
        found: dict[int, _Held] = {}
        asked: Mapping[str, Any]
        for asked in (entries, {"url_key__in": addresses}, {"text_hash__in": hashes}):
            if all(asked.values()):
                found |= {one.pk: one for one in _held(asked)}
        for pk in sorted(found):
            self._enter(found[pk])

    def _enter(self, held: _Held) -> None:
        for mark in held.marks:
            self._by_mark.setdefault(mark, []).append(held)

    def expect(self, case: Case) -> None:
        """The case is about to be filed as an article."""
        self._expected |= case.marks

    def expects(self, case: Case) -> bool:
        """Whether an article that is about to be filed may be what this case is."""
        return not self._expected.isdisjoint(case.marks)

    def add(self, articles: Iterable[Article]) -> None:
        """What was expected is filed."""
        self._expected.clear()
        for one in articles:
            copy = one.copy_of_id is not None
            self._enter(_Held(one.pk, one.source_id, False, one.entry_key, one.url_key, one.text_hash, copy))

    def known(self, case: Case) -> rules.Known:
        """What the paper has: the same entry, the same address, the same words. The oldest article counts."""
        filing = case.filed()
        source_id = filing.source.pk
        found = {one.pk: one for mark in case.marks for one in self._by_mark.get(mark, ())}
        by_entry = by_address = by_text = None
        for pk in sorted(found):
            held = found[pk]
            article = rules.KnownArticle(pk, held.source_id, held.withdrawn)
            if held.source_id == source_id and held.entry_key == filing.entry_key:
                by_entry = by_entry or _with_state(article)
            elif filing.url_key and held.url_key == filing.url_key:
                by_address = by_address or (_with_state(article) if held.source_id == source_id else article)
            elif not held.is_copy:
                by_text = by_text or article
        return rules.Known(by_entry, by_address, by_text)


def _held(asked: Mapping[str, Any]) -> Iterable[_Held]:
    columns = ("pk", "source_id", "withdrawn_at", "entry_key", "url_key", "text_hash", "copy_of_id")
    rows = Article.objects.filter(**asked).order_by().values_list(*columns)
    for pk, source_id, withdrawn_at, entry_key, url_key, text_hash, copy_of_id in rows:
        yield _Held(pk, source_id, withdrawn_at is not None, entry_key, url_key, text_hash, copy_of_id is not None)


def _with_state(article: rules.KnownArticle) -> rules.KnownArticle:
    """With the hash of what the paper shows, which only an update has to be compared with."""
    state = state_of(Article.objects.get(pk=article.id))
    return replace(article, state_hash=judging.state_hash(**state), words=blocks.words(state["body"]))
