"""Sections: the places where articles stand in the paper."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from broadsheet.articles import rules
from broadsheet.articles.events import SectionsChanged
from broadsheet.articles.models import Section
from broadsheet.articles.services import section_learning
from broadsheet.copydesk.sections.descriptions import SHIPPED
from broadsheet.core import events
from broadsheet.desk.listing import PER_PAGE, TextColumn
from broadsheet.lib import text
from broadsheet.pages import services as pages


class SectionForm(WagtailAdminModelForm):
    """A section's name and address; the address may not be one the paper needs itself.

    Where the publisher wrote nothing about what it prints, the form shows what ships; unchanged that is not stored, so
    that a later release may better it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "about" in self.fields and not self.instance.about:
            self.initial["about"] = shipped_about(self.instance.key)

    def clean_about(self) -> str:
        """Tidy lines; nothing where they are those that ship."""
        about = "\n".join(text.tidy(line) for line in self.cleaned_data["about"].splitlines()).strip()
        return "" if about == shipped_about(self.instance.key) else about

    def clean_name(self) -> str:
        """One tidy line."""
        return text.tidy(self.cleaned_data["name"])

    def clean_slug(self) -> str:
        """Free of the paper's own addresses."""
        slug: str = self.cleaned_data["slug"]
        if slug in rules.RESERVED:
            raise ValidationError(f"/{slug}/ belongs to the paper itself. Choose another.")
        return slug


def shipped_about(key: str) -> str:
    """What a section of this key prints, as shipped; nothing for a section of the publisher's own."""
    return next((f"{one.about}\n\n{one.cues}" for one in SHIPPED if one.key == key), "")


class AnnouncingMixin:
    """Tells the paper when a section changed: its name is on every page."""

    def save_instance(self) -> Section:
        """Save, then announce, in one transaction."""
        form = self.form  # type: ignore[attr-defined]
        before = Section.objects.filter(pk=form.instance.pk).values_list("key", "about").first()
        section: Section = super().save_instance()  # type: ignore[misc]
        events.announce(SectionsChanged(section.key))
        if before != (section.key, section.about):
            section_learning.wish()
        return section


class SectionCreateView(AnnouncingMixin, generic.CreateView):
    """A new section."""


class SectionEditView(AnnouncingMixin, generic.EditView):
    """A section. Its old address leads to the new one for ever."""

    def save_instance(self) -> Section:
        """Save, and leave a redirect where the address changed."""
        before = Section.objects.get(pk=self.object.pk).path
        section = super().save_instance()
        if section.path != before:
            pages.lead_elsewhere(before, section.path)
        return section


class SectionViewSet(ModelViewSet):
    """The noun «section»."""

    model = Section
    name = "desk_sections"
    url_prefix = "sections"
    icon = "list-ul"
    menu_label = "Sections"
    menu_name = "sections"
    menu_order = 140
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    list_per_page = PER_PAGE
    ordering = "order"
    add_view_class = SectionCreateView
    edit_view_class = SectionEditView
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldRowPanel(
                [
                    FieldPanel("slug", heading="Address", help_text="The old address goes on working for articles."),
                    FieldPanel("key", help_text="The name that settings and styles use. Do not change it."),
                ]
            ),
            FieldPanel("description", help_text="One sentence for search engines and the head of the page."),
            FieldPanel(
                "about",
                help_text="A paragraph about what the section prints, and words that stand for it: new names, too. "
                "The machine sorts articles by it, and learns anew when you change it.",
            ),
            FieldRowPanel([FieldPanel("order"), FieldPanel("shown"), FieldPanel("iptc")]),
        ],
        base_form_class=SectionForm,
    )
    list_display: ClassVar[list[Any]] = [
        "name",
        TextColumn("path", "Address", lambda row: row.path),
        "order",
        TextColumn("shown", "In the bar", lambda row: "yes" if row.shown else "no"),
    ]
