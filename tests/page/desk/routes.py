"""Every address under /desk/, read off the URLconf, with arguments that lead to something."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, UUIDConverter

UUID = "00000000-0000-4000-8000-000000000000"
# Wagtail's own last pattern answers whatever is left.
CATCH_ALL = "^"


def patterns(resolver: URLResolver | None = None, prefix: str = "", names: str = "") -> Iterator[tuple[str, str]]:
    """(pattern, name) of every route, nested ones joined."""
    for one in (resolver or get_resolver()).url_patterns:
        here = prefix + _text(one)
        if isinstance(one, URLResolver):
            space = f"{names}{one.namespace}:" if one.namespace else names
            yield from patterns(one, here, space)
        elif isinstance(one, URLPattern):
            yield here, f"{names}{one.name or ''}"


def _text(pattern: URLPattern | URLResolver) -> str:
    text = str(pattern.pattern)
    for name, converter in getattr(pattern.pattern, "converters", {}).items():
        sample = (
            "1"
            if isinstance(converter, IntConverter)
            else UUID
            if isinstance(converter, UUIDConverter)
            else f"<{name}>"
        )
        text = re.sub(rf"<(?:[^<>:]+:)?{name}>", sample, text)
    return text


def addresses(under: str = "desk/") -> list[tuple[str, str]]:
    """(address, name) of every route below a prefix; groups of expressions are filled with samples."""
    found = []
    for pattern, name in patterns():
        if pattern.startswith(under) and not pattern.endswith(CATCH_ALL):
            found.append(("/" + _filled(pattern), name))
    return found


SAMPLES = {
    "app_name": "articles",
    "app_label": "articles",
    "model_name": "article",
    "action": "publish",
    "action_name": "approve",
}


def _filled(pattern: str) -> str:
    def group(match: re.Match[str]) -> str:
        name = match[1]
        return SAMPLES.get(name, "live" if "revision_id" in name else "1")

    text = re.sub(r"\(\?P<(\w+)>(?:[^()\\]|\\.|\((?:[^()])*\))*\)", group, pattern)
    text = re.sub(r"<(\w+)>", lambda match: SAMPLES.get(match[1], "1"), text)
    text = re.sub(r"\([^()]*\)\??", "1", text)
    return text.replace("^", "").replace("$", "").replace("\\", "").replace("?", "")
