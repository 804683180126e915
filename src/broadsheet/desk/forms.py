"""Forms of the desk. Whatever staff type goes through the same cleaner as what the wire brings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.blocks import StreamValue

from broadsheet.articles import services
from broadsheet.articles.models import Article, ArticleTopic, Judgement, Section
from broadsheet.desk import bodies
from broadsheet.lib import text

HEADLINE_HINT = "Best between 40 and 90 characters. Readers see no more than about 110 in lists."


class ArticleForm(WagtailAdminModelForm):
    """An article as editors write it. Topics are a line of names, and not part of a draft."""

    topics_text = forms.CharField(
        required=False,
        label="Topics",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "true"}),
        help_text="People, places, organisations and themes, divided by commas. They change at once when you save.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stream: Any = Article._meta.get_field("body").stream_block  # type: ignore[union-attr]
        self._body_before = self._stream.get_prep_value(self.instance.body)
        self._topics_before = _topics_line(self.instance)
        if "topics_text" in self.fields:
            self.fields["topics_text"].initial = self._topics_before
        if "section" in self.fields:
            self.fields["section"].empty_label = _machine_section(self.instance)
            self.fields["section"].required = False

    def clean_headline(self) -> str:
        """One tidy line."""
        return text.tidy(self.cleaned_data["headline"] or "")

    def clean_standfirst(self) -> str:
        """One tidy paragraph."""
        return text.tidy(self.cleaned_data["standfirst"] or "")

    def clean_byline(self) -> str:
        """One tidy line."""
        return text.tidy(self.cleaned_data["byline"] or "")

    def clean_body(self) -> StreamValue:
        """The blocks that were touched, cleaned; the others exactly as they are stored."""
        returned = self._stream.get_prep_value(self.cleaned_data["body"])
        base = settings.BROADSHEET.site_url
        return services.stream(bodies.settle(self._body_before, returned, self._stream, base=base))

    @property
    def topics_changed(self) -> bool:
        """Whether the line of topics was edited."""
        return bool(self.cleaned_data.get("topics_text", "").strip() != self._topics_before)

    def topic_names(self) -> list[str]:
        """The topics as names, each once, in the editor's order."""
        names = [text.tidy(part)[:120] for part in self.cleaned_data.get("topics_text", "").split(",")]
        return list(dict.fromkeys(name for name in names if name))[:30]


def _topics_line(article: Article) -> str:
    if article.pk is None:
        return ""
    links = ArticleTopic.objects.filter(article_id=article.pk).select_related("topic").order_by("rank", "id")
    return ", ".join(link.topic.name for link in links)


def _machine_section(article: Article) -> str:
    judged = Judgement.objects.select_related("section").filter(article_id=article.pk).first() if article.pk else None
    if judged is None:
        return "the first section, until you choose"
    why = judged.reasons.get("section", "") if isinstance(judged.reasons, dict) else ""
    return f"what the machine judged: {judged.section.name}" + (f" ({why})" if isinstance(why, str) and why else "")


class WithdrawForm(forms.Form):
    """Why an article leaves the paper; readers who come to its address are told."""

    why = forms.CharField(
        label="Why",
        max_length=300,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text="Shown to readers at the article's address, which answers “gone” (410).",
    )


class SectionForm(forms.Form):
    """A section for many articles at once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"] = forms.ModelChoiceField(
            Section.objects.order_by("order"), required=False, empty_label="what the machine judged"
        )


class AddressForm(forms.Form):
    """An address on the net, to be looked at or added."""

    url = forms.CharField(
        label="Address",
        max_length=2000,
        widget=forms.TextInput({"inputmode": "url", "placeholder": "https://", "autocomplete": "off"}),
        help_text="Of a feed, or of a page that names its feeds.",
    )


class OpmlForm(forms.Form):
    """A list of feeds from another reader."""

    file = forms.FileField(
        label="OPML file", help_text="At most 2 MB and 5,000 feeds. Nothing is added before you confirm."
    )
