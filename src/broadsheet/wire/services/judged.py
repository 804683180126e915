"""Sections of arrived texts, judged a batch at once before they are filed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import structlog

from broadsheet.copydesk import blocks
from broadsheet.wire import judging
from broadsheet.wire.models import Dispatch
from broadsheet.wire.services.stock import Case

log = structlog.get_logger(__name__)


def sectioned(cases: list[Case], put_aside: Callable[[Dispatch, Exception], None]) -> list[Case]:
    """The same cases; those that are to be filed know their sections, judged all at once.

    If that fails, each is judged by itself, and only what cannot be judged is put aside.
    """
    try:
        return _sectioned_at_once(cases)
    except Exception as error:  # noqa: BLE001
        log.info("a batch could not be judged at once", dispatches=len(cases), error=repr(error))
    done: list[Case] = []
    for case in cases:
        try:
            done += _sectioned_at_once([case])
        except Exception as error:  # noqa: BLE001  whatever a text does to the judge, the wire goes on
            put_aside(case.row, error)
    return done


def _sectioned_at_once(cases: list[Case]) -> list[Case]:
    whole = [case for case in cases if case.filing is not None]
    judged = iter(judging.judge_all([_judgeable(case) for case in whole])) if whole else iter(())
    return [
        replace(case, filing=replace(case.filing, judged=next(judged))) if case.filing is not None else case
        for case in cases
    ]


def _judgeable(case: Case) -> judging.Judgeable:
    filing, row = case.filed(), case.row
    labels = (row.payload or {}).get("categories") or []
    return judging.Judgeable(
        headline=filing.headline,
        plain=f"{filing.standfirst} {blocks.text(filing.body[:3])}",
        labels=tuple(str(one) for one in labels),
        url=filing.origin_url,
        source=str(filing.source.pk),
        usual=filing.source.default_section,
        fixed=row.feed.section,
        judged=filing.judged,
    )
