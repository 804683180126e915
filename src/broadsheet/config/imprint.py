"""What the printed pages look like, as one hash: when templates or style change, every page is stale."""

from __future__ import annotations

import hashlib
from pathlib import Path

from broadsheet import __version__

_FOLDERS = ("paper/templates", "paper/static", "paper/builders", "syndication")
_ENDINGS = {".html", ".css", ".js", ".svg", ".py", ".xml", ".txt"}


def layout(package: Path) -> str:
    """A hash over everything that shapes a printed page."""
    digest = hashlib.sha256(__version__.encode())
    for folder in _FOLDERS:
        for path in sorted((package / folder).rglob("*")):
            if path.suffix in _ENDINGS:
                digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
