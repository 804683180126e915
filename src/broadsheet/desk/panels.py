"""What an editor sees of an article beside its text: where it came from and why it stands where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wagtail.admin.panels import Panel

from broadsheet.articles.models import Article, Judgement, Section, Version
from broadsheet.articles.services import sectioning
from broadsheet.core import clock
from broadsheet.desk import states
from broadsheet.lib import urls
from broadsheet.sources import rights
from broadsheet.sources.queries import profile_of
from broadsheet.stories.models import Placement
from broadsheet.wire.models import Dispatch

FIELD_WORDS = {"headline": "headline", "standfirst": "standfirst", "byline": "byline", "body": "text"}
VERSIONS_SHOWN = 20


class WirePanel(Panel):
    """Source, rights, judgement, placement and ledger of an article, to read."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "desk/panels/wire.html"

        def is_shown(self) -> bool:
            """Only for articles that are stored."""
            return self.instance.pk is not None

        def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
            """The facts of the article as it is stored, whatever draft is open."""
            context: dict[str, Any] = super().get_context_data(parent_context)
            context.update(facts(self.instance.pk))
            context["may_publish"] = self.request.user.has_perm("articles.publish_article")
            return context


def facts(article_id: int) -> dict[str, Any]:
    """Everything the panel prints about an article."""
    article = (
        Article.objects.select_related("source__rights", "source__owner", "shown_section", "copy_of")
        .defer("body", "copy_of__body")
        .get(pk=article_id)
    )
    judged = Judgement.objects.select_related("section").filter(article_id=article_id).first()
    placement = Placement.objects.select_related("story__lead").defer("story__lead__body").filter(pk=article_id).first()
    versions = Version.objects.filter(article_id=article_id).select_related("editor").order_by("-number")
    dispatches = Dispatch.objects.filter(article_id=article_id).select_related("feed").defer("payload").order_by("-id")
    return {
        "article": article,
        "state": states.of_article(article, clock.now()),
        "rights_line": rights.rights_line(profile_of(article.source.rights), article.source.name),
        "origin_url": urls.safe_link(article.origin_url, article.origin_url) if article.origin_url else None,
        "judged": judged,
        "reasons": receipt(_without_sections(judged.reasons)) if judged else [],
        "section_reasons": sectioning.told(judged.reasons) if judged else [],
        "second": Section.objects.filter(key=judged.second).first() if judged and judged.second else None,
        "placement": placement,
        "placement_reasons": _told(placement.detail) if placement else [],
        "kept": [FIELD_WORDS.get(name, name) for name in article.kept_fields],
        "versions": [_version(row) for row in versions[:VERSIONS_SHOWN]],
        "dispatches": [(row, states.of_dispatch(row)) for row in dispatches[:10]],
        "copies": article.copies.select_related("source").defer("body")[:10],
    }


def _without_sections(reasons: Any) -> Any:
    """Stored reasons without what the section judge keeps for itself; its reasons have a place of their own."""
    if not isinstance(reasons, dict):
        return reasons
    return {name: why for name, why in reasons.items() if name not in {"pushes", "best", "labels"}}


def receipt(reasons: Any) -> list[tuple[str, str]]:
    """Stored reasons as lines of (what, why), whatever shape the machine kept them in."""
    if not isinstance(reasons, dict):
        return [("", str(reasons))] if reasons else []
    return [
        (name.replace("_", " "), _plain(value)) for name, value in reasons.items() if value not in (None, "", [], {})
    ]


def _told(detail: Any) -> list[tuple[str, str]]:
    """The reason of a placement without the numbers of rows, which tell an editor nothing."""
    if isinstance(detail, dict):
        detail = {name: value for name, value in detail.items() if not isinstance(value, int)}
    return receipt(detail)


def _plain(value: Any) -> str:
    if isinstance(value, dict) and "receipt" in value:
        return str(value["receipt"])
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_plain(one)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    return str(value)


def _version(row: Version) -> dict[str, Any]:
    changed = [FIELD_WORDS.get(name, name) for name in row.changed]
    if not row.changed:
        what = "as it was first filed"
    elif row.shown:
        what = f"changed {', '.join(changed)}"
    else:
        what = f"offered a new {', '.join(changed)}; the desk's own stayed"
    return {"number": row.number, "at": row.at, "who": row.editor or row.get_by_display(), "what": what, "row": row}
