"""Static files under names that carry their hash, compressed once, so that browsers may keep them for ever."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class AssetStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed; a file that a third-party style sheet names but does not ship is left as it is."""

    manifest_strict = False

    hashed_files: dict[str, str]

    def stored_name(self, name: str) -> str:
        """The hashed name; the manifest is looked for again while there was none when this process began."""
        if not self.hashed_files:
            self.reread()
        return str(super().stored_name(name))

    def reread(self) -> None:
        """Take the names from the manifest as it is now: another process may have gathered a newer release's files."""
        self.hashed_files, self.manifest_hash = self.load_manifest()
