"""RELIABILITY, kill points "between temp file and rename" and "mid-page rebuild"."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from broadsheet.press.filestore import FileStore
from broadsheet.press.printing import Printed, with_brotli
from tests.pure.press.press_kit import BODY, a_print

OLD = with_brotli(a_print("/a/", "old " + BODY, as_of=1))
NEW = with_brotli(a_print("/a/", "new " + BODY, as_of=2))


def steps_of_a_put(tmp_path: Path) -> list[str]:
    steps: list[str] = []
    FileStore(tmp_path / "steps", public=True, on_step=steps.append).put("/a/", NEW)
    return [step for step in steps if not step.startswith("imprint")]


def put_and_die(root: Path, step: str) -> None:
    """Put the new page in a child that is killed at `step`."""
    child = os.fork()
    if child == 0:

        def die(at: str) -> None:
            if at == step:
                os.kill(os.getpid(), signal.SIGKILL)

        FileStore(root, public=True, on_step=die).put("/a/", NEW)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL


def public_forms(root: Path) -> dict[str, bytes]:
    folder = root / "public/a"
    return {f.name: f.read_bytes() for f in folder.iterdir() if not f.name.startswith(".")}


def test_wherever_a_writer_is_killed_every_reader_gets_one_whole_page(tmp_path: Path) -> None:
    steps = steps_of_a_put(tmp_path)
    assert len(steps) == 1 + 4 * 3
    for n, step in enumerate(steps):
        root = tmp_path / str(n)
        store = FileStore(root, public=True)
        store.put("/a/", OLD)
        store.mark(["/a/"], 2)
        put_and_die(root, step)
        found = store.get("/a/")
        assert found is not None
        if step == "container: after rename":
            assert (found.printed, found.stale) == (NEW, False)
        else:
            assert (found.printed, found.stale) == (OLD, True), step
        whole = {NEW.body, NEW.gzip, NEW.brotli}
        assert set(public_forms(root).values()) <= whole, step


@pytest.mark.parametrize("page", [OLD, NEW])
def test_after_a_kill_the_next_put_sets_all_right(tmp_path: Path, page: Printed) -> None:
    store = FileStore(tmp_path, public=True)
    put_and_die(tmp_path, "public gzip: after rename")
    store.put("/a/", page)
    assert store.get("/a/").printed == page  # type: ignore[union-attr]
    forms = {"index.html": page.body, "index.html.gz": page.gzip, "index.html.br": page.brotli}
    assert public_forms(tmp_path) == forms
