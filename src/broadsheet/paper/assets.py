"""Addresses of the paper's own files, with their hash in the name once static files have been collected."""

from __future__ import annotations

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage


def url(name: str) -> str:
    """Address of a static file of the paper, e.g. `paper/paper.css`."""
    try:
        return str(staticfiles_storage.url(name))
    except (ValueError, OSError):  # not collected yet: the plain name is served by the framework
        return f"{settings.STATIC_URL}{name}"
