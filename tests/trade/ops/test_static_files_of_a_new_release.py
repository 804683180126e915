"""After an upgrade pages name the new release's style and script, also in a process that knew the old ones."""

from __future__ import annotations

import json
from pathlib import Path

from broadsheet.config.assets import AssetStorage


def _manifest(root: Path, name: str) -> None:
    paths = {"paper/paper.css": f"paper/paper.{name}.css"}
    (root / "staticfiles.json").write_text(json.dumps({"version": "1.1", "paths": paths, "hash": name}))


def test_names_gathered_by_another_process_are_taken_over(tmp_path: Path) -> None:
    _manifest(tmp_path, "old")
    storage = AssetStorage(location=str(tmp_path), base_url="/static/")
    assert storage.stored_name("paper/paper.css") == "paper/paper.old.css"
    _manifest(tmp_path, "new")
    storage.reread()
    assert storage.stored_name("paper/paper.css") == "paper/paper.new.css"
