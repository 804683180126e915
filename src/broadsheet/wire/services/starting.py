"""Taking in the starter list: publications with owner and country, a feed for each row."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from broadsheet.sources.models import Owner, Source
from broadsheet.sources.starter import Row
from broadsheet.wire.services.feeds import NotUsable, add_feed, add_source


@transaction.atomic
def add_starter(rows: Iterable[Row]) -> int:
    """Add the rows we do not have yet, with the rights of a source nobody has looked at; returns how many came.

    Rows of one name are feeds of one source. A source that is here already keeps what its editors made of it.
    """
    added = 0
    for row in rows:
        known = Source.objects.filter(name=row.name, is_house=False, is_sample=False).first()
        try:
            with transaction.atomic():
                add_feed(known or _added(row), row.feed, section=row.section)
        except NotUsable:
            continue  # a feed of ours already
        added += 1
    return added


def _added(row: Row) -> Source:
    source = add_source(
        row.name, homepage=row.homepage, owner=row.owner, language=row.language, default_section=row.section
    )
    source.country = row.country
    source.save(update_fields=["country"])
    Owner.objects.filter(name=row.owner, country="").update(country=row.country)
    return source
