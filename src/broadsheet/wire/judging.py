"""From an arrived entry to a filing: the copy desk's answers gathered. No network."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from broadsheet.articles.services import Judged
from broadsheet.articles.services.sectioning import ToJudge, judge_sections
from broadsheet.copydesk import blocks, language, readingtime, topics
from broadsheet.copydesk.entries import Entry
from broadsheet.copydesk.likeness import Matrix
from broadsheet.copydesk.sections.evidence import Evidence
from broadsheet.lib import html, text, urls

STANDFIRST_WORDS = 45


@dataclass(frozen=True)
class Text:
    """An entry as the paper would print it: plain headline and standfirst, typed blocks, what was judged."""

    headline: str
    standfirst: str
    byline: str
    body: list[dict[str, Any]]
    words: int
    text_hash: str
    state_hash: str
    judged: Judged
    topics: tuple[str, ...]
    links: tuple[str, ...]
    picture: dict[str, Any]
    # Whoever makes the text's vector for the section leaves it here, and it is not made again in filing.
    vector: Matrix | None = field(default=None, compare=False, repr=False)


def set_text(
    entry: Entry,
    page: dict[str, Any] | None,
    *,
    base: str,
    default_section: str,
    default_language: str,
    source_host: str,
    source_name: str,
) -> Text:
    """Set an entry, with its page's text where that was read and is the longer one."""
    content = blocks.compose(entry.content_html or "", base=base) if entry.content_html else []
    summary = blocks.compose(entry.summary_html, base=base) if entry.summary_html else []
    body, words = max(((one, blocks.words(one)) for one in (content, summary)), key=lambda pair: pair[1])
    from_page = False
    walled = bool(page) and (page or {}).get("wall") == "paywall"
    # What stands before a paywall is a teaser with a request to pay: the feed's own words are the better excerpt.
    if page and page.get("html") and not walled:
        paged = blocks.compose(page["html"], base=page.get("url") or base)
        if blocks.words(paged) > words:
            body, words, from_page = paged, blocks.words(paged), True
    plain = blocks.text(body)
    tongue = language.detect(f"{entry.title}\n{plain}", entry.language or default_language)
    headline = text.tidy(entry.title) or _first_words(plain, tongue)
    standfirst = _standfirst(entry, summary, body, from_page, tongue) or _described(page, body, tongue)
    # The section is judged for a whole batch at once, by `judge_all`.
    judged = Judged(
        section_key=default_section,
        confidence=0.0,
        language=tongue,
        words=words,
        read_minutes=readingtime.minutes(words, tongue),
        reasons={"language": "said by the feed" if entry.language else "recognised from the text",
                 "text": _whence(from_page=from_page, walled=walled)},
    )  # fmt: skip
    byline = _byline(entry.authors or (page or {}).get("authors") or [])
    return Text(
        headline=headline,
        standfirst=standfirst,
        byline=byline,
        body=body,
        words=words,
        text_hash=text.text_hash(plain) if words else "",
        state_hash=state_hash(headline, standfirst, byline, body),
        judged=judged,
        topics=tuple(topics.from_categories(entry.categories))[:8],
        links=_outside_links(body, base, source_host),
        picture=_picture(entry, page),
    )


@dataclass(frozen=True)
class Judgeable:
    """A text that is set, with all that its section is judged by. `fixed`: the section that its feed is for."""

    headline: str
    plain: str
    labels: tuple[str, ...]
    url: str
    source: str
    usual: str
    fixed: str
    judged: Judged


def judge_all(texts: Sequence[Judgeable]) -> list[Judged]:
    """What was judged of each text, with its section; a batch costs a fifth of what its texts cost one by one."""
    asked = [
        ToJudge(
            Evidence(
                one.headline, one.plain, one.labels, one.url, one.source, one.usual, one.judged.language.split("-")[0]
            ),
            one.fixed,
        )
        for one in texts
    ]
    return [
        replace(
            one.judged,
            section_key=found.section,
            second=found.second,
            confidence=found.confidence,
            abstained=found.abstained,
            version=found.version,
            reasons={**found.reasons, **one.judged.reasons},
        )
        for one, found in zip(texts, judge_sections(asked), strict=True)
    ]


def _whence(*, from_page: bool, walled: bool) -> str:
    if walled:
        return "as in the feed: the page keeps the rest for subscribers"
    return "read from the page" if from_page else "as in the feed"


def state_hash(headline: str, standfirst: str, byline: str, body: list[dict[str, Any]]) -> str:
    """One hash over everything of a text that readers see."""
    material = json.dumps([headline, standfirst, byline, body], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(material.encode()).hexdigest()


def _first_words(plain: str, tongue: str) -> str:
    return html.excerpt(plain, 12, tongue)


def _standfirst(
    entry: Entry, summary: list[dict[str, Any]], body: list[dict[str, Any]], from_page: bool, tongue: str
) -> str:
    """The feed's summary as a standfirst, unless it is only the beginning of the text once more."""
    words = " ".join(blocks.text(summary).split())
    if not words or (body is summary and not from_page):
        return ""
    start = " ".join(blocks.text(body).split())
    if text.normal(start).startswith(text.normal(words.rstrip("….[] "))):
        return ""
    return html.excerpt(words, STANDFIRST_WORDS, tongue)


def _described(page: dict[str, Any] | None, body: list[dict[str, Any]], tongue: str) -> str:
    """What the article's page says of itself, for feeds that say nothing; not the text's beginning."""
    said = " ".join(text.tidy((page or {}).get("description") or "").split())
    if not said or text.normal(" ".join(blocks.text(body).split())).startswith(text.normal(said.rstrip("….[] "))):
        return ""
    return html.excerpt(said, STANDFIRST_WORDS, tongue)


def _byline(authors: list[str]) -> str:
    """Names as a byline prints them: «A, B and C»."""
    names = [name for author in authors if (name := text.tidy(author)[:120])]
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"[:300]


def _outside_links(body: list[dict[str, Any]], base: str, source_host: str) -> tuple[str, ...]:
    """Pages elsewhere that the text points to: not the source's own, not a bare home page."""
    found: list[str] = []
    own = urls.registrable(source_host)
    for url in html.links(blocks.to_html(body), base):
        parsed = urls.parse(url)
        if parsed is None or not parsed.is_web or len(parsed.path) < 2:
            continue
        if urls.registrable(parsed.host) == own:
            continue
        address = urls.canonical(parsed.href)
        if len(address) <= 2000:
            found.append(address)
    return tuple(dict.fromkeys(found))[:30]


def _picture(entry: Entry, page: dict[str, Any] | None) -> dict[str, Any]:
    """The best picture the source names, with what it says of it; the page may say what the feed does not."""
    best = max(entry.pictures, key=lambda one: one.width or 0, default=None)
    paged = page or {}
    url = best.url if best is not None else paged.get("picture")
    if not url:
        return {}
    said = paged.get("picture_alternative", "") if paged.get("picture") in (None, url) else ""
    return {
        "url": url,
        "credit": best.credit if best is not None else "",
        "caption": best.caption if best is not None else "",
        "alternative": (best.alternative if best is not None else "") or said,
    }


def published_of(entry: Entry, page: dict[str, Any] | None) -> datetime | None:
    """When the source says it was published; the page is asked where the feed is silent."""
    if entry.published or entry.updated or not page or not page.get("published"):
        return entry.published
    return datetime.fromisoformat(page["published"])
