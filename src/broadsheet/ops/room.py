"""Whether there is room to write: what doctor, the readiness answer and the desk say of the disk."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from django.conf import settings

from broadsheet.core import trouble

#: Bytes free under which the disk counts as short, and as nearly full.
LITTLE, TOO_LITTLE = 2 << 30, 200 << 20
# As much as a page of a database: an empty file finds its place even on a full disk.
_PROBE = bytes(16_384)


def problem(folder: Path) -> str:
    """What stands against writing in a folder, in one plain sentence; empty where a small file can be written."""
    if not folder.exists():
        return ""
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
            file.write(_PROBE)
            os.fsync(file.fileno())
    except OSError as error:
        said = trouble.of(error) or f"It cannot be written ({error.strerror or error})."
        return f"{said} Nothing can be written in {folder}."
    return ""


def problems() -> list[str]:
    """The same of every place that the portal writes to: data, pictures, the database's folder, printed pages."""
    options = settings.BROADSHEET
    places = [options.data, options.media_dir, Path(str(getattr(settings, "PRESS_DIR", "") or options.data))]
    name = str(settings.DATABASES["default"]["NAME"])
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        places.append(Path(name).parent)
    found = [problem(place) for place in dict.fromkeys(place.resolve() for place in places)]
    return [line for line in found if line]


def free(folder: Path) -> int:
    """Bytes free."""
    return shutil.disk_usage(folder).free
