"""Verbs on one article that Wagtail does not have: withdraw with a reason, restore, let the source's text back in."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import FormView, View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from broadsheet.articles import services
from broadsheet.articles.models import Article
from broadsheet.desk.forms import WithdrawForm


class ArticleMixin(PermissionCheckedMixin):
    """One article by its number, for whoever may publish."""

    model = Article
    permission_required = "publish"
    request: HttpRequest
    kwargs: dict[str, Any]

    def article(self) -> Article:
        """The article of the address, or 404."""
        return get_object_or_404(Article.objects.select_related("source"), pk=self.kwargs["pk"])

    def back(self, article: Article) -> HttpResponseRedirect:
        """To the article's own form."""
        return HttpResponseRedirect(reverse("desk_articles:edit", args=(article.pk,)))


class WithdrawView(ArticleMixin, WagtailAdminTemplateMixin, FormView[WithdrawForm]):
    """Take an article out of the paper, with a reason that readers see."""

    form_class = WithdrawForm
    template_name = "desk/withdraw.html"
    page_title = "Withdraw"
    header_icon = "download"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The article, and what withdrawing means for it."""
        return super().get_context_data(**kwargs, article=self.article())

    def form_valid(self, form: WithdrawForm) -> HttpResponse:
        """Withdraw it, once."""
        article = self.article()
        if article.withdrawn_at is None:
            services.withdraw(article, why=form.cleaned_data["why"], user=self.request.user)
            messages.success(self.request, "Withdrawn. Its address now says why.")
        return self.back(article)


class RestoreView(ArticleMixin, View):
    """Put a withdrawn article back at its old address."""

    http_method_names: ClassVar[list[str]] = ["post"]  # type: ignore[misc]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Restore it, once."""
        article = self.article()
        if article.withdrawn_at is not None:
            services.restore(article, user=request.user)
            messages.success(request, "Restored. It is in the paper again.")
        return self.back(article)


class ReleaseView(ArticleMixin, View):
    """Let the source change again what the desk had kept."""

    http_method_names: ClassVar[list[str]] = ["post"]  # type: ignore[misc]
    permission_required = "change"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Release all kept fields."""
        article = self.article()
        if not self.user_has_permission_for_instance("change", article):
            raise PermissionDenied
        services.release_fields(article, user=request.user)
        messages.success(request, "From its next update on, the source's text comes in again.")
        return self.back(article)
