"""Makes the story machine's table of common English words anew from headlines in the public domain.

`python -m bench.commonwords --data DIR` reads DIR/desks-reddit2013-dev.jsonl.gz and writes the table in its place.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from pathlib import Path

from broadsheet.stories.machine.words import is_stop, pieces, stem

TABLE = Path(__file__).parents[1] / "src" / "broadsheet" / "stories" / "machine" / "data" / "english.tsv.gz"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    texts, counts = 0, Counter[str]()
    with gzip.open(parser.parse_args().data / "desks-reddit2013-dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            texts += 1
            counts.update({stem(word) for word in pieces(json.loads(line)["title"]) if not is_stop(word)})
    rows = [f"{term}\t{count}" for term, count in sorted(counts.items()) if count > 1 and len(term) < 30]
    TABLE.write_bytes(gzip.compress("\n".join([str(texts), *rows]).encode("utf-8"), mtime=0))
    print(f"{len(rows)} words of {texts} headlines in {TABLE.name}: {TABLE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
