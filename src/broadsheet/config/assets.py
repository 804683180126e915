"""Static files under names that carry their hash, compressed once, so that browsers may keep them for ever."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class AssetStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed; a file that a third-party style sheet names but does not ship is left as it is."""

    manifest_strict = False
