"""Which way a text runs, and whether it must say its language beside the paper's own."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString

from broadsheet.lib import text


@dataclass(frozen=True, slots=True)
class Tongue:
    """Language and direction of a block; `foreign` when the language is not the page's own.

    `attributes` is what an element needs to say so: nothing where it is the page's own.
    """

    lang: str
    dir: str
    foreign: bool
    attributes: SafeString


def direction(language: str) -> str:
    """«rtl» or «ltr», by the first part of a language tag."""
    return text.direction(language)


def tongue(language: str) -> Tongue:
    """How to mark up a text in `language` (a tag such as «pt-br»; empty means the paper's own)."""
    own = settings.LANGUAGE_CODE
    lang = language or own
    foreign = lang.lower().split("-")[0] != own.lower().split("-")[0]
    runs = direction(lang)
    said = format_html(' lang="{}" dir="{}"', lang, runs) if foreign else SafeString()
    return Tongue(lang=lang, dir=runs, foreign=foreign, attributes=said)
