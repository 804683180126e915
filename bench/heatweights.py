"""Learns the weights of heat that come with the product from a year of a public page's votes.

`python -m bench.heatweights --data DIR` reads DIR/attention-hn-dev.tsv.gz and writes the weights in their place.
That page marks down what is much discussed; a newspaper does not. So comments may only raise these forecasts.
"""

from __future__ import annotations

import argparse
import gzip
import json
from pathlib import Path

from broadsheet.ops.evaluating import attention
from broadsheet.trends.heat.forecast import NAMES, RISING
from broadsheet.trends.heat.weights import SHIPPED

RISING_HERE = tuple(name for name in NAMES if name in RISING or name.startswith("comments"))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    series = attention.read(parser.parse_args().data)
    weights, _ = attention.fitted(series, min(series.pages), max(series.pages), rising=RISING_HERE)
    SHIPPED.parent.mkdir(exist_ok=True)
    told = json.dumps(weights.as_json(), separators=(",", ":"))
    SHIPPED.write_bytes(gzip.compress(told.encode("utf-8"), mtime=0))
    print(f"{SHIPPED.name}: {SHIPPED.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
