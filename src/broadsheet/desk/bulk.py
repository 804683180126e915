"""Verbs on many articles at once: publish, withdraw, set the section. Each article goes through the same service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from wagtail.snippets.bulk_actions.delete import DeleteBulkAction
from wagtail.snippets.bulk_actions.snippet_bulk_action import SnippetBulkAction

from broadsheet.articles import services
from broadsheet.articles.models import Article
from broadsheet.articles.services import sectioning
from broadsheet.desk.forms import SectionForm, WithdrawForm
from broadsheet.desk.viewsets.sectioning import stories_of

AT_ONCE = 500


def _is_number(text: str) -> bool:
    """Plain digits, no more than an identity can have."""
    return text.isascii() and text.isdecimal() and len(text) <= 18


class ArticleBulkAction(SnippetBulkAction):
    """What the verbs share: who may, how many at once, one confirmation page."""

    models: ClassVar[list[Any]] = [Article]
    template_name = "desk/bulk.html"
    classes: ClassVar[set[str]] = set()
    question = ""
    button = ""
    done = ""

    def check_perm(self, article: Article) -> bool:
        """Whoever may publish."""
        return bool(self.request.user.has_perm("articles.publish_article"))

    @classmethod
    def get_queryset(cls, model: Any, object_ids: Sequence[Any]) -> list[Article]:
        """At most so many, without their bodies; numbers only."""
        numbers = [int(one) for one in list(object_ids)[:AT_ONCE] if _is_number(str(one))]
        return list(Article.objects.filter(pk__in=numbers).select_related("source").defer("body"))

    def get_all_objects_in_listing_query(self, parent_id: Any) -> list[int]:
        """“All” means the newest so many: nobody confirms a million by one click."""
        return list(Article.objects.order_by("-published_at").values_list("pk", flat=True)[:AT_ONCE])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The question and the word on the button."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "question": self.question, "button": self.button, "limit": AT_ONCE}

    def get_execution_context(self) -> dict[str, Any]:
        """Who does it, and what the form says."""
        return {"user": self.request.user, "form": self.cleaned_form}

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        """How many it was done to."""
        return f"{self.done}: {num_parent_objects}."


class PublishAction(ArticleBulkAction):
    """Let held articles into the paper as they are."""

    display_name = "Publish"
    aria_label = "Publish the selected articles"
    action_type = "publish"
    action_priority = 10
    form_class = forms.Form
    question = "Publish these articles as they are? Those that are in the paper or withdrawn stay as they are."
    button = "Publish"
    done = "Published"

    @classmethod
    def execute_action(cls, objects: Sequence[Article], **kwargs: Any) -> tuple[int, int]:
        """One by one, each announced."""
        return sum(services.publish(article, user=kwargs["user"]) for article in objects), 0


class WithdrawAction(ArticleBulkAction):
    """Take articles out of the paper for one reason."""

    display_name = "Withdraw"
    aria_label = "Withdraw the selected articles"
    action_type = "withdraw"
    action_priority = 30
    classes: ClassVar[set[str]] = {"serious"}
    form_class = WithdrawForm
    question = "Withdraw these articles? Their addresses answer “gone” and give your reason."
    button = "Withdraw"
    done = "Withdrawn"

    @classmethod
    def execute_action(cls, objects: Sequence[Article], **kwargs: Any) -> tuple[int, int]:
        """One by one, each announced; what is withdrawn already keeps its reason."""
        standing = [article for article in objects if article.withdrawn_at is None]
        for article in standing:
            services.withdraw(article, why=kwargs["form"].cleaned_data["why"], user=kwargs["user"])
        return len(standing), 0


class SectionAction(ArticleBulkAction):
    """Put articles into a section, or back to what the machine judged."""

    display_name = "Set section"
    aria_label = "Set the section of the selected articles"
    action_type = "section"
    action_priority = 20
    form_class = SectionForm
    question = "Which section? Addresses stay as they are."
    button = "Set section"
    done = "Section set"

    def check_perm(self, article: Article) -> bool:
        """Whoever may change any article."""
        return bool(self.request.user.has_perm("articles.change_article"))

    @classmethod
    def execute_action(cls, objects: Sequence[Article], **kwargs: Any) -> tuple[int, int]:
        """One by one, each announced; the judge learns from it."""
        groups = stories_of([article.pk for article in objects])
        section = kwargs["form"].cleaned_data["section"]
        sectioning.choose_for_all(objects, section, user=kwargs["user"], groups=groups)
        return len(objects), 0


class DeleteDraftsAction(DeleteBulkAction):
    """Wagtail's own, bounded: only drafts that never were in the paper pass its check."""

    display_name = "Delete drafts"
    aria_label = "Delete the selected drafts"
    models: ClassVar[list[Any]] = [Article]

    @classmethod
    def get_queryset(cls, model: Any, object_ids: Sequence[Any]) -> list[Article]:
        """At most so many."""
        return ArticleBulkAction.get_queryset(model, object_ids)

    def get_all_objects_in_listing_query(self, parent_id: Any) -> list[int]:
        """The newest so many."""
        return list(Article.objects.order_by("-published_at").values_list("pk", flat=True)[:AT_ONCE])


ACTIONS = (PublishAction, SectionAction, WithdrawAction, DeleteDraftsAction)
