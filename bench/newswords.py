"""Makes what the measure of likeness starts from anew, from headlines in the public domain: how common English words
are, and the middle of the vectors.

`python -m bench.newswords --data DIR` reads DIR/desks-reddit2013-dev.jsonl.gz and writes both files in their place.
"""

from __future__ import annotations

import argparse
import gzip
import json
from pathlib import Path

from broadsheet.copydesk.likeness import Background
from broadsheet.copydesk.sections import vectors

FOLDER = Path(__file__).parents[1] / "src" / "broadsheet" / "copydesk" / "data"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    with gzip.open(parser.parse_args().data / "desks-reddit2013-dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        titles = [json.loads(line)["title"] for line in lines]
    table = vectors.installed()
    if table is None:
        raise SystemExit("The table of word pieces is not installed.")
    background = Background.of(titles)
    counts = sorted(background.counts.items())
    rows = [f"{word}\t{count}" for word, count in counts if count > 1 and len(word) < 30]
    FOLDER.mkdir(exist_ok=True)
    packed = gzip.compress("\n".join([str(background.total), *rows]).encode(), mtime=0)
    (FOLDER / "words.tsv.gz").write_bytes(packed)
    middle = table.embed(titles).mean(axis=0).astype("<f2").tobytes()
    (FOLDER / "middle.f16").write_bytes(middle)
    print(f"{len(rows)} words of {len(titles)} headlines: {len(packed):,} bytes; the middle: {len(middle):,} bytes")


if __name__ == "__main__":
    main()
