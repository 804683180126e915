"""Lines in, lines out: order and ids kept, each answer at once, never more than a few lines held."""

from __future__ import annotations

import io
import json
import os
import select
import threading
import time
from typing import Any

import pytest

from broadsheet.ops.trying import stream


def reader(*pieces: bytes) -> Any:
    left = list(pieces)
    return lambda size: left.pop(0) if left else b""


def test_lines_are_found_however_the_pieces_fall() -> None:
    assert list(stream.lines(reader(b"ab", b"c\nd", b"\n\n  \r\ne\nf"))) == [b"abc", b"d", b"e", b"f"]
    assert list(stream.lines(reader())) == []


def test_a_line_that_is_too_long_is_counted_and_not_kept() -> None:
    found = list(stream.lines(reader(b"1234", b"5678", b"90\nok\n", b"123456789"), limit=8))
    assert [one if isinstance(one, bytes) else "too long" for one in found] == ["too long", b"ok", "too long"]


def test_order_is_kept_while_several_are_under_way() -> None:
    together = threading.Barrier(2, timeout=5)

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        if request["id"] < 2:
            together.wait()  # only passes when both are under way at once
        time.sleep(0.002 * (7 - request["id"] % 7))
        return {"id": request["id"]}

    out = io.BytesIO()
    into = io.BytesIO(b"".join(b'{"id": %d}\n' % n for n in range(50)))
    assert stream.serve(into, out, answer, workers=2) == 50
    assert [json.loads(line)["id"] for line in out.getvalue().splitlines()] == list(range(50))


def test_each_answer_is_out_before_the_next_line_is_in() -> None:
    into_read, into_write = os.pipe()
    out_read, out_write = os.pipe()

    def work() -> None:
        with open(into_read, "rb", buffering=0) as into, open(out_write, "wb") as out:
            stream.serve(into, out, lambda request: {"id": request["id"]}, workers=2)

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    with open(into_write, "wb", buffering=0) as ask, open(out_read, "rb") as told:
        for name in ("a", {"deep": [1]}, None, 3.5):
            ask.write(json.dumps({"id": name}).encode() + b"\n")
            assert select.select([told], [], [], 10)[0], "the answer waits for the next question"
            assert json.loads(told.readline()) == {"id": name}
        ask.close()
        assert told.read() == b""
    worker.join(5)
    assert not worker.is_alive()


def test_no_more_lines_are_held_than_can_be_under_way() -> None:
    held, most = 0, 0
    gate = threading.Lock()

    class Source(io.RawIOBase):
        """Endless short lines, counted as they are taken."""

        taken = 0

        def read(self, size: int = -1) -> bytes:
            nonlocal held, most
            if self.taken == 300:
                return b""
            self.taken += 1
            with gate:
                held += 1
                most = max(most, held)
            return b'{"id":1}\n'

    class Sink(io.BytesIO):
        def write(self, data: Any) -> int:
            nonlocal held
            with gate:
                held -= 1
            return len(data)

    assert stream.serve(Source(), Sink(), lambda request: {"id": 1}, workers=2) == 300  # type: ignore[arg-type]
    assert most <= 2 * 2 + 2 + 2


@pytest.mark.parametrize(
    "line", [b"nonsense", b'"text"', b"[", b'{"id": NaN}', b"\xff\xfe", b"[" * 100_000, b'{"id": ' + b"9" * 5000 + b"}"]
)
def test_a_line_that_is_no_request_is_told_and_the_next_one_is_answered(line: bytes) -> None:
    from broadsheet.ops.trying import answers

    out = io.BytesIO()
    into = io.BytesIO(line + b'\n{"id":1,"robots":"","agent":"a","url":"http://a.example/"}\n')
    stream.serve(into, out, lambda request: answers.answer("robots", request, None), workers=1)  # type: ignore[arg-type]
    first, second = map(json.loads, out.getvalue().splitlines())
    assert first == {"id": None, "reason": "bad_request: The line is no JSON object."}
    assert second == {"id": 1, "allowed": True}


def test_text_that_is_half_a_character_goes_out_as_json() -> None:
    out = io.BytesIO()
    stream.serve(io.BytesIO(b'{"id":"\\ud800"}\n'), out, lambda request: request, workers=1)
    assert json.loads(out.getvalue()) == {"id": "\ud800"}


def test_a_reader_who_has_gone_ends_it() -> None:
    class Gone(io.BytesIO):
        def write(self, data: Any) -> int:
            raise BrokenPipeError

    into = io.BytesIO(b'{"id":1}\n' * 100)
    with pytest.raises(BrokenPipeError):
        stream.serve(into, Gone(), lambda request: request, workers=2)
