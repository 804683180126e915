"""One number that all processes share: it grows whenever the store has changed.

The front door compares it on every request, so it must cost next to nothing: eight bytes mapped
into memory.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import threading
from pathlib import Path

_WIDTH = 8


class Generation:
    """The shared number. Without a file it is shared by the threads of this process only.

    `cell[0]` reads it in some tens of nanoseconds.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._fd: int | None = None
        buffer: mmap.mmap | bytearray = bytearray(_WIDTH)
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._fd = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            if os.fstat(self._fd).st_size < _WIDTH:
                os.ftruncate(self._fd, _WIDTH)
            buffer = mmap.mmap(self._fd, _WIDTH)
        self._buffer = buffer
        self.cell = memoryview(buffer).cast("Q")

    @property
    def value(self) -> int:
        """The number now."""
        return self.cell[0]

    def bump(self) -> int:
        """Add one, and say so to everybody. Returns the new number."""
        with self._lock:
            if self._fd is not None:
                fcntl.flock(self._fd, fcntl.LOCK_EX)
            try:
                self.cell[0] = (self.cell[0] + 1) % 2**63
                return self.cell[0]
            finally:
                if self._fd is not None:
                    fcntl.flock(self._fd, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go of the file. The number must not be read afterwards."""
        self.cell.release()
        if isinstance(self._buffer, mmap.mmap):
            self._buffer.close()
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
