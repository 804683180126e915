"""What a browser would send from the article's form: the editor's script builds the body's fields, so tests do too."""

from __future__ import annotations

from typing import Any

from wagtail import blocks

from broadsheet.articles.models import Article

STREAM = Article._meta.get_field("body").stream_block


def fields(block: blocks.Block, state: Any, prefix: str, out: dict[str, str]) -> dict[str, str]:
    """The form fields of a block whose editor shows `state`."""
    match block:
        case blocks.StreamBlock():
            out[f"{prefix}-count"] = str(len(state))
            for place, one in enumerate(state):
                at = f"{prefix}-{place}"
                out |= {f"{at}-deleted": "", f"{at}-order": str(place), f"{at}-type": one["type"], f"{at}-id": ""}
                fields(block.child_blocks[one["type"]], one["value"], f"{at}-value", out)
        case blocks.ListBlock():
            out[f"{prefix}-count"] = str(len(state))
            for place, one in enumerate(state):
                at = f"{prefix}-{place}"
                out |= {f"{at}-deleted": "", f"{at}-order": str(place), f"{at}-id": one["id"] or ""}
                fields(block.child_block, one["value"], f"{at}-value", out)
        case blocks.StructBlock():
            for name, child in block.child_blocks.items():
                fields(child, state[name], f"{prefix}-{name}", out)
        case blocks.BooleanBlock():
            if state:
                out[prefix] = "on"
        case blocks.StaticBlock():
            pass
        case _:
            plain = state[0] if isinstance(state, list) else state
            out[prefix] = "" if plain is None else str(plain)
    return out


def body_fields(body: Any) -> dict[str, str]:
    """The fields of a whole body, as they are when somebody opened the form and touched nothing."""
    value = STREAM.to_python(body) if isinstance(body, list) else body
    return fields(STREAM, STREAM.get_form_state(value), "body", {})


def form_of(article: Article | None, **changes: str) -> dict[str, str]:
    """The whole form of an article (its newest draft), with some fields changed."""
    draft = article.get_latest_revision_as_object() if article is not None else Article()
    data = {
        "headline": draft.headline,
        "standfirst": draft.standfirst,
        "byline": draft.byline,
        "language": draft.language,
        "section": str(draft.section_id or ""),
        "picture": "",
        "topics_text": ", ".join(draft.topics.order_by("article_links__rank").values_list("name", flat=True))
        if article is not None
        else "",
        "go_live_at": "",
        "expire_at": "",
        **body_fields(draft.body),
    }
    return data | changes
