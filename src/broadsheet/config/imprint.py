"""What the printed pages look like, as one hash: when templates or style change, every page is stale."""

from __future__ import annotations

import hashlib
from pathlib import Path

from broadsheet import __version__

_FOLDERS = ("paper", "syndication")
# What an article may show, and how its body is drawn.
_FILES = ("articles/showing.py", "copydesk/blocks.py", "sources/rights.py")
_ENDINGS = {".html", ".css", ".js", ".svg", ".py", ".xml", ".txt"}


def layout(package: Path) -> str:
    """A hash over everything that shapes a printed page."""
    digest = hashlib.sha256(__version__.encode())
    shaping = [package / name for name in _FILES]
    for folder in _FOLDERS:
        shaping += sorted(path for path in (package / folder).rglob("*") if path.suffix in _ENDINGS)
    for path in shaping:
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
