"""Kept pictures, handed out so that nothing in them could run on our origin."""

from __future__ import annotations

import re

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

TYPES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "avif": "image/avif",
    "gif": "image/gif",
}
_NAME = re.compile(r"(?:images|original_images|avatar_images)/[\w.\-]+\.(\w{3,4})")


@require_safe
def kept(request: HttpRequest, name: str) -> HttpResponseBase:
    """A picture or one of its renditions; nothing else in the media folder is reachable."""
    match = _NAME.fullmatch(name)
    kind = TYPES.get(match.group(1).lower()) if match else None
    if kind is None or not default_storage.exists(name):
        raise Http404
    response = FileResponse(default_storage.open(name), content_type=kind)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
