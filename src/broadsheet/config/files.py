"""Files handed out by the portal itself where no outer server does: collected assets."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from whitenoise import WhiteNoise

_HASHED = re.compile(r"\.[0-9a-f]{12}\.")


class Assets(WhiteNoise):
    """Serves the folder of collected static files; names with a hash may be kept for ever."""

    def immutable_file_test(self, path: str, url: str) -> bool:
        """Whether this name changes when the file does."""
        return bool(_HASHED.search(url))


def with_assets(app: Callable[..., Any], static: Path) -> Callable[..., Any]:
    """Stand before `app` for everything below /static/."""
    return Assets(
        app,
        root=str(static) if static.is_dir() else None,
        prefix="static/",
        allow_all_origins=False,
        max_age=3600,
        add_headers_function=_headers,
    )


def _headers(headers: Any, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
