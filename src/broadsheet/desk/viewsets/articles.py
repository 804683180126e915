"""Articles at the desk: the list over our own search, writing, editing, publishing, withdrawing."""

from __future__ import annotations

import hashlib
import json
from functools import wraps
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    MultiFieldPanel,
    ObjectList,
    PublishingPanel,
    TabbedInterface,
)
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.permissions import policy_registry
from wagtail.snippets.views.snippets import (
    CreateView,
    DeleteView,
    EditView,
    IndexView,
    PreviewOnCreateView,
    RevisionsCompareView,
    SnippetViewSet,
)

from broadsheet.articles import search, search_terms, services
from broadsheet.articles.models import Article, Section
from broadsheet.core import clock
from broadsheet.desk import signals, states
from broadsheet.desk.articleviews import ReleaseView, RestoreView, WithdrawView
from broadsheet.desk.forms import HEADLINE_HINT, ArticleForm
from broadsheet.desk.listing import PER_PAGE, BoundedListMixin, MomentColumn, StateColumn, TextColumn
from broadsheet.desk.panels import WirePanel
from broadsheet.desk.relatedviews import ChooseRelatedView, RelatedView
from broadsheet.sources.models import Source
from broadsheet.sources.queries import house
from broadsheet.trends import queries as trends

FOUND = 500


class ArticleFilters(WagtailFilterSet):
    """What the list can be narrowed to; names map to fixed conditions, never to a lookup out of the request."""

    section = django_filters.ModelChoiceFilter(
        field_name="shown_section", queryset=Section.objects.order_by("order"), label="Section"
    )
    source = django_filters.ModelChoiceFilter(queryset=Source.objects.order_by("name"), label="Source")
    state = django_filters.ChoiceFilter(
        method="in_state",
        label="State",
        choices=[
            ("live", "In the paper"),
            ("waiting", "Draft waits"),
            ("held", "Held for the desk"),
            ("draft", "Our own drafts"),
            ("withdrawn", "Withdrawn"),
            ("copy", "Copies"),
        ],
    )
    language = django_filters.CharFilter(
        field_name="language", lookup_expr="exact", label="Language", widget=forms.TextInput({"placeholder": "en"})
    )
    published = django_filters.DateFromToRangeFilter(
        field_name="published_at", label="Published", widget=DateRangePickerWidget
    )
    edited = django_filters.ChoiceFilter(
        method="by_desk", label="Edited", choices=[("yes", "Edited at the desk"), ("no", "As the source wrote it")]
    )

    class Meta:
        model = Article
        fields: ClassVar[list[str]] = []

    def in_state(self, rows: QuerySet[Article], name: str, value: str) -> QuerySet[Article]:
        """One state of `states.of_article`."""
        printed = rows.filter(copy_of=None)
        match value:
            case "live":
                return printed.filter(live=True)
            case "waiting":
                return printed.filter(live=True, has_unpublished_changes=True)
            case "held":
                return printed.filter(live=False, withdrawn_at=None, source__is_house=False)
            case "draft":
                return printed.filter(live=False, withdrawn_at=None, source__is_house=True)
            case "withdrawn":
                return rows.filter(withdrawn_at__isnull=False)
            case "copy":
                return rows.filter(copy_of__isnull=False)
        return rows

    def by_desk(self, rows: QuerySet[Article], name: str, value: str) -> QuerySet[Article]:
        """Whether a person ever touched it."""
        return rows.filter(latest_revision__isnull=value == "no")


class ArticleIndexView(BoundedListMixin, IndexView):
    """The list of articles, newest first."""

    is_searchable = True
    sortable = frozenset({"published_at"})
    default_ordering = "-published_at"
    page_title = "Articles"

    def get_base_queryset(self) -> QuerySet[Article]:
        """What the user may see, without the heavy columns."""
        policy = policy_registry.get_by_type(Article)
        rows: QuerySet[Article] = policy.instances_user_has_any_permission_for(self.request.user, ["change"])
        return rows.select_related("source", "shown_section", "latest_revision").defer(
            "body", "origin_picture", "latest_revision__content"
        )

    def search_queryset(self, queryset: QuerySet[Article]) -> QuerySet[Article]:
        """The newest matches of our own index; a search without a word in it finds everything."""
        if not self.is_searching or search_terms.parse(self.search_query) is None:
            return queryset
        return queryset.filter(pk__in=search.ids_for(self.search_query, FOUND))

    def lay_on(self, rows: list[Article]) -> None:
        """Reads of the last day and the state, for the rows of one page."""
        reads = trends.reads_of([row.pk for row in rows])
        moment = clock.now()
        for row in rows:
            row.reads_24h = reads.get(row.pk, 0)
            row.desk_state = states.of_article(row, moment)


class ArticleCreateView(CreateView):
    """A text of our own newsroom."""

    page_title = "New article"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """No automatic saving here: the first save mints the address, so the headline must be whole by then."""
        super().setup(request, *args, **kwargs)
        self.autosave_enabled = False

    def save_instance(self) -> Article:
        """Give the text what every article has, save it, then index it and note its topics."""
        services.new_by_desk(self.form.instance, user=self.request.user)
        article: Article = super().save_instance()
        services.after_desk_save(article, user=self.request.user)
        if self.form.topics_changed:
            services.set_topics(article, self.form.topic_names(), user=self.request.user)
        return article


class ArticleEditView(EditView):
    """Any article, the wire's as well as our own."""

    def get_editing_sessions(self) -> None:
        """Opening a page must not write; two editors meet through the check of revisions when they save."""
        return None

    def is_valid(self, form: ArticleForm) -> bool:
        """Refuse to save over somebody else's newer version without a word."""
        if not self.expects_json_response and self.is_out_of_date:
            self.produced_error_code = "invalid_revision"
            self.produced_error_message = (
                "Somebody saved a newer version while you were writing. Your text is below; compare it with the newer "
                "one in the history, then save again to put yours in its place."
            )
            return False
        return bool(super().is_valid(form))

    def save_instance(self) -> Article:
        """Save, and set the topics: they belong to the article as a whole and are no part of a draft."""
        before = services.state_of(Article.objects.get(pk=self.live_object.pk)) if not self.live_object.live else None
        article: Article = super().save_instance()
        if not self.expects_json_response and self.form.topics_changed:
            services.set_topics(article, self.form.topic_names(), user=self.request.user)
        if before is not None:
            signals.keep_edits(article, before, user=self.request.user)
            services.after_desk_save(article, user=self.request.user)
        return article


class ArticleDeleteView(DeleteView):
    """Deleting is for drafts that never were in the paper."""

    def user_has_permission(self, permission: str) -> bool:
        """Asked of this article, not of articles in general."""
        return bool(self.user_has_permission_for_instance(permission, self.object))


class ArticlePreviewOnCreateView(PreviewOnCreateView):
    """A text that is not saved yet, as it would be printed: our own, from now, in the section chosen or the first."""

    def get_object(self) -> Article:
        """An article with the facts that saving would give it."""
        moment = clock.now()
        first = Section.objects.order_by("order", "name").first()
        return Article(source=house(), shown_section=first, published_at=moment, filed_at=moment)


class ArticleCompareView(RevisionsCompareView):
    """Two versions side by side. Stored blocks carry no ids, so equal blocks are told by what they say."""

    def _get_revision_and_heading(self, revision_id: str) -> tuple[Article, str]:
        version, heading = super()._get_revision_and_heading(revision_id)
        seen: dict[str, int] = {}
        marked = []
        for block in version.body.raw_data:
            says = json.dumps([block["type"], block["value"]], sort_keys=True)
            seen[says] = seen.get(says, 0) + 1
            ident = hashlib.sha256(f"{seen[says]} {says}".encode()).hexdigest()[:32]
            marked.append({"type": block["type"], "value": block["value"], "id": ident})
        version.body = services.stream(marked)
        return version, heading


class ArticleViewSet(SnippetViewSet):
    """The noun «article»."""

    model = Article
    icon = "doc-full-inverse"
    menu_label = "Articles"
    menu_name = "articles"
    menu_order = 100
    add_to_admin_menu = True
    admin_url_namespace = "desk_articles"
    base_url_path = "articles"
    list_per_page = PER_PAGE
    copy_view_enabled = False
    add_to_reference_index = False
    filterset_class = ArticleFilters
    index_view_class = ArticleIndexView
    add_view_class = ArticleCreateView
    edit_view_class = ArticleEditView
    delete_view_class = ArticleDeleteView
    unpublish_view_class = WithdrawView
    preview_on_add_view_class = ArticlePreviewOnCreateView
    revisions_compare_view_class = ArticleCompareView
    list_display: ClassVar[list[Any]] = [
        "headline",
        TextColumn("section", "Section", lambda row: row.shown_section.name),
        TextColumn("source_name", "Source", lambda row: row.source.name),
        StateColumn("state", "State", lambda row: row.desk_state),
        MomentColumn("published_at", label="Published", sort_key="published_at"),
        TextColumn("reads", "Reads, 24 h", lambda row: row.reads_24h or "", classname="desk-number"),
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(
                [
                    FieldPanel(
                        "headline",
                        classname="title",
                        help_text=HEADLINE_HINT,
                        widget=AdminAutoHeightTextInput(
                            {"rows": 1, "data-desk-count": "90", "placeholder": "Headline"}
                        ),
                    ),
                    FieldPanel("standfirst", help_text="One or two sentences below the headline."),
                    FieldPanel("byline", help_text="Names, divided by commas. No “By”."),
                    FieldPanel("body"),
                ],
                heading="Text",
            ),
            ObjectList(
                [
                    MultiFieldPanel([FieldPanel("section"), FieldPanel("topics_text")], heading="Place"),
                    MultiFieldPanel([FieldPanel("picture")], heading="Picture"),
                    FieldRowPanel([FieldPanel("language", help_text="Two letters: en, ar, fr.")]),
                ],
                heading="Section and picture",
            ),
            ObjectList([WirePanel()], heading="From the wire"),
            ObjectList([PublishingPanel()], heading="Schedule"),
        ],
        base_form_class=ArticleForm,
    )

    def get_queryset(self, request: HttpRequest) -> None:
        """The index view decides."""
        return None

    def register_chooser_viewset(self) -> None:
        """No chooser: nothing at the desk chooses an article yet, and a chooser would show drafts to everyone."""

    def construct_view(self, view_class: Any, **kwargs: Any) -> Any:
        """Every view of one article asks first whether this user may open this article; else it does not exist."""
        view = super().construct_view(view_class, **kwargs)

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
            if "pk" in named and not may_open(request, named["pk"]):
                raise Http404
            answer: HttpResponse = view(request, *args, **named)
            return answer

        return guarded

    def get_urlpatterns(self) -> list[URLPattern]:
        """Our own verbs beside Wagtail's; what Wagtail calls unpublishing is withdrawing."""
        return [
            *super().get_urlpatterns(),
            path("restore/<int:pk>/", self.construct_view(RestoreView), name="restore"),
            path("release/<int:pk>/", self.construct_view(ReleaseView), name="release"),
            path("related/<int:pk>/", self.construct_view(RelatedView), name="related"),
            path("related/<int:pk>/choose/", self.construct_view(ChooseRelatedView), name="choose_related"),
        ]


def may_open(request: HttpRequest, pk: int | str) -> bool:
    """Whether this user may see and work on the article."""
    if not str(pk).isdigit():
        return False
    article = Article.objects.select_related("source").defer("body").filter(pk=pk).first()
    if article is None:
        return False
    policy = policy_registry.get_by_type(Article)
    return bool(policy.user_has_permission_for_instance(request.user, "change", article))
