"""Sources and their rights."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.urls import URLPattern, path, reverse
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel, ObjectList
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button

from broadsheet.articles.models import Section
from broadsheet.core import clock, events
from broadsheet.desk import opmlviews, states
from broadsheet.desk.listing import PER_PAGE, BoundedListMixin, MomentColumn, StateColumn, TextColumn
from broadsheet.lib import text, urls
from broadsheet.sources.events import SourceChanged
from broadsheet.sources.models import Owner, RightsProfile, Source
from broadsheet.sources.queries import one_voice_with
from broadsheet.wire import queries, services
from broadsheet.wire.models import Feed
from broadsheet.wire.services.feeds import NotUsable, checked_address

DIARY_SHOWN = 20


def default_sections() -> list[tuple[str, str]]:
    """Sections by key, with an empty first choice."""
    return [("", "none: what its articles say"), *Section.objects.order_by("order").values_list("key", "name")]


class SourceForm(WagtailAdminModelForm):
    """A publication. A new one may bring the address of its first feed."""

    default_section = forms.ChoiceField(choices=default_sections, required=False, label="Default section")
    feed_url = forms.CharField(
        required=False,
        max_length=2000,
        label="First feed",
        help_text="Its address. It is pulled as soon as the source is saved; test it first if you are not sure.",
        widget=forms.TextInput({"inputmode": "url", "placeholder": "https://"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "feed_url" in self.fields:
            self.fields["feed_url"].label = "Add a feed"

    def clean_name(self) -> str:
        """One tidy line."""
        return text.tidy(self.cleaned_data["name"])

    def clean_feed_url(self) -> str:
        """One that we may fetch and do not have."""
        url = self.cleaned_data.get("feed_url", "").strip()
        if not url:
            return ""
        try:
            address = checked_address(url)
        except NotUsable as error:
            raise ValidationError(str(error)) from error
        if Feed.objects.filter(url_key=text.text_hash(urls.key(address))).exists():
            raise ValidationError("This address is already one of our feeds.")
        return address


class SourceFilters(WagtailFilterSet):
    """Narrowing by state, rights and owner."""

    state = django_filters.ChoiceFilter(choices=Source.State.choices, label="State")
    rights = django_filters.ModelChoiceFilter(queryset=RightsProfile.objects.order_by("name"), label="Rights")
    owner = django_filters.ModelChoiceFilter(queryset=Owner.objects.order_by("name"), label="Owner")

    class Meta:
        model = Source
        fields: ClassVar[list[str]] = []


class SourceIndexView(BoundedListMixin, generic.IndexView):
    """All sources with the health of their feeds."""

    default_ordering = "name"
    sortable = frozenset({"name"})
    page_title = "Sources"
    search_fields: ClassVar[list[str]] = ["name", "homepage"]

    def get_base_queryset(self) -> QuerySet[Source]:
        """With what a row prints."""
        return Source.objects.select_related("owner", "rights")

    def lay_on(self, rows: list[Any]) -> None:
        """Health, from all feeds of the page's sources in one query."""
        feeds: dict[int, list[Feed]] = {}
        for feed in Feed.objects.filter(source_id__in=[row.pk for row in rows]).order_by("pk"):
            feeds.setdefault(feed.source_id, []).append(feed)
        for row in rows:
            mine = feeds.get(row.pk, [])
            row.feed_count = len(mine)
            row.health = states.of_source(row, mine)
            row.last_news = max((feed.last_new_at for feed in mine if feed.last_new_at), default=None)

    @property
    def header_more_buttons(self) -> list[Any]:
        """Import and export beside the usual ones."""
        buttons = [*super().header_more_buttons]
        if self.user_has_permission("add"):
            buttons.append(Button("Import OPML", url=reverse("desk_sources:opml"), icon_name="upload", priority=40))
            buttons.append(Button("Test an address", url=reverse("desk_feeds:test"), icon_name="search", priority=30))
        buttons.append(Button("Export OPML", url=reverse("desk_sources:export"), icon_name="download", priority=50))
        return buttons


class SourceCreateView(generic.CreateView):
    """A new publication."""

    page_title = "New source"

    def get_initial(self) -> dict[str, Any]:
        """What a test of an address found out, handed on in the link."""
        asked = self.request.GET
        return {
            "name": asked.get("name", "")[:200],
            "homepage": asked.get("homepage", "")[:500],
            "feed_url": asked.get("feed_url", "")[:2000],
        }

    def save_instance(self) -> Source:
        """Save it with the slug and date it needs, and add its first feed."""
        source: Source = self.form.instance
        source.slug = _free_slug(source.name)
        source.added_at = clock.now()
        source = super().save_instance()
        if self.form.cleaned_data.get("feed_url"):
            services.add_feed(source, self.form.cleaned_data["feed_url"])
        return source


def _free_slug(name: str) -> str:
    base, number = urls.slugify(name)[:70], 1
    slug = base
    while Source.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug


def announce_sources(rows: QuerySet[Source]) -> None:
    """Tell the paper that these sources, or what hangs on them, changed."""
    for pk in rows.values_list("pk", flat=True):
        events.announce(SourceChanged(pk))


class SourceEditView(generic.EditView):
    """A publication, its feeds beside it."""

    template_name = "desk/source.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The feeds with their health."""
        feeds = list(Feed.objects.filter(source=self.object).order_by("url"))
        context = super().get_context_data(**kwargs)
        return {
            **context,
            "source": self.object,
            "feeds": [(feed, states.of_feed(feed)) for feed in feeds],
            "diary": queries.diary(self.object, DIARY_SHOWN),
            "one_voice": one_voice_with(self.object),
        }

    def save_instance(self) -> Source:
        """Save it, and add a further feed where one was named."""
        was = Source.objects.values_list("state", flat=True).get(pk=self.object.pk)
        source: Source = super().save_instance()
        if was == Source.State.QUARANTINED != source.state:
            services.forgive(source)
        if self.form.cleaned_data.get("feed_url"):
            services.add_feed(source, self.form.cleaned_data["feed_url"])
        announce_sources(Source.objects.filter(pk=source.pk))
        return source


class SourceViewSet(ModelViewSet):
    """The noun «source»."""

    model = Source
    name = "desk_sources"
    url_prefix = "sources"
    icon = "globe"
    menu_label = "Sources"
    menu_name = "sources"
    menu_order = 120
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    list_per_page = PER_PAGE
    filterset_class = SourceFilters
    index_view_class = SourceIndexView
    add_view_class = SourceCreateView
    edit_view_class = SourceEditView
    edit_template_name = "desk/source.html"
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldRowPanel([FieldPanel("homepage"), FieldPanel("owner")]),
            MultiFieldPanel([FieldPanel("feed_url")], heading="Feeds"),
            MultiFieldPanel(
                [FieldPanel("rights"), FieldPanel("publishing"), FieldPanel("state")], heading="Rights and trust"
            ),
            MultiFieldPanel(
                [FieldPanel("default_section"), FieldRowPanel([FieldPanel("language"), FieldPanel("country")])],
                heading="What it writes about",
            ),
            FieldPanel("about"),
        ],
        base_form_class=SourceForm,
    )
    list_display: ClassVar[list[Any]] = [
        "name",
        StateColumn("health", "Health", lambda row: row.health),
        TextColumn("rights", "Rights", lambda row: row.rights.name),
        TextColumn("owner", "Owner", lambda row: row.owner.name if row.owner else ""),
        TextColumn("feeds", "Feeds", lambda row: row.feed_count or "", classname="desk-number"),
        MomentColumn("last_news", label="Last news"),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        """The usual pages, and OPML both ways."""
        return [
            *super().get_urlpatterns(),
            path("opml/", opmlviews.bring_in, name="opml"),
            path("opml/export/", opmlviews.take_out, name="export"),
        ]


class CountedIndexView(BoundedListMixin, generic.IndexView):
    """A list that says how many sources hang on each row."""

    def get_base_queryset(self) -> QuerySet[Any]:
        """Counted in the same query."""
        rows: QuerySet[Any] = self.model._default_manager.annotate(source_count=Count("sources"))
        return rows


class SharedEditView(generic.EditView):
    """A rights profile: every source that leans on it changes with it."""

    def save_instance(self) -> Any:
        """Save, then announce its sources."""
        row = super().save_instance()
        announce_sources(row.sources.all())
        return row


class RightsViewSet(ModelViewSet):
    """The noun «rights profile»: what may be shown of a source, everywhere at once."""

    model = RightsProfile
    name = "desk_rights"
    url_prefix = "rights"
    icon = "lock"
    menu_label = "Rights profiles"
    menu_name = "rights-profiles"
    menu_order = 610
    add_to_settings_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    list_per_page = PER_PAGE
    index_view_class = CountedIndexView
    edit_view_class = SharedEditView
    edit_handler = ObjectList(
        [
            HelpPanel(
                "<p>A rights profile says what readers may see of a source’s articles. It holds on every page, in "
                "every feed, in search and in mail, and a change takes effect at once. When in doubt: an excerpt of "
                "60 words, no pictures, the original address as the canonical one.</p>"
            ),
            FieldPanel("name"),
            MultiFieldPanel(
                [
                    FieldPanel(
                        "text", help_text="Headline only: no word of the text. Excerpt: so many words and a link."
                    ),
                    FieldPanel("excerpt_words", help_text="Counts for excerpts only; 1 to 400."),
                    FieldPanel("fetch_pages"),
                    FieldPanel("pictures", help_text="Kept pictures are copied here and never loaded from elsewhere."),
                ],
                heading="What is shown",
            ),
            MultiFieldPanel(
                [
                    FieldPanel(
                        "canonical",
                        help_text="Where search engines send readers. Only what is canonical here is in our sitemaps.",
                    ),
                    FieldRowPanel([FieldPanel("licence_name"), FieldPanel("licence_url")]),
                ],
                heading="Whose it is",
            ),
            MultiFieldPanel(
                [FieldRowPanel([FieldPanel("embargo_minutes"), FieldPanel("expiry_days")])], heading="When"
            ),
        ]
    )
    list_display: ClassVar[list[Any]] = [
        "name",
        TextColumn("shows", "Shows", lambda row: _shows(row)),
        TextColumn("canonical", "Canonical", lambda row: row.get_canonical_display()),
        TextColumn("sources", "Sources", lambda row: row.source_count, classname="desk-number"),
    ]


def _shows(rights: RightsProfile) -> str:
    """The profile in a few words."""
    words = {
        RightsProfile.Text.HEADLINE: "headline",
        RightsProfile.Text.EXCERPT: f"excerpt of {rights.excerpt_words} words",
        RightsProfile.Text.FULL: "full text",
    }[RightsProfile.Text(rights.text)]
    return f"{words}, pictures" if rights.pictures == RightsProfile.Pictures.KEPT else words
