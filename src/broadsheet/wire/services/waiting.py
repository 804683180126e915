"""Cases of a batch that wait to be filed together: new articles, their copies, and kin that is shown beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from broadsheet.articles.models import Article
from broadsheet.articles.services import Collation, Filing, Likeness
from broadsheet.articles.services.copying import receipt
from broadsheet.copydesk.copies import Finding, Id
from broadsheet.sources.models import RightsProfile, Source
from broadsheet.wire import rules
from broadsheet.wire.models import Dispatch
from broadsheet.wire.services.stock import Case

SAME_PASSAGES = "same_passages"
DETAIL = 500


@dataclass(frozen=True)
class Waiting:
    """A case whose fate is known, and its place in the batch. With a likeness it is a copy, or kin if not `hidden`."""

    case: Case
    place: int
    likeness: Likeness | None = None
    hidden: bool = False

    @property
    def leans_on(self) -> tuple[Id, ...]:
        """The texts whose articles have to be there before it is filed."""
        return (self.likeness.original, self.likeness.finding.copy_of) if self.likeness else ()

    def filing(self, collation: Collation) -> Filing:
        """What is filed of it, once all that it leans on is."""
        filing = self.case.filed()
        if self.likeness is None:
            return filing
        finding = self.likeness.finding
        of = collation.article(finding.copy_of)
        if not self.hidden:
            return replace(with_receipt(filing, "kin", finding, of), kin_of_id=of)
        return replace(with_receipt(filing, "copy", finding, of), copy_of_id=collation.article(self.likeness.original))

    def end(self, row: Dispatch) -> None:
        """Set the fate that it meets by being filed."""
        row.fate, row.reason = Dispatch.Fate.FILED, ""
        if self.hidden and self.likeness is not None:
            row.fate, row.reason = Dispatch.Fate.COPIED, SAME_PASSAGES
            row.detail = with_detail(row, self.likeness.finding.reason)


def with_detail(row: Dispatch, said: str) -> str:
    """A dispatch's detail with a sentence before what was said of it already, perhaps of its page."""
    return " ".join(filter(None, (said, row.detail)))[:DETAIL]


def with_receipt(filing: Filing, name: str, finding: Finding, of: int | None) -> Filing:
    """The filing with a finding among the reasons of its judgement."""
    reasons: dict[str, Any] = {**filing.judged.reasons, name: receipt(finding, of)}
    return replace(filing, judged=replace(filing.judged, reasons=reasons))


def in_turns(waiting: Sequence[Waiting], is_filed: Callable[[Id], bool]) -> Iterator[list[Waiting]]:
    """Those that can be filed at once, again and again until none is left: what leans on another comes after it.

    The caller files each turn before it asks for the next.
    """
    left = list(waiting)
    while left:
        ready = [one for one in left if all(is_filed(name) for name in one.leans_on)]
        assert ready, "texts lean on each other in a circle"
        left = [one for one in left if one not in ready]
        yield ready


def near_of(case: Case, likeness: Likeness | None) -> rules.Near | None:
    """A likeness as the decision sees it."""
    if likeness is None:
        return None
    filing = case.filed()
    return rules.Near(
        own=likeness.own,
        equal=likeness.equal,
        withdrawn=likeness.withdrawn,
        earlier=likeness.moment is not None and filing.published_at < likeness.moment,
        house=filing.source.is_house,
        unseen=likeness.unseen,
    )


def came_earlier(filing: Filing, first: Article) -> bool:
    """Whether this text was published before the equal one that arrived before it, and may take its place.

    Never when the paper would show less of the text than now, or when an editor has touched the one it has.
    """
    new, old = filing.source, first.source
    return (
        filing.published_at < first.published_at
        and new.publishing == Source.Publishing.AT_ONCE
        and _LEAST_TO_MOST.index(new.rights.text) >= _LEAST_TO_MOST.index(old.rights.text)
        and not old.is_house
        and not first.kept_fields
        and first.copy_of_id is None
    )


_LEAST_TO_MOST: list[str] = [RightsProfile.Text.HEADLINE, RightsProfile.Text.EXCERPT, RightsProfile.Text.FULL]
