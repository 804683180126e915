"""A second opinion for a page of which little was found, and who is right."""

from __future__ import annotations

import re
from html import escape

from lxml import etree

from broadsheet.copydesk.extraction.trees import Node
from broadsheet.lib.html import text_of

ENOUGH = 500
"""From so many characters on a finding is not doubted: it costs as much again to ask somebody else."""

_OURS = 1.5
_WORD = re.compile(r"\w+")
_CODE = re.compile(r"[{};]\s*\n|function\s*\(|=>|</?script", re.IGNORECASE)


def better(markup: str, text: str, *, page: Node, url: str, description: str, told: str) -> str:
    """The markup of the best finding: ours, trafilatura's, or the text that the page tells to machines.

    `told` is the page's own `articleBody`, "" where there is none or it may not be used. What
    holds the words of the page's description weighs more than what does not, ours more than
    another's, and then the longer wins.
    """
    if len(text) >= ENOUGH and not _much_longer(told, text):
        return markup
    findings = [(markup, text)]
    if len(text) < ENOUGH:
        other = _trafilatura(page, url)
        findings.append((other, text_of(other)))
    if told and not _CODE.search(told):
        findings.append(_as_paragraphs(told))
    merits = [_merit(text, description) * (_OURS if number == 0 else 1) for number, (_, text) in enumerate(findings)]
    return findings[merits.index(max(merits))][0]


def _much_longer(told: str, text: str) -> bool:
    return len(text) < 2 * ENOUGH and len(told) > 2 * len(text)


def _merit(text: str, description: str) -> float:
    """Its length, less where it says nothing of what the page's description says."""
    words = set(_WORD.findall(description.lower()))
    held = len(words & set(_WORD.findall(text.lower())))
    return len(text) * (1.0 if len(words) < 5 or held >= 0.6 * len(words) else 0.4)


def _as_paragraphs(told: str) -> tuple[str, str]:
    if "<p" in told[:2000] or "</" in told:
        return told, text_of(told)
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    return "".join(f"<p>{escape(line)}</p>" for line in lines), "\n".join(lines)


def _trafilatura(page: Node, url: str) -> str:
    """What trafilatura takes for the article, as markup; "" where it fails."""
    import trafilatura

    try:
        found = trafilatura.extract(
            page, url=url, output_format="html", include_comments=False, include_tables=True,
            include_images=True, include_links=True, include_formatting=True, with_metadata=False,
        )  # fmt: skip
    except (etree.LxmlError, ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError):
        return ""
    return found or ""
