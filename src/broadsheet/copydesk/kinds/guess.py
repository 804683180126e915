"""What encoding a body is in, where nobody says so and it is not UTF-8."""

from __future__ import annotations

# Encodings in which news is still published; those of western and central Europe are missing because they are told
# apart too badly by machine, and windows-1252 is taken for them anyway.
_LIKELY = (
    "cp932", "euc_jp", "gb18030", "big5", "cp949", "cp1251", "koi8_r", "cp1255", "cp1256", "cp1253", "tis_620",
    "cp1252", "cp1250",
)  # fmt: skip
_EUROPEAN = frozenset(("cp1252", "cp1250"))
# Letters that are enough to judge by, and bytes that are looked at for them.
_ENOUGH = 8_000
_LOOKED_AT = 200_000


def encoding_of(body: bytes) -> str | None:
    """The likely encoding by the statistics of its letters; None where windows-1252 will do."""
    from charset_normalizer import from_bytes

    pieces = (one.partition(b">")[2] for one in body[:_LOOKED_AT].split(b"<") if not one.isascii())
    letters = b"\n".join(pieces)[:_ENOUGH]
    if len(letters) < 8:
        return None
    best = from_bytes(letters, cp_isolation=list(_LIKELY)).best()
    return best.encoding if best is not None and best.encoding not in _EUROPEAN else None
