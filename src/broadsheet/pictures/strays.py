"""Files of pictures that no row names: what a kill between file and row leaves, found and swept.

A picture's file is written before its row, so that no page ever finds a row without a file. Whoever dies in between
leaves the file, and whoever tries again writes another one beside it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from datetime import timedelta

import structlog
from django.core.files.storage import Storage

from broadsheet.core import clock
from broadsheet.pictures.models import Picture, Rendition

log = structlog.get_logger(__name__)

#: A younger file may get its row yet: an upload and a rendering take seconds.
GRACE = timedelta(hours=1)
#: How often they are swept; one that outlives two sweeps is a fault.
TERM = timedelta(hours=6)
#: The folders that hold nothing else.
_FOLDERS = ((Picture, "original_images"), (Rendition, "images"))


def found(grace: timedelta = GRACE) -> Iterator[str]:
    """Names of files older than `grace` that neither a picture nor a rendition has, in the storage of pictures."""
    limit = clock.now() - grace
    for model, folder in _FOLDERS:
        storage: Storage = model._meta.get_field("file").storage
        try:
            _, names = storage.listdir(folder)
        except FileNotFoundError:
            continue
        # The directory first, the rows after it: a file whose row came in between is none of ours.
        held = set(model.objects.values_list("file", flat=True))
        for name in sorted({posixpath.join(folder, one) for one in names} - held):
            try:
                if storage.get_modified_time(name) <= limit:
                    yield name
            except FileNotFoundError:
                continue


def sweep() -> int:
    """Delete those files; returns how many there were."""
    storage: Storage = Picture._meta.get_field("file").storage
    gone = 0
    for name in list(found()):
        storage.delete(name)
        log.info("a picture's file without a row was deleted", file=name)
        gone += 1
    return gone
