from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from broadsheet.press.filestore import FileStore, pack, unpack
from broadsheet.press.printing import with_brotli
from broadsheet.press.store import MemoryStore, NullStore, PageStore
from tests.pure.press.press_kit import a_print


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> PageStore:
    return MemoryStore() if request.param == "memory" else FileStore(tmp_path / "press")


def test_a_page_comes_back_as_it_was_put(store: PageStore) -> None:
    page = with_brotli(a_print(last_modified=None, status=410, as_of=7))
    store.put("/a/", page)
    found = store.get("/a/")
    assert found is not None
    assert found.printed == page
    assert not found.stale
    assert list(store.paths()) == ["/a/"]
    assert store.mark_of("/a/") == 7


def test_what_is_not_there_is_none(store: PageStore) -> None:
    assert store.get("/a/") is store.stamp("/a/") is store.mark_of("/a/") is None
    store.mark(["/a/"], 3)
    store.drop("/a/")
    assert store.get("/a/") is None
    assert store.tidy() == 0


def test_a_mark_makes_older_prints_stale_and_spares_newer_ones(store: PageStore) -> None:
    store.put("/a/", a_print(as_of=5))
    store.mark(["/a/"], 5)
    assert not store.get("/a/").stale  # type: ignore[union-attr]
    store.mark(["/a/"], 6)
    assert store.get("/a/").stale  # type: ignore[union-attr]
    assert store.mark_of("/a/") == 6
    store.mark(["/a/"], 4)  # late: must not lower the mark
    assert store.get("/a/").stale  # type: ignore[union-attr]
    store.put("/a/", a_print(as_of=6))
    assert not store.get("/a/").stale  # type: ignore[union-attr]


def test_the_stamp_tells_every_change(store: PageStore) -> None:
    stamps = []
    for step in (
        lambda: store.put("/a/", a_print(as_of=1)),
        lambda: store.mark(["/a/"], 2),
        lambda: store.put("/a/", a_print(as_of=2)),
        lambda: store.put("/a/", with_brotli(a_print(as_of=2))),
    ):
        step()
        stamps.append(store.stamp("/a/"))
        assert store.get("/a/").stamp == stamps[-1]  # type: ignore[union-attr]
    assert len(set(stamps)) == 4


def test_prints_of_another_imprint_are_stale(tmp_path: Path) -> None:
    FileStore(tmp_path, imprint="1").put("/a/", replace(a_print(), imprint="1"))
    assert not FileStore(tmp_path, imprint="1").get("/a/").stale  # type: ignore[union-attr]
    assert FileStore(tmp_path, imprint="2").get("/a/").stale  # type: ignore[union-attr]
    memory = MemoryStore(imprint="2")
    memory.put("/a/", replace(a_print(), imprint="1"))
    assert memory.get("/a/").stale  # type: ignore[union-attr]


def test_dropped_is_gone(store: PageStore) -> None:
    store.put("/a/", a_print())
    store.drop("/a/")
    assert store.get("/a/") is None
    assert list(store.paths()) == []


HARD_NAMES = [
    "/" + "x" * 450 + "/",
    "/x/feed.rss",
    "/x/feed.rss/",
    "/x/feed.rss/y",
    "/x/",
    "/x",
    "/x/index.html",
    "/x/index.html.gz",
    "/../../etc/passwd",
    "/x/../y/",
    "/naïve/",
    "/with space/",
    "/nul\0/",
    "/\udcff/",
    "/.well-known/security.txt",
    "//double/",
    "relative/",
]


@pytest.mark.parametrize("public", [False, True])
def test_hard_names_neither_clash_nor_leave_the_folder(tmp_path: Path, public: bool) -> None:
    root = tmp_path / "inner" / "press"
    store = FileStore(root, public=public)
    for n, path in enumerate(HARD_NAMES):
        if "\udcff" not in path:
            store.put(path, a_print(path, f"page {n}" * 50))
    for n, path in enumerate(HARD_NAMES):
        found = store.get(path)
        if "\udcff" in path:
            assert found is None
        else:
            assert found is not None
            assert found.printed.body == (f"page {n}" * 50).encode()
    outside = [f for f in tmp_path.rglob("*") if f.is_file() and root not in f.parents]
    assert outside == []


def test_a_torn_or_strange_container_counts_as_missing(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    store.put("/a/", a_print())
    (file,) = tmp_path.glob("prints/*/*.page")
    whole = file.read_bytes()
    for damaged in (b"", whole[:10], whole[:-1], whole + b"x", b"ZZZZ" + whole[4:]):
        file.write_bytes(damaged)
        assert store.get("/a/") is None
        assert list(store.paths()) == []
    flipped = bytearray(whole)
    flipped[-5] ^= 1
    file.write_bytes(flipped)
    assert store.get("/a/") is None
    file.write_bytes(pack(a_print("/other/")))  # another page under this name
    assert store.get("/a/") is None


def test_packing_is_undone_by_unpacking() -> None:
    for page in (a_print(), with_brotli(a_print(body=b"")), a_print(keys=frozenset())):
        assert unpack(pack(page)) == page


def test_an_outer_server_finds_plain_files(tmp_path: Path) -> None:
    store = FileStore(tmp_path, public=True)
    page = with_brotli(a_print("/world/"))
    store.put("/world/", page)
    store.put("/world/feed.rss", a_print("/world/feed.rss"))
    tree = tmp_path / "public"
    assert (tree / "world/index.html").read_bytes() == page.body
    assert (tree / "world/index.html.gz").read_bytes() == page.gzip
    assert (tree / "world/index.html.br").read_bytes() == page.brotli
    assert (tree / "world/feed.rss.gz").exists()
    assert (tree / "world/index.html").stat().st_mode & 0o777 == 0o644


def test_an_outer_server_never_keeps_a_stale_moved_or_dropped_page(tmp_path: Path) -> None:
    store = FileStore(tmp_path, public=True)
    file = tmp_path / "public/world/index.html"

    def seen() -> list[str]:
        return [f.name for f in file.parent.iterdir()]

    store.put("/world/", with_brotli(a_print("/world/", as_of=1)))
    store.put("/world/", a_print("/world/", as_of=1))  # without brotli yet
    assert sorted(seen()) == ["index.html", "index.html.gz"]
    store.mark(["/world/"], 2)
    assert seen() == []
    store.put("/world/", a_print("/world/", as_of=2))
    store.put("/world/", a_print("/world/", as_of=2, status=410))
    assert seen() == []
    store.put("/world/", a_print("/world/", as_of=2))
    store.drop("/world/")
    assert seen() == []


def test_the_public_tree_belongs_to_one_imprint(tmp_path: Path) -> None:
    file = tmp_path / "public/a/index.html"
    FileStore(tmp_path, imprint="1", public=True).put("/a/", a_print())
    FileStore(tmp_path, imprint="1", public=True)
    assert file.exists()
    FileStore(tmp_path, imprint="2", public=True)
    assert not file.exists()
    FileStore(tmp_path, imprint="2", public=True).put("/a/", a_print())
    FileStore(tmp_path, imprint="2")  # no tree wanted any more
    assert not (tmp_path / "public").exists()
    FileStore(tmp_path, imprint="2", public=True)
    assert not file.exists()
    assert not list(tmp_path.glob("public-old-*"))


def test_broken_off_writes_leave_nothing_for_long(tmp_path: Path) -> None:
    store = FileStore(tmp_path, public=True)
    store.put("/a/", a_print())
    old, new = tmp_path / "prints/.x.1.tmp", tmp_path / "public/.y.2.tmp"
    for file in (old, new):
        file.write_bytes(b"x")
    os.utime(old, (1, 1))
    assert store.tidy() == 1
    assert not old.exists()
    assert new.exists()
    assert store.get("/a/") is not None


def test_a_write_that_fails_leaves_the_old_page_and_no_rubbish(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    store.put("/a/", a_print(body="old"))

    def full(step: str) -> None:
        raise OSError("disk full")

    broken = FileStore(tmp_path, on_step=full, durable=True)
    with pytest.raises(OSError, match="disk full"):
        broken.put("/a/", a_print(body="new"))
    assert store.get("/a/").printed.body == b"old"  # type: ignore[union-attr]
    assert not list(tmp_path.rglob("*.tmp"))


def test_a_durable_store_syncs_each_container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Any] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    FileStore(tmp_path).put("/a/", a_print())
    assert synced == []
    FileStore(tmp_path, durable=True).put("/a/", a_print())
    assert len(synced) == 1


def test_the_null_store_keeps_nothing() -> None:
    store = NullStore()
    store.put("/a/", a_print())
    store.mark(["/a/"], 1)
    store.drop("/a/")
    assert store.get("/a/") is store.stamp("/a/") is store.mark_of("/a/") is None
    assert (list(store.paths()), store.tidy()) == ([], 0)
