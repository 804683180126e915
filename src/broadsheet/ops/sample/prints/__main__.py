"""`python -m broadsheet.ops.sample.prints OUT [NAME…]`: write all prints, or the named ones, into a folder."""

from __future__ import annotations

import sys
from pathlib import Path

from broadsheet.ops.sample import prints


def main(arguments: list[str]) -> int:
    if not arguments:
        print(__doc__)
        return 2
    out, wanted = Path(arguments[0]), arguments[1:] or prints.names()
    unknown = sorted(set(wanted) - set(prints.names()))
    if unknown:
        print(f"No such print: {', '.join(unknown)}")
        return 2
    out.mkdir(parents=True, exist_ok=True)
    for name in wanted:
        data = prints.webp(name)
        (out / f"{name}.webp").write_bytes(data)
        print(f"{name}  {len(data):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
