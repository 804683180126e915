"""Any text as a date: a moment in UTC or None, never an error, clamped in order."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.fuzz import driver

with driver.watched():
    from broadsheet.copydesk.kinds.common import when
    from broadsheet.lib import dates

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
_SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "dates" / "moments.txt"
SEEDS = [
    line.partition(" | ")[0].encode()
    for line in _SAMPLE.read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
SCRAPS = (b"GMT", b"+0100", b"-23:59", b"T", b"Z", b"PM", b"24:00", b"60", b"W53", b"366", b"0000", b"9999", b"ago",
          b"vor", b"Europe/Berlin", b"today", "오후".encode(), "Φεβ".encode(), "március".encode(),
          b"Feb 30", b"-1")  # fmt: skip


def target(data: bytes) -> None:
    text = data.decode("utf-8", "surrogatepass") if _decodes(data) else data.decode("latin-1")
    found = dates.parse(text, now=NOW)
    assert found is None or found.utcoffset() == timedelta(0), found
    again = when(text, NOW)
    assert again is None or again.utcoffset() == timedelta(0), again
    clamped = dates.clamp(found, NOW)
    assert dates.EARLIEST <= clamped <= NOW + dates.TOLERANCE
    if found is not None:
        assert dates.parse(found.isoformat(), now=NOW) == found, found


def _decodes(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(driver.main("dates", target, SEEDS, SCRAPS))
