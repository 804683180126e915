"""The page store on a disk.

    <root>/prints/ab/<sha256 of the path>.page   what the front door reads
    <root>/public/<path>/index.html (.gz, .br)   what nginx or Caddy can serve alone, if wanted

**One container file per page.** Headers and all forms of the body lie in one file, swapped in by
one rename, so no reader can meet the body of one print with the headers of another, wherever a
writer is killed. Separate files with a common stamp would need every reader to check and to try
again, and leave a broken set behind a killed writer. The file's name is a hash: a long name, a dot,
or an address that is both file and folder cannot clash.

**The mark is the container's modification time**, in whole seconds: the press clock's number at
which the page became stale. A fresh print carries its own number there. So one `stat` tells whether
print or mark has changed, and a rename can lose a mark only between commit and swap, which the
printer closes by looking once more after the swap (`services`). A copy of the directory that does
not keep times turns every page stale: the safe side.

**The public tree is written first, the container last.** A writer killed in between leaves the
container old and stale, and the page is printed again. Marking a page takes its public files away,
so the outer server asks us. Pages whose names could clash or be misread by an outer server are
simply not put there.

No fsync unless asked for: a print can be made again. A torn file is known by its checksum and
counts as missing.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import struct
import tempfile
import threading
import zlib
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from broadsheet.press.printing import Printed
from broadsheet.press.store import Stored

_MAGIC = b"BsP1"
#: magic, length of the JSON head, length of the gzip form, length of the brotli form, checksum of
#: all three.
_FRAME = struct.Struct("<4sIIII")
_SECOND = 1_000_000_000
_LEFTOVER_SECONDS = 900.0

# Folders of the public tree never hold a dot, files always do: so no path is file for one page and
# folder for another.
_FOLDER = re.compile(r"[a-z0-9_~-]{1,200}")
_FILE = re.compile(r"[a-z0-9_~-]{1,200}\.[a-z0-9]{1,10}")
_NOT_A_FILE = re.compile(r"index\.html?|.*\.(gz|br|zst)")


class FileStore:
    """Prints under the folder `root`. Prints of another `imprint` than the current one are stale.

    `public` keeps the tree for an outer server beside them. `durable` has every print reach the
    disk before it is swapped in. `on_step` is called between the steps of a write, for tests that
    break off there.
    """

    def __init__(
        self,
        root: Path,
        *,
        imprint: str = "",
        public: bool = False,
        durable: bool = False,
        on_step: Callable[[str], None] = lambda step: None,
    ) -> None:
        self.imprint = imprint
        self._prints = root / "prints"
        self._public = root / "public" if public else None
        self._durable = durable
        self._step = on_step
        self._mark_lock = threading.Lock()
        self._prints.mkdir(parents=True, exist_ok=True)
        self._lock_file = root / "marks.lock"
        self._keep_public_of_this_imprint(root)

    # Reading

    def get(self, path: str) -> Stored | None:
        try:
            with open(self._container(path), "rb", buffering=0) as file:
                # From the open file, not the name: the name may be swapped while we read.
                info = os.fstat(file.fileno())
                data = file.read()
        except OSError:
            return None
        printed = unpack(data)
        if printed is None or printed.path != path:
            return None
        stale = info.st_mtime_ns // _SECOND > printed.as_of or printed.imprint != self.imprint
        return Stored(printed, stale, _stamp(info))

    def stamp(self, path: str) -> Hashable | None:
        try:
            return _stamp(os.stat(self._container(path)))
        except OSError:
            return None

    def mark_of(self, path: str) -> int | None:
        try:
            return os.stat(self._container(path)).st_mtime_ns // _SECOND
        except OSError:
            return None

    def paths(self) -> Iterator[str]:
        for file in self._prints.glob("*/*.page"):
            with suppress(OSError):
                printed = unpack(file.read_bytes())
                if printed is not None:
                    yield printed.path

    # Writing

    def put(self, path: str, printed: Printed) -> None:
        public = self._public_file(path)
        if public is not None:
            if printed.status == 200:
                self._write_public(public, printed)
            else:
                _remove_public(public)
        mark = printed.as_of * _SECOND
        self._swap(self._container(path), pack(printed), name="container", mtime=mark)

    def mark(self, paths: Iterable[str], seq: int) -> None:
        with self._marking():
            for path in paths:
                container = self._container(path)
                with suppress(OSError):
                    if os.stat(container).st_mtime_ns // _SECOND < seq:
                        os.utime(container, ns=(seq * _SECOND, seq * _SECOND))
                public = self._public_file(path)
                if public is not None:
                    _remove_public(public)

    def drop(self, path: str) -> None:
        public = self._public_file(path)
        if public is not None:
            _remove_public(public)
        with suppress(OSError):
            os.unlink(self._container(path))

    def tidy(self) -> int:
        # File times are by the file system's own clock, so that is the one to compare with.
        self._lock_file.touch()
        limit = self._lock_file.stat().st_mtime - _LEFTOVER_SECONDS
        gone = 0
        roots = [self._prints] if self._public is None else [self._prints, self._public]
        for root in roots:
            for file in root.rglob(".*.tmp"):
                with suppress(OSError):
                    if file.stat().st_mtime < limit:
                        file.unlink()
                        gone += 1
        return gone

    # How

    def _container(self, path: str) -> str:
        name = hashlib.sha256(path.encode("utf-8", "surrogatepass")).hexdigest()
        return f"{self._prints}/{name[:2]}/{name}.page"

    def _public_file(self, path: str) -> Path | None:
        """Where an outer server looks for the page; None for a name that does not go there."""
        if self._public is None or not path.startswith("/"):
            return None
        *folders, last = path[1:].split("/")
        if not all(_FOLDER.fullmatch(one) for one in folders):
            return None
        if last == "":
            return self._public.joinpath(*folders, "index.html")
        if not _FILE.fullmatch(last) or _NOT_A_FILE.fullmatch(last):
            return None
        return self._public.joinpath(*folders, last)

    def _write_public(self, file: Path, printed: Printed) -> None:
        """The old brotli form goes first: an outer server must not find it beside a new page."""
        with suppress(OSError):
            os.unlink(f"{file}.br")
        self._step("public: old brotli gone")
        self._swap(f"{file}.gz", printed.gzip, name="public gzip")
        self._swap(str(file), printed.body, name="public plain")
        if printed.brotli is not None:
            self._swap(f"{file}.br", printed.brotli, name="public brotli")

    def _swap(self, target: str, data: bytes, *, name: str, mtime: int | None = None) -> None:
        """Write beside the target, then rename over it: a reader sees the old or the new."""
        folder, base = os.path.split(target)
        os.makedirs(folder, exist_ok=True)
        # The name is cut, so that a long one still fits with what is added to it.
        fd, temporary = tempfile.mkstemp(suffix=".tmp", prefix=f".{base[:40]}.", dir=folder)
        try:
            with open(fd, "wb", buffering=0) as file:
                _write_all(file, data, lambda: self._step(f"{name}: half written"))
                os.fchmod(fd, 0o644)
                if mtime is not None:
                    os.utime(fd, ns=(mtime, mtime))
                if self._durable:
                    os.fsync(fd)
            self._step(f"{name}: before rename")
            os.rename(temporary, target)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise
        self._step(f"{name}: after rename")

    @contextmanager
    def _marking(self) -> Iterator[None]:
        """Two who mark at once must not lower each other's mark."""
        with self._mark_lock, open(self._lock_file, "ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _keep_public_of_this_imprint(self, root: Path) -> None:
        """Outer servers know nothing of imprints: take files of another out of their sight."""
        noted = root / "public.imprint"
        tree = root / "public"
        current = self.imprint if self._public is not None else None
        with suppress(OSError):
            if current is not None and noted.read_text() == current:
                return
        if tree.exists():
            aside = Path(tempfile.mkdtemp(prefix="public-old-", dir=root))
            os.rename(tree, aside / "public")
            shutil.rmtree(aside, ignore_errors=True)
        if current is None:
            noted.unlink(missing_ok=True)
        else:
            tree.mkdir(parents=True)
            self._swap(str(noted), current.encode(), name="imprint")


def pack(printed: Printed) -> bytes:
    """The container of one print."""
    head: dict[str, Any] = {
        "path": printed.path,
        "kind": printed.kind,
        "status": printed.status,
        "headers": printed.headers,
        "etag": printed.etag,
        "size": printed.size,
        "keys": sorted(printed.keys),
        "last_modified": printed.last_modified,
        "as_of": printed.as_of,
        "imprint": printed.imprint,
    }
    packed = json.dumps(head, separators=(",", ":")).encode()
    brotli = printed.brotli or b""
    total = zlib.crc32(brotli, zlib.crc32(printed.gzip, zlib.crc32(packed)))
    frame = _FRAME.pack(_MAGIC, len(packed), len(printed.gzip), len(brotli), total)
    return b"".join((frame, packed, printed.gzip, brotli))


def unpack(data: bytes) -> Printed | None:
    """The print in a container; None if the container is torn, damaged or of another make."""
    if len(data) < _FRAME.size:
        return None
    magic, head_length, gzip_length, brotli_length, total = _FRAME.unpack_from(data)
    first = _FRAME.size + head_length
    second = first + gzip_length
    if magic != _MAGIC or len(data) != second + brotli_length:
        return None
    if zlib.crc32(memoryview(data)[_FRAME.size :]) != total:
        return None
    head = json.loads(data[_FRAME.size : first])
    head["headers"] = tuple((name, value) for name, value in head["headers"])
    head["keys"] = frozenset(head["keys"])
    return Printed(gzip=data[first:second], brotli=data[second:] or None, **head)


def _stamp(info: os.stat_result) -> tuple[int, int, int, int]:
    # The change time too: an inode number is used again, and a mark moves back only with a new
    # file.
    return (info.st_ino, info.st_mtime_ns, info.st_ctime_ns, info.st_size)


def _write_all(file: Any, data: bytes, half_way: Callable[[], None]) -> None:
    """Write in two halves, for tests that break off between; a raw file may take less at once."""
    middle = len(data) // 2
    for start, end in ((0, middle), (middle, len(data))):
        rest = memoryview(data)[start:end]
        while rest:
            rest = rest[file.write(rest) :]
        if end == middle:
            half_way()


def _remove_public(file: Path) -> None:
    for name in (f"{file}.br", f"{file}.gz", str(file)):
        with suppress(OSError):
            os.unlink(name)
