"""What stands beside an article, with every number that put it there; editors pin, leave out, and take back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, cast
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from broadsheet.accounts.models import User
from broadsheet.articles import related
from broadsheet.articles.models import Article, RelatedChoice, RelatedList
from broadsheet.desk.articleviews import ArticleMixin
from broadsheet.stories import relating

VERDICTS = {"pin": RelatedChoice.Verdict.PINNED, "leave_out": RelatedChoice.Verdict.LEFT_OUT, "take_back": None}
SAID = {
    "pin": "Pinned. It stands first from now on.",
    "leave_out": "Left out. It no longer stands beside this article.",
    "take_back": "Taken back. What was found counts again.",
}


class PinForm(forms.Form):
    """An article by its address in the paper, or by its number."""

    which = forms.CharField(
        label="Pin an article",
        max_length=300,
        help_text="Its address, such as /world-news/the-ferry-sails/, or the number in its desk address.",
    )

    def clean_which(self) -> int:
        """The article's id."""
        said = self.cleaned_data["which"].strip()
        address = urlsplit(said).path.strip("/")
        known = {"pk": int(said)} if said.isascii() and said.isdigit() and len(said) < 18 else {"address": address}
        found = Article.objects.filter(copy_of=None, **known).values_list("pk", flat=True).first()
        if found is None:
            raise forms.ValidationError("There is no such article. A copy cannot be pinned: pin its original.")
        return int(found)


@dataclass(frozen=True)
class Line:
    """One relative as the screen prints it."""

    article: Article
    find: related.Find | None
    verdict: str
    on_page: bool


class RelatedMixin(ArticleMixin):
    """For whoever may change this article."""

    permission_required = "change"

    def allowed(self) -> Article:
        """The article, if this user may change it."""
        article = self.article()
        if not self.user_has_permission_for_instance("change", article):
            raise PermissionDenied
        return article

    def here(self, article: Article) -> HttpResponseRedirect:
        """Back to the list."""
        return HttpResponseRedirect(reverse("desk_articles:related", args=(article.pk,)))


class RelatedView(RelatedMixin, WagtailAdminTemplateMixin, TemplateView):
    """The list."""

    template_name = "desk/related.html"
    page_title = "Related"
    header_icon = "link"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Relatives in the page's order, then those left out; five queries, however many there are."""
        article = self.allowed()
        row = RelatedList.objects.filter(article=article).first()
        lines = _lines(article, row)
        return super().get_context_data(
            **{"form": PinForm(), **kwargs},
            article=article,
            at=row.at if row else None,
            beside=[line for line in lines if line.verdict != RelatedChoice.Verdict.LEFT_OUT],
            left_out=[line for line in lines if line.verdict == RelatedChoice.Verdict.LEFT_OUT],
        )


class ChooseRelatedView(RelatedMixin, View):
    """One choice. Each can be taken back, so none asks twice."""

    http_method_names: ClassVar[list[str]] = ["post"]  # type: ignore[misc]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Pin, leave out or take back."""
        article = self.allowed()
        verb = request.POST.get("verb", "")
        other = request.POST.get("other", "")
        if verb not in VERDICTS:
            return self.here(article)
        if not other:
            form = PinForm(request.POST)
            if not form.is_valid():
                messages.error(request, " ".join(str(one) for one in form.errors["which"]))
                return self.here(article)
            other = str(form.cleaned_data["which"])
        if not (other.isascii() and other.isdigit() and Article.objects.filter(pk=int(other[:18])).exists()):
            messages.error(request, "There is no such article.")
            return self.here(article)
        try:
            relating.choose(article, int(other[:18]), VERDICTS[verb], user=cast(User, request.user))
        except ValueError as refused:
            messages.error(request, f"Not done: {refused}.")
        else:
            messages.success(request, SAID[verb])
        return self.here(article)


def _lines(article: Article, row: RelatedList | None) -> list[Line]:
    found = related.read(row.found) if row else []
    shown: list[int] = row.shown if row else []
    verdicts = dict(RelatedChoice.objects.filter(article=article).values_list("other_id", "verdict"))
    finds = {find.id: find for find in found}
    order = list(dict.fromkeys([*shown, *finds, *verdicts]))
    rows = Article.objects.filter(pk__in=order).select_related("source").defer("body").in_bulk()
    return [
        Line(rows[ident], finds.get(ident), verdicts.get(ident, ""), ident in shown) for ident in order if ident in rows
    ]
