"""Named leases: of several workers only one does a thing at a time, and a dead one's claim runs out."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q

from broadsheet.core import clock
from broadsheet.core.models import Lease

# Hosts may differ by less.
CLOCK_WRONG = timedelta(minutes=10)


def take(name: str, term: timedelta) -> bool:
    """Take the lease for `term`; False while another has it. Not for re-entry: a holder does not get it again."""
    moment = clock.now()
    until = moment + term
    # A lease that ends later than ours would was taken while a clock was wrong.
    taken = Lease.objects.filter(Q(until__lte=moment) | Q(until__gt=until + CLOCK_WRONG), name=name)
    if taken.update(until=until):
        return True
    if Lease.objects.filter(name=name).exists():
        return False
    # Another worker may insert the same name at this moment: the unique name lets one of them through.
    made = Lease.objects.bulk_create([Lease(name=name, until=until)], ignore_conflicts=True)
    return bool(made) and Lease.objects.filter(name=name, until=until).exists()


def give_back(name: str) -> None:
    """End the lease early."""
    Lease.objects.filter(name=name).update(until=clock.now())
