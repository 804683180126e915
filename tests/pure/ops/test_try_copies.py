"""`broadsheet try copies`: one line, one answer, in their order."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from broadsheet.ops.trying import copies, stream
from tests.pure.ops.test_try_command import COMMAND, environment

TOLD = (
    "The council voted on Monday to keep the night ferry running through the winter months ahead, after three "
    "hours of debate in which fishermen, nurses and bakers told of their mornings."
)


def answers(*lines: Any) -> list[dict[str, Any]]:
    out = io.BytesIO()
    stream.serve(
        io.BytesIO(b"".join(json.dumps(one).encode() + b"\n" for one in lines)), out, copies.answerer(), workers=1
    )
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_copy_is_told_with_its_share_and_receipt() -> None:
    first, second = answers(
        {"id": "a", "title": "Ferry stays", "text": TOLD, "source": "Post", "t": 1000},
        {"id": 2, "title": "Night ferry kept", "text": TOLD + " (Agency)", "source": "Echo", "t": 1720},
    )
    assert first == {
        "id": "a", "copy_of": None, "share": 0, "reason": "It shares no passages with a text of the last 14 days.",
    }  # fmt: skip
    assert second["copy_of"] == "a"
    assert second["share"] == 1
    assert second["reason"] == "All of the passages of “Ferry stays” (Post, 12 minutes earlier) are in it."


def test_an_address_is_known_again_but_no_home_page() -> None:
    told = answers(
        {"id": "a", "title": "Ferry", "url": "https://www.e.org/ferry/?utm_source=x"},
        {"id": "b", "title": "Ferry kept", "text": "", "url": "http://e.org/ferry"},
        {"id": "c", "title": "One", "url": "http://e.org/"},
        {"id": "d", "title": "Two", "url": "http://e.org/"},
    )
    assert [one["copy_of"] for one in told] == [None, "a", None, None]
    assert told[1]["reason"] == "It has the address of “Ferry”."


def test_moments_are_seconds_or_iso() -> None:
    told = answers(
        {"id": "a", "text": TOLD, "t": "2026-11-24T12:00:00"},
        {"id": "b", "text": TOLD, "t": "2026-11-24T14:00:00+01:00"},
    )
    assert told[1]["reason"] == "All of its passages are in a (60 minutes earlier)."


@pytest.mark.parametrize(
    "line",
    [[1], {"text": TOLD}, {"id": "", "text": TOLD}, {"id": True, "text": TOLD}, {"id": "a"}, {"id": "a", "text": 5},
     {"id": "a", "text": TOLD, "t": "soon"}, {"id": "a", "text": TOLD, "t": 1e30}, {"id": "a", "text": TOLD, "url": 1}],
)  # fmt: skip
def test_what_is_no_request_gets_a_reason_and_the_stream_goes_on(line: Any) -> None:
    told = answers({"id": "x", "text": TOLD}, line, {"id": "y", "text": TOLD})
    assert told[1]["reason"].startswith("bad_request: ")
    assert told[2]["copy_of"] == "x"


def test_it_answers_before_the_next_line_comes(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "copies"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(tmp_path)
    )
    assert process.stdin
    assert process.stdout
    for number in range(3):
        process.stdin.write(json.dumps({"id": number, "text": TOLD}).encode() + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["copy_of"] == (0 if number else None)
    process.stdin.close()
    assert process.wait(10) == 0
    process.stdout.close()
    assert not list(tmp_path.iterdir())


def test_no_framework_is_needed() -> None:
    code = "import sys, broadsheet.ops.trying.copies; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
