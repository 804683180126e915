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


STEPS = [
    "public: old brotli gone",
    *(
        f"{what}: {when}"
        for what in ("public gzip", "public plain", "public brotli", "container")
        for when in ("half written", "before rename", "after rename")
    ),
]


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


def test_these_are_all_the_steps(tmp_path: Path) -> None:
    steps: list[str] = []
    store = FileStore(tmp_path, public=True, on_step=steps.append)
    steps.clear()
    store.put("/a/", NEW)
    assert steps == STEPS


@pytest.mark.parametrize("step", STEPS)
def test_wherever_a_writer_is_killed_every_reader_gets_one_whole_page(tmp_path: Path, step: str) -> None:
    store = FileStore(tmp_path, public=True)
    store.put("/a/", OLD)
    store.mark(["/a/"], 2)
    put_and_die(tmp_path, step)
    found = store.get("/a/")
    assert found is not None
    swapped = step == "container: after rename"
    assert (found.printed, found.stale) == ((NEW, False) if swapped else (OLD, True))
    assert set(public_forms(tmp_path).values()) <= {NEW.body, NEW.gzip, NEW.brotli}


@pytest.mark.parametrize("page", [OLD, NEW])
def test_after_a_kill_the_next_put_sets_all_right(tmp_path: Path, page: Printed) -> None:
    store = FileStore(tmp_path, public=True)
    put_and_die(tmp_path, "public gzip: after rename")
    store.put("/a/", page)
    assert store.get("/a/").printed == page  # type: ignore[union-attr]
    forms = {"index.html": page.body, "index.html.gz": page.gzip, "index.html.br": page.brotli}
    assert public_forms(tmp_path) == forms
