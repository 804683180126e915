"""The body's typed blocks as the desk edits them. The shapes are those of `copydesk.blocks`, key by key.

What is stored is always the copy desk's own form: plain lists, every key there, no block ids. So a body that was
opened, bound to these blocks and stored again is the same, and the paper prints it without asking Wagtail.
"""

from __future__ import annotations

import re
from typing import Any

from django import forms
from wagtail import blocks

from broadsheet.articles import tables

_UNKNOWN = re.compile(r"</?(?!(?:a|b|br|code|del|em|i|li|ol|p|s|strong|sub|sup|ul)[\s/>])[a-zA-Z][^>]*>")

INLINE = ["bold", "italic", "link", "superscript", "subscript", "strikethrough", "code"]


class InlineBlock(blocks.RichTextBlock):
    """Inline markup as the rich-text editor can take it: elements it does not know leave only their words.

    Handed such elements, the editor would tear the paragraph apart. Who changes a paragraph loses them; who does not
    loses nothing, since an unchanged block keeps what is stored (`desk.bodies`).
    """

    def value_for_form(self, value: Any) -> str:
        """The markup without what the editor cannot show, and with its breaks closed, as it wants them."""
        return _UNKNOWN.sub("", value.source or "").replace("<br>", "<br/>")


class PlainListBlock(blocks.ListBlock):
    """A list stored as a plain list of its values."""

    def get_prep_value(self, value: Any) -> list[Any]:
        """The values alone, without Wagtail's wrapping of each item."""
        return [self.child_block.get_prep_value(one) for one in self.normalize(value)]


class HeadingBlock(blocks.StructBlock):
    """A heading inside the text; the article's own headline is level 1."""

    level = blocks.ChoiceBlock(choices=[(2, "Heading"), (3, "Sub-heading"), (4, "Small heading")], default=2)
    text = InlineBlock(features=["italic", "link"])
    lang = blocks.CharBlock(required=False, label="Language", form_classname="desk-quiet", max_length=35)
    dir = blocks.CharBlock(required=False, label="Direction", form_classname="desk-quiet", max_length=4)

    class Meta:
        icon = "title"


class ListBlock(blocks.StructBlock):
    """A list; `items` may hold inline markup and further lists."""

    ordered = blocks.BooleanBlock(required=False, label="Numbered")
    items = PlainListBlock(InlineBlock(features=[*INLINE, "ol", "ul"]))
    lang = blocks.CharBlock(required=False, label="Language", form_classname="desk-quiet", max_length=35)
    dir = blocks.CharBlock(required=False, label="Direction", form_classname="desk-quiet", max_length=4)

    class Meta:
        icon = "list-ul"


class QuoteBlock(blocks.StructBlock):
    """Somebody's words, set apart."""

    text = InlineBlock(features=[*INLINE, "ol", "ul"])
    cite = InlineBlock(required=False, features=["italic", "link"], label="Who said it")
    lang = blocks.CharBlock(required=False, label="Language", form_classname="desk-quiet", max_length=35)
    dir = blocks.CharBlock(required=False, label="Direction", form_classname="desk-quiet", max_length=4)

    class Meta:
        icon = "openquote"


class TableBlock(blocks.FieldBlock):
    """A table, edited as plain lines: one row a line, cells between bars. Cells that stay keep their markup."""

    def __init__(self, required: bool = True, **kwargs: Any) -> None:
        self.field = forms.CharField(
            required=required,
            widget=forms.Textarea({"rows": 8, "spellcheck": "false", "class": "desk-table"}),
            help_text=(
                "One row a line, cells between bars: Town | Votes. A first line that begins with # is the caption; a "
                "line of dashes stands between heading rows and the rest."
            ),
        )
        super().__init__(**kwargs)

    def value_for_form(self, value: dict[str, Any] | None) -> str:
        """The table as lines."""
        return tables.to_lines(value) if value else ""

    def value_from_form(self, value: str) -> dict[str, Any]:
        """Lines as a table of plain cells."""
        return tables.from_lines(value or "")

    def get_searchable_content(self, value: dict[str, Any] | None) -> list[str]:
        """The words of the table."""
        return [tables.to_lines(value)] if value else []

    class Meta:
        icon = "table"


class PictureBlock(blocks.StructBlock):
    """A picture within a text, by its address; shown only where rights allow and a kept copy exists."""

    url = blocks.CharBlock(max_length=2000)
    alt = blocks.CharBlock(required=False, label="Alternative text")
    caption = InlineBlock(required=False, features=["italic", "link"])
    credit = blocks.CharBlock(required=False)
    width = blocks.IntegerBlock(required=False, form_classname="desk-quiet")
    height = blocks.IntegerBlock(required=False, form_classname="desk-quiet")

    class Meta:
        icon = "image"


class EmbedBlock(blocks.StructBlock):
    """Something hosted elsewhere; printed as a labelled link until the reader asks for it."""

    provider = blocks.CharBlock(required=False)
    url = blocks.URLBlock(max_length=2000)
    title = blocks.CharBlock(required=False)

    class Meta:
        icon = "media"


class CodeBlock(blocks.StructBlock):
    """Text that keeps its lines and spaces."""

    text = blocks.TextBlock(rows=4)

    class Meta:
        icon = "code"


class BodyBlock(blocks.StreamBlock):
    """The whole body of an article."""

    paragraph = InlineBlock(features=INLINE, icon="pilcrow")
    heading = HeadingBlock()
    list = ListBlock()
    quote = QuoteBlock()
    table = TableBlock()
    picture = PictureBlock()
    embed = EmbedBlock()
    code = CodeBlock()
    rule = blocks.StaticBlock(icon="horizontalrule", admin_text="A line across the column")

    def get_prep_value(self, value: Any) -> Any:
        """Type and value of every block; the ids that the editor gives are not part of a text."""
        if not value:
            return []
        return [{"type": one["type"], "value": one["value"]} for one in value.raw_data]

    class Meta:
        required = False
