"""Dates as publishers write them, read into aware UTC datetimes.

RFC 822 in all its wrong dresses, ISO 8601 and W3C-DTF in all shapes, Unix times, asctime, plain
day-month-year in many languages, and "today" or "3 hours ago". The caller gives ``now``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from broadsheet.lib.datewords import AGO, DAYS_AGO, HALVES, HALVES_BEFORE, MONTHS, UNITS, WEEKDAYS, ZONES, folded

MAX_LENGTH = 200
# A clock may be a little fast; beyond this a date lies in the future and is not believed.
TOLERANCE = timedelta(minutes=10)
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)

_NUMBER = re.compile(r"[+-]?\d{1,20}(?:\.\d{1,9})?\Z")
_ISO = re.compile(
    r"(?P<year>\d{4})-?(?:(?P<month>\d{2})(?:-?(?P<day>\d{2}))?|W(?P<week>\d{2})(?:-?(?P<weekday>"
    r"[1-7]))?|(?P<ordinal>\d{3}))(?:[T\s_]+|\Z)(?P<rest>.*)\Z",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"(?<![\d:])(?P<hour>\d{1,2})\s*(?:[:h]|(?<=\d)\.(?=\d\d\b(?!\.\d)))\s*(?P<minute>\d{1,2})"
    r"(?:[:.](?P<second>\d{1,2})(?:[.,](?P<fraction>\d+))?)?(?!\d)",
    re.IGNORECASE,
)
_COMPACT_CLOCK = re.compile(r"(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?(?:[.,]\d+)?(?!\d)")
_HOUR_ONLY = re.compile(r"(?P<hour>\d{1,2})\s*(?=(?:[ap]\.?m\b|uhr\b|Z\b|[+-]\d\d:?\d\d\Z|\Z))", re.I)
_OFFSET = re.compile(r"(?:GMT|UTC|UT)?\s*([+\-\u2212])\s?(\d{1,2}):?(\d{2})?(?!\d)", re.IGNORECASE)
_HALF = re.compile(r"\s*([ap])\.?\s?m\b\.?", re.IGNORECASE)
_IANA = re.compile(r"\b(?:Africa|America|Asia|Atlantic|Australia|Europe|Indian|Pacific)/[A-Za-z_/]+")
_TRIPLE = re.compile(r"(?<!\d)(\d{1,4})\s*([./-])\s*(\d{1,2})\s*\2\s*(\d{1,4})(?!\d)")
_WORD_OR_NUMBER = re.compile(r"\d+|[^\W\d_]+(?:['’][^\W\d_]+)*")
# Year, month, day and the time as Chinese, Japanese and Korean write them, each number with its word behind it.
_EAST_DAY = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]?")
_EAST_CLOCK = re.compile(r"(\d{1,2})\s*[時时点點시]\s*(?:(\d{1,2})\s*[分분]?)?\s*(?:(\d{1,2})\s*[秒초])?")
_EAST_HALF = re.compile(rf"({'|'.join(HALVES_BEFORE)})\s*(\d{{1,2}}:\d{{1,2}}(?::\d{{1,2}})?)")
_SHORT_YEAR = re.compile(r"(\d\d)(-\d\d-\d\dT\d)", re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]*\)")


def parse(text: str, *, now: datetime) -> datetime | None:
    """The moment that a text names, in UTC; None where no date can be read from it.

    A missing zone is UTC, a missing time midnight. In ``03/04/2026`` the month is first when an
    AM or PM follows; otherwise the reading nearest to ``now`` that is not in the future wins.
    The result may be absurd (year 1 or 9999): see :func:`clamp`.
    """
    text = _plain(text)
    if not text:
        return None
    try:
        return _from_number(text) or _from_iso(text) or _relative(text, now) or _from_words(text, now)
    except (ValueError, OverflowError, OSError):
        return None


def clamp(moment: datetime | None, now: datetime) -> datetime:
    """A date to sort and show by: ``now`` for none, before 1990, or over ten minutes ahead."""
    if moment is None or moment < EARLIEST or moment > now + TOLERANCE:
        return now
    return moment


def http_date(moment: datetime) -> str:
    """An aware datetime as HTTP headers write it: ``Tue, 24 Nov 2026 10:15:00 GMT``."""
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0), usegmt=True)


def _plain(text: str) -> str:
    if len(text) > MAX_LENGTH:
        return ""
    if text.isascii():
        return " ".join(text.split())
    text = unicodedata.normalize("NFC", text)
    if _EAST.search(text):
        text = _westward(text)
    digits = "".join(
        str(unicodedata.digit(character)) if character.isdigit() and character > "\x7f"
        and unicodedata.digit(character, None) is not None else character
        for character in text
    )  # fmt: skip
    return " ".join(digits.replace("\u200f", "").replace("\u200e", "").split())


_EAST = re.compile("[年년時时点點시午오]")


def _westward(text: str) -> str:
    """An East Asian date as ISO writes it: ``2026年11月23日 午後3時05分`` becomes ``2026-11-23 3:05:00 pm``."""

    def clock(found: re.Match[str]) -> str:
        return f"{found[1]}:{int(found[2] or 0):02}:{int(found[3] or 0):02} "

    text = _EAST_DAY.sub(lambda found: f"{found[1]}-{int(found[2]):02}-{int(found[3]):02} ", text)
    text = _EAST_CLOCK.sub(clock, text)
    return _EAST_HALF.sub(lambda found: f"{found[2]} {HALVES_BEFORE[found[1]]}", text)


def _from_number(text: str) -> datetime | None:
    """Unix seconds, milliseconds or microseconds; 8 and 14 digits are a written-out date."""
    if not _NUMBER.match(text):
        return None
    digits = text.lstrip("+-")
    if text[0] not in "+-" and "." not in digits:
        if len(digits) == 4:
            return datetime(int(digits), 1, 1, tzinfo=UTC)
        if len(digits) in (8, 12, 14) and digits[:2] in ("19", "20"):
            padded = digits.ljust(14, "0")
            return datetime.strptime(padded, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    value = float(text)
    size = len(digits.partition(".")[0])
    for limit, scale in ((11, 1.0), (14, 1e3), (17, 1e6), (19, 1e9)):
        if size <= limit:
            return datetime.fromtimestamp(value / scale, UTC) if size >= 9 else None
    return None


def _from_iso(text: str) -> datetime | None:
    if short := _SHORT_YEAR.match(text):
        text = f"{_full_year(short[1])}{text[2:]}"
    match = _ISO.match(text)
    if not match:
        return None
    year = int(match["year"])
    if match["week"]:
        day = date.fromisocalendar(year, int(match["week"]), int(match["weekday"] or 1))
    elif match["ordinal"]:
        day = date(year, 1, 1) + timedelta(days=int(match["ordinal"]) - 1)
    else:
        day = date(year, int(match["month"] or 1), int(match["day"] or 1))
    return _at(day, match["rest"])


def _at(day: date, rest: str) -> datetime:
    """The day at the time and zone that the rest of the text names."""
    clock, rest = _clock(rest, compact=True)
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + clock - _zone(rest, day, clock)


def _clock(text: str, *, compact: bool = False) -> tuple[timedelta, str]:
    """The time of day in a text, and the text without it; ``compact`` reads ``101500`` too."""
    match = _CLOCK.search(text)
    if not match and compact:
        match = _COMPACT_CLOCK.match(text) or _HOUR_ONLY.match(text)
    if not match:
        return timedelta(), text
    groups = match.groupdict()
    hour, minute = int(groups["hour"]), int(groups.get("minute") or 0)
    second = min(int(groups.get("second") or 0), 59)
    micro = int((groups.get("fraction") or "0")[:6].ljust(6, "0"))
    rest = text[match.end() :]
    if half := _HALF.match(rest):
        hour = hour % 12 + HALVES[half[1].lower() + "m"]
        rest = rest[half.end() :]
    if hour > 24 or minute > 59 or (hour == 24 and (minute or second)):
        raise ValueError(f"no such time of day: {hour}:{minute}")
    clock = timedelta(hours=hour, minutes=minute, seconds=second, microseconds=micro)
    return clock, f"{text[: match.start()]} \x1f {rest}"


def _zone(text: str, day: date, clock: timedelta) -> timedelta:
    """How far east of Greenwich the text says to be; nothing said means UTC."""
    tail = text.rpartition("\x1f")[2]
    if match := _OFFSET.search(tail):
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        if minutes > 16 * 60:
            return timedelta()
        return timedelta(minutes=-minutes if match[1] in "-\u2212" else minutes)
    if match := _IANA.search(tail):
        try:
            local = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(match.group())) + clock
            return local.utcoffset() or timedelta()
        except (KeyError, ValueError, OSError):
            return timedelta()
    for word in _WORD_OR_NUMBER.findall(tail):
        if (offset := ZONES.get(word.lower())) is not None:
            return timedelta(minutes=offset)
    return timedelta()


def _relative(text: str, now: datetime) -> datetime | None:
    """``Today 14:05``, ``yesterday``, ``3 hours ago``, ``vor 2 Stunden``, ``il y a 5 minutes``."""
    tokens = [folded(token) for token in _WORD_OR_NUMBER.findall(text)]
    if any(token in AGO for token in tokens) or tokens[:3] == ["il", "y", "a"]:
        for number, unit in pairwise(tokens):
            seconds = UNITS.get(unit)
            if seconds and (number.isdigit() or number in ("a", "an", "one", "einer", "une", "un")):
                count = int(number) if number.isdigit() else 1
                return (now - timedelta(seconds=seconds * count)).astimezone(UTC)
        return None
    for token in tokens[:3]:
        days = DAYS_AGO.get(token)
        if days is not None:
            if days == 0 and not _CLOCK.search(text):
                return now.astimezone(UTC)
            return _at(now.astimezone(UTC).date() - timedelta(days=days), text)
    return None


def _from_words(text: str, now: datetime) -> datetime | None:
    """RFC 822, asctime and everyday forms: a clock, a month by name or number, a day, a year."""
    bare = _COMMENT.sub(lambda found: " " + found.group()[1:-1] + " ", text)
    # A date of three numbers comes out first: 24.11.2026 must not be taken for a time of day.
    if triple := _TRIPLE.search(bare):
        rest = f"{bare[: triple.start()]} {bare[triple.end() :]}"
        day = _numeric_day((triple[1], triple[3], triple[4]), triple[2], rest, now)
        return _at(day, rest) if day else None
    clock, rest = _clock(bare)
    named = _named_day(rest, now)
    if named is None:
        return None
    midnight = datetime(named.year, named.month, named.day, tzinfo=UTC)
    return midnight + clock - _zone(rest, named, clock)


def _named_day(text: str, now: datetime) -> date | None:
    head, _, tail = text.partition("\x1f")
    # The zone's digits are no year: they go, unless the year stands behind the clock (asctime).
    tokens = _WORD_OR_NUMBER.findall(f"{head} {_OFFSET.sub(' ', tail)}")
    months = [(folded(token) in WEEKDAYS, index) for index, token in enumerate(tokens) if folded(token) in MONTHS]
    if not months:
        return None
    month = MONTHS[folded(tokens[min(months)[1]])]
    numbers = [token for token in tokens if token.isdigit() and len(token) <= 4]
    day = next((number for number in numbers if len(number) <= 2 and 1 <= int(number) <= 31), None)
    if day is not None:
        numbers.remove(day)
    year = next((number for number in numbers if len(number) == 4), None) or next(
        (number for number in numbers if len(number) == 2), None
    )
    if year is None:
        return _nearest_year(month, int(day), now) if day else None
    return date(_full_year(year), month, int(day or 1))


def _full_year(year: str) -> int:
    if len(year) > 2:
        return int(year)
    # RFC 2822, section 4.3: 00 to 49 are this century, 50 to 99 the last.
    return int(year) + (2000 if int(year) < 50 else 1900)


def _nearest_year(month: int, day: int, now: datetime) -> date:
    """A date without a year is the latest such day that is not in the future."""
    found = date(now.year, month, day)
    return found if found <= now.date() + timedelta(days=1) else date(now.year - 1, month, day)


def _numeric_day(numbers: Sequence[str], separator: str, rest: str, now: datetime) -> date | None:
    first, second, third = numbers
    if len(first) >= 3:
        return date(int(first), int(second), int(third))
    year, a, b = _full_year(third), int(first), int(second)
    if a > 12 or b > 12:
        return date(year, b, a) if a > 12 else date(year, a, b)
    if separator == ".":
        return date(year, b, a)
    if _HALF.search(rest):
        return date(year, a, b)
    readings = [date(year, b, a), date(year, a, b)]
    past = [found for found in readings if found <= now.date() + timedelta(days=1)]
    return min(past or readings, key=lambda found: abs((now.date() - found).days))


def utc(moment: datetime) -> datetime:
    """The same moment in UTC; a naive datetime is taken as UTC already."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC)
