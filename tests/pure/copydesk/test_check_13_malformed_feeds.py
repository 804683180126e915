"""Damaged feeds of all kinds: never a crash, never a hang, always a plain reason."""

# ruff: noqa: E501 - samples of markup stay on one line
from __future__ import annotations

import random
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.parse import parse_feed
from broadsheet.lib.reasons import Reason

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "feeds"
MARKS = (b"<", b">", b"&", b"]]>", b"<![CDATA[", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"<item>", b"</rss>",
         b"&nbsp;", b"&#xD800;", b"&#0;", b"<!--", b"{", b"\\u0000", b"<!DOCTYPE x [", b"xml:base='", b"\xc3")  # fmt: skip


def mutated(body: bytes, dice: random.Random) -> bytes:
    data = bytearray(body)
    for _ in range(dice.randint(1, 8)):
        place = dice.randrange(len(data) + 1)
        match dice.randrange(5):
            case 0:
                data[place:place] = dice.choice(MARKS)
            case 1:
                del data[place : place + dice.randint(1, 60)]
            case 2:
                data[place : place + 1] = bytes([dice.randrange(256)])
            case 3:
                other = dice.randrange(len(data) + 1)
                data[place:place] = data[other : other + dice.randint(1, 200)]
            case _:
                del data[dice.randrange(len(data) // 2, len(data) + 1) :]
    return bytes(data)


def readings(count: int, seed: int) -> tuple[int, set[Reason]]:
    dice = random.Random(seed)
    bodies = [path.read_bytes() for path in sorted(SAMPLES.glob("*")) if "expected" not in path.name]
    read, reasons = 0, set()
    for _ in range(count):
        body = mutated(dice.choice(bodies), dice)
        began = time.perf_counter()
        try:
            feed = parse_feed(body, url="https://e.org/f", content_type=None, now=NOW)
        except NotReadable as error:
            reasons.add(error.reason)
        else:
            read += 1
            for entry in feed.entries:
                entry.title.encode("utf-8")
                assert len(entry.key.encode("utf-8")) <= 2048
        assert time.perf_counter() - began < 5
    return read, reasons


@pytest.mark.slow("three hundred feeds, some by way of feedparser")
def test_check_13_malformed_feeds_short_form() -> None:
    read, reasons = readings(300, seed=13)
    assert read > 100
    assert reasons <= {Reason.BROKEN_XML, Reason.NOT_A_FEED, Reason.WRONG_ENCODING, Reason.EMPTY, Reason.TOO_LARGE}


@pytest.mark.long("ten thousand feeds")
def test_check_13_malformed_feeds() -> None:
    read, _ = readings(10_000, seed=1313)
    assert read > 3_000
