"""Times as the paper prints them: absolute, in the paper's own zone, since a printed page does not age by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONG_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Stamp:
    """One moment in the forms a page needs. `iso` is for machines, `full` names the zone, `short` is for lists.

    `near` says that the short form is the time of day alone, being of the same day as what it stands beside.
    """

    iso: str
    clock: str
    day: str
    short: str
    full: str
    weekday: str
    date: str
    zone: str
    near: bool


def stamp(moment: datetime, *, against: datetime | None = None) -> Stamp:
    """How `moment` is printed. Beside a page of the day and year of `against`, the short form leaves both out."""
    local = timezone.localtime(moment)
    beside = timezone.localtime(against) if against is not None else None
    clock = f"{local:%H:%M}"
    day = f"{local.day} {_MONTHS[local.month - 1]}"
    zone = local.tzname() or ""
    dated = f"{day} {local.year}"
    if beside is not None and beside.date() == local.date():
        short = clock
    else:
        same_year = beside is not None and beside.year == local.year
        short = f"{day if same_year else dated}, {clock}"
    return Stamp(
        iso=local.isoformat(timespec="minutes"),
        clock=clock,
        day=day,
        short=short,
        full=f"{dated}, {clock} {zone}".strip(),
        weekday=_DAYS[local.weekday()],
        date=f"{local.day} {_LONG_MONTHS[local.month - 1]} {local.year}",
        zone=zone,
        near=beside is not None and beside.date() == local.date(),
    )


def edition_name(moment: datetime) -> str:
    """What the front calls itself at this time of day."""
    hour = timezone.localtime(moment).hour
    if hour < 5:
        return "Night edition"
    if hour < 12:
        return "Morning edition"
    return "Midday edition" if hour < 17 else "Evening edition"


def span(first: datetime, last: datetime) -> str:
    """The time between two moments in words: «40 min», «3 h», «2 days». Empty under a minute."""
    minutes = int((last - first).total_seconds() // 60)
    if minutes < 1:
        return ""
    if minutes < 60:
        return f"{minutes} min"
    hours = round(minutes / 60)
    return f"{hours} h" if hours < 48 else f"{round(hours / 24)} days"
