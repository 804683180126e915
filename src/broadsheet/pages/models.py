"""Standing pages (Wagtail pages, since people write and nest them) and the brand."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest, HttpResponse
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import RichTextField
from wagtail.models import Page


class Home(Page):
    """The root of the standing pages. The front itself is printed from the edition, not from this page."""

    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    max_count = 1

    class Meta:
        verbose_name = "standing pages"


class StandingPage(Page):
    """About, contact, privacy and their like."""

    summary = models.CharField(max_length=300, blank=True)
    text = RichTextField(features=["h2", "h3", "bold", "italic", "link", "ol", "ul", "hr"])
    reviewed_at = models.DateField("last reviewed", null=True, blank=True)
    in_footer = models.BooleanField("in the footer", default=True)

    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("text"),
        FieldPanel("reviewed_at"),
        FieldPanel("in_footer"),
    ]
    parent_page_types: ClassVar[list[str]] = ["pages.Home"]
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "standing page"

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str] | None:
        """Its address in the paper, which prints it: Wagtail serves no pages here and would know none."""
        found = self._get_relevant_site_root_paths(request)
        return (found[0].site_id, found[0].root_url, f"/{self.slug}/") if found else None

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """The page as it would be printed from this draft."""
        from broadsheet.pages import previews

        return previews.render(self, request)


@register_setting(icon="home", order=1)
class Brand(BaseSiteSetting):
    """What the paper is called and what its footer says."""

    name = models.CharField(max_length=80, default="Broadsheet")
    tagline = models.CharField(max_length=160, blank=True)
    publisher = models.CharField(max_length=160, blank=True, help_text="Who is answerable for this paper.")
    contact_email = models.EmailField(blank=True)
    country = models.CharField(max_length=80, blank=True)
    footer_text = models.TextField(blank=True, max_length=600)
    copyright_text = models.CharField(
        max_length=160, blank=True, help_text="After the year; empty: the name of the paper."
    )

    class Meta:
        verbose_name = "brand and footer"
