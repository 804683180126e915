"""The whole feedparser corpus through our reader: no exception, and every change of a result is looked at.

The results stand as one digest a file in `tests/samples/feedcases.digests`, since the cases themselves are not ours to
carry. After a change that is meant, `./run test tests/pure/copydesk/test_check_14_parser_cases.py --regold` writes them
anew; the difference names the files to look at.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.parse import parse_feed
from tests.fuzz.feeds import NOW

DIGESTS = Path(__file__).resolve().parents[2] / "samples" / "feedcases.digests"
FOLDERS = {"feeds": "feeds/feedparser", "active": "xss/feedparser-sanitize"}

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:feedparser")


def cases(data: Path) -> Iterator[tuple[str, bytes, dict[str, str]]]:
    for short, folder in FOLDERS.items():
        for line in (data / folder / "expect.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            headers = {name.lower(): value for name, value in (row.get("http_headers") or {}).items()}
            yield f"{short}/{row['file']}", (data / folder / row["file"]).read_bytes(), headers


def digest(body: bytes, headers: dict[str, str]) -> str:
    """The whole result, or the reason why there is none, as sixteen letters."""
    try:
        feed = parse_feed(
            body, url="http://127.0.0.1:8097/case", content_type=headers.get("content-type"), now=NOW
        ).as_json()
    except NotReadable as error:
        feed = {"reason": str(error.reason)}
    feed.pop("problems", None)  # the words of libxml2, which differ between its versions
    return hashlib.sha256(json.dumps(feed, sort_keys=True).encode()).hexdigest()[:16]


@pytest.mark.slow("seven hundred and fifty feeds")
def test_check_14_results_are_those_that_were_reviewed(shared_data: Path, request: pytest.FixtureRequest) -> None:
    found = {name: digest(body, headers) for name, body, headers in cases(shared_data)}
    assert len(found) > 700
    if request.config.getoption("--regold"):
        DIGESTS.write_text("".join(f"{one} {name}\n" for name, one in sorted(found.items())), "utf-8")
    lines = DIGESTS.read_text("utf-8").splitlines()
    reviewed = {name: one for one, name in (line.split(" ", 1) for line in lines)}
    changed = sorted(name for name in found if found[name] != reviewed.get(name))
    assert not changed, f"{len(changed)} results changed, look at each: {changed[:20]}"
