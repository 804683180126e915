"""The one line for readers that says why a story is hot: "14 independent sources in 40 minutes (usual: 1.2), …"."""

from __future__ import annotations

from datetime import timedelta

# Fewer than this times as many is not worth telling: it is as usual.
TOLD_FROM = 2.0


def line(
    *,
    voices: int,
    spread: timedelta,
    usual_voices: float,
    readers: int,
    times_usual: float,
    age: timedelta,
) -> str:
    """The line. `voices` spoke within `spread`, where `usual_voices` are usual; `readers` of the last hour are so many
    times the usual; the first report is so old. What there is none of is not mentioned."""
    parts = []
    if voices == 1:
        parts.append("1 source")
    elif voices > 1:
        parts.append(f"{voices:,} independent sources in {duration(spread)}{_usual(voices, usual_voices)}")
    if readers:
        told = f" ({_times(times_usual)} usual)" if times_usual >= TOLD_FROM else ""
        parts.append(f"{_count(readers, 'reader')} in the last hour{told}")
    parts.append(f"{duration(age, short=True)} old")
    return ", ".join(parts)


def duration(span: timedelta, *, short: bool = False) -> str:
    """Minutes below two hours, hours below two days, then days; rounded, at least one minute."""
    minutes = max(1, round(span / timedelta(minutes=1)))
    if minutes < 120:
        return f"{minutes} min" if short else _count(minutes, "minute")
    hours = round(minutes / 60)
    if hours < 48:
        return f"{hours} h" if short else _count(hours, "hour")
    return _count(round(minutes / 1440), "day")


def _usual(voices: int, usual: float) -> str:
    """What is usual, where it is less; a number that would round to nothing is said in words."""
    if usual >= voices:
        return ""
    if usual < 0.05:
        return " (usual: hardly any)"
    return f" (usual: {usual:.1f})" if usual < 9.95 else f" (usual: {usual:.0f})"


def _times(times: float) -> str:
    if times >= 100:
        return "more than 100 times"
    return f"{times:.0f} times"


def _count(n: int, word: str) -> str:
    return f"{n:,} {word}" if n == 1 else f"{n:,} {word}s"
