"""Topics at the desk: public ones, candidates and hidden ones; names, aliases, kinds; merging two."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.views import generic
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets import Button

from broadsheet.articles import services
from broadsheet.articles.models import ArticleTopic, Topic, TopicAlias
from broadsheet.desk.listing import PER_PAGE, BoundedListMixin, TextColumn
from broadsheet.lib import text, urls

STATES = [("public", "Public"), ("candidate", "Candidates"), ("hidden", "Hidden"), ("merged", "Merged into another")]


def state_of(topic: Topic) -> str:
    """The state of a topic in a word or two."""
    if topic.merged_into is not None:
        return f"merged into {topic.merged_into.name}"
    if topic.hidden:
        return "hidden"
    return "public" if topic.public else "candidate"


class TopicForm(WagtailAdminModelForm):
    """A topic's names; its address and comparable form follow from the first one, and the address never changes."""

    other_names = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 4}), label="Other names",
        help_text="One a line: short forms, initials, other spellings. Texts that use them are about this topic.",
    )  # fmt: skip
    publish = forms.BooleanField(
        required=False, label="Show to readers",
        help_text="A candidate becomes public by itself when three independent sources name it. Public stays public.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.fields["publish"].initial = True
            return
        self.fields["publish"].initial = self.instance.public
        names = TopicAlias.objects.filter(topic=self.instance).values_list("name", flat=True)
        self.fields["other_names"].initial = "\n".join(names)

    def clean_name(self) -> str:
        """One tidy line that no other topic has."""
        name = text.tidy(self.cleaned_data["name"])
        fold = text.normal(name)[:120]
        taken = Topic.objects.filter(Q(fold=fold) | Q(aliases__fold=fold)).exclude(pk=self.instance.pk)
        if taken.exclude(merged_into=self.instance.pk or 0).exists():
            raise ValidationError("There is a topic of this name already.")
        self.instance.fold = fold
        if not self.instance.slug:
            self.instance.slug = _free_slug(name)
        return name

    def clean_code(self) -> str:
        """Eight digits, or nothing."""
        code: str = self.cleaned_data["code"]
        if code and not (len(code) == 8 and code.isascii() and code.isdigit()):
            raise ValidationError("A code has eight digits, such as 15000000.")
        return code

    def save(self, commit: bool = True) -> Topic:
        """Through the service, which announces; without other names in the form they stay as they are."""
        topic: Topic = super().save(commit=False)
        if commit:
            given = self.cleaned_data.get("other_names")
            # A form sent without the field, by a program, leaves the names alone.
            sent = self.add_prefix("other_names") in self.data
            names = (given or "").splitlines() if sent else None
            services.save_topic(topic, names, publish=bool(self.cleaned_data.get("publish")) or not topic.pk)
        return topic

    def clean(self) -> dict[str, Any]:
        """Other names that stand for another topic are refused here, in words."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for line in (cleaned.get("other_names") or "").splitlines():
            fold = text.normal(line)[:120]
            other = Topic.objects.filter(Q(fold=fold) | Q(aliases__fold=fold)).exclude(pk=self.instance.pk).first()
            if fold and other is not None and other.merged_into_id != self.instance.pk:
                self.add_error("other_names", f"“{line.strip()}” stands for the topic “{other.name}”. Merge the two.")
        return cleaned


def _free_slug(name: str) -> str:
    base, number = urls.slugify(name)[:110], 1
    slug = base
    while Topic.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug


class TopicFilters(WagtailFilterSet):
    """Narrowing by state and kind."""

    state = django_filters.ChoiceFilter(method="in_state", choices=STATES, label="State")
    kind = django_filters.ChoiceFilter(choices=Topic.Kind.choices, label="Kind")

    class Meta:
        model = Topic
        fields: ClassVar[list[str]] = []

    def in_state(self, rows: QuerySet[Topic], name: str, value: str) -> QuerySet[Topic]:
        """Rows in one of the four states."""
        if value == "merged":
            return rows.exclude(merged_into=None)
        if value == "hidden":
            return rows.filter(hidden=True, merged_into=None)
        return rows.filter(public=value == "public", hidden=False, merged_into=None)


class TopicIndexView(BoundedListMixin, generic.IndexView):
    """All topics, with how many articles each has, counted for one page of them."""

    default_ordering = "name"
    sortable = frozenset({"name"})
    page_title = "Topics"
    search_fields: ClassVar[list[str]] = ["name"]

    def get_base_queryset(self) -> QuerySet[Topic]:
        """With what each was merged into."""
        return Topic.objects.select_related("merged_into")

    def lay_on(self, rows: list[Any]) -> None:
        """Counts and other names, in a query each."""
        counted: QuerySet[Any] = Topic.objects.filter(pk__in=[row.pk for row in rows]).order_by()
        counts = dict(counted.values_list("pk").annotate(Count("article_links")))
        names: dict[int, list[str]] = {}
        for topic_id, name in TopicAlias.objects.filter(topic__in=rows).values_list("topic_id", "name"):
            names.setdefault(topic_id, []).append(name)
        for row in rows:
            row.article_count = counts.get(row.pk, 0)
            row.other_names = ", ".join(names.get(row.pk, [])[:4])


class TopicCreateView(generic.CreateView):
    """A topic of the desk's own: public at once."""

    def save_instance(self) -> Topic:
        """The form saves through the service."""
        with transaction.atomic():
            topic: Topic = self.form.save()
        return topic


class TopicEditView(generic.EditView):
    """A topic: its name stands below every article about it."""

    @property
    def header_more_buttons(self) -> list[Any]:
        """Merging, beside the usual ones."""
        buttons = [*super().header_more_buttons]
        if self.object.merged_into_id is None:
            where = reverse("desk_topics:merge", args=(self.object.pk,))
            buttons.append(Button("Merge into another", url=where, icon_name="resubmit", priority=20))
        return buttons

    def save_instance(self) -> Topic:
        """The form saves through the service."""
        with transaction.atomic():
            topic: Topic = self.form.save()
        return topic


class MergeForm(forms.Form):
    """The topic that another goes into, by its name or one of its other names."""

    into = forms.CharField(max_length=120, label="Merge into", help_text="The name of the topic that stays.")

    def __init__(self, *args: Any, topic: Topic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.topic = topic

    def clean_into(self) -> Topic:
        """A topic of this name that is another one."""
        fold = text.normal(self.cleaned_data["into"])[:120]
        found = Topic.objects.filter(Q(fold=fold) | Q(aliases__fold=fold)).select_related("merged_into").first()
        if found is None:
            raise ValidationError("There is no topic of this name.")
        found = found.merged_into or found
        if found.pk == self.topic.pk:
            raise ValidationError("That is this topic itself.")
        return found


class TopicMergeView(PermissionCheckedMixin, View):
    """Merge a topic into another: first a name, then what would happen, then the deed. It cannot be undone."""

    model = Topic
    permission_required = "change"
    http_method_names: ClassVar[list[str]] = ["get", "post"]  # type: ignore[misc]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the name."""
        topic = self._topic(pk)
        return self._show(request, topic, MergeForm(topic=topic))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what would happen; with the confirmation, do it."""
        topic = self._topic(pk)
        form = MergeForm(request.POST, topic=topic)
        if not form.is_valid():
            return self._show(request, topic, form)
        into: Topic = form.cleaned_data["into"]
        if request.POST.get("confirmed") != str(into.pk):
            return self._show(request, topic, form, into)
        moved = services.merge_topics(topic, into, user=request.user)
        messages.success(request, f"“{topic.name}” is “{into.name}” now; {moved} articles moved.")
        return HttpResponseRedirect(reverse("desk_topics:edit", args=(into.pk,)))

    def _topic(self, pk: int) -> Topic:
        return get_object_or_404(Topic, pk=pk, merged_into=None)

    def _show(self, request: HttpRequest, topic: Topic, form: MergeForm, into: Topic | None = None) -> HttpResponse:
        facts: dict[str, Any] = {}
        if into is not None:
            of = ArticleTopic.objects.filter(topic=topic)
            both = of.filter(article__in=ArticleTopic.objects.filter(topic=into).values("article_id")).count()
            facts = {
                "into": into, "articles": of.count(), "both": both,
                "there": ArticleTopic.objects.filter(topic=into).count(),
                "names": [topic.name, *TopicAlias.objects.filter(topic=topic).values_list("name", flat=True)],
            }  # fmt: skip
        return render(
            request,
            "desk/merge.html",
            {
                "topic": topic,
                "form": form,
                "page_title": "Merge topics",
                "header_title": "Merge topics",
                "header_icon": "tag",
                "breadcrumbs_items": [
                    {"url": reverse("wagtailadmin_home"), "label": "Home"},
                    {"url": reverse("desk_topics:index"), "label": "Topics"},
                    {"url": reverse("desk_topics:edit", args=(topic.pk,)), "label": topic.name},
                    {"url": "", "label": "Merge"},
                ],
                **facts,
            },
        )


class TopicViewSet(ModelViewSet):
    """The noun «topic»."""

    model = Topic
    name = "desk_topics"
    url_prefix = "topics"
    icon = "tag"
    menu_label = "Topics"
    menu_name = "topics"
    menu_order = 150
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    list_per_page = PER_PAGE
    filterset_class = TopicFilters
    index_view_class = TopicIndexView
    add_view_class = TopicCreateView
    edit_view_class = TopicEditView
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldPanel("other_names"),
            FieldRowPanel([FieldPanel("kind"), FieldPanel("code")]),
            FieldPanel("description"),
            FieldPanel("publish"),
            FieldPanel("hidden", help_text="A hidden topic has no page and is named on no article."),
        ],
        base_form_class=TopicForm,
    )
    list_display: ClassVar[list[Any]] = [
        "name",
        TextColumn("names", "Other names", lambda row: row.other_names),
        TextColumn("kind", "Kind", lambda row: row.get_kind_display()),
        TextColumn("state", "State", state_of),
        TextColumn("articles", "Articles", lambda row: row.article_count, classname="desk-number"),
        TextColumn("voices", "Voices in 30 days", lambda row: row.voices, classname="desk-number"),
        TextColumn("path", "Address", lambda row: row.path),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        """The list, the form, and merging."""
        return [
            *super().get_urlpatterns(),
            path("merge/<int:pk>/", self.construct_view(TopicMergeView), name="merge"),
        ]
