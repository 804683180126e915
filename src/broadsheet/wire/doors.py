"""The wire's door to the network and its parser jail: one of each a process, made from the settings."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from django.conf import settings

from broadsheet import __version__
from broadsheet.copydesk.jail import Jail
from broadsheet.lib.http import Allowed, Door

AGENT_NAME = "Broadsheet"
_names: dict[str, tuple[str, int]] = {}


def agent() -> str:
    """How we introduce ourselves, with a contact."""
    options = settings.BROADSHEET
    contact = options.agent_contact or ("" if options.loopback else options.site_url)
    return f"{AGENT_NAME}/{__version__} (news portal; {contact or 'contact not set'})"


def map_names(names: Mapping[str, tuple[str, int]]) -> None:
    """Lead exact host names to loopback ports (the sample edition, benches). Replaces an earlier map."""
    _names.clear()
    _names.update(names)
    if door.cache_info().currsize:
        door().close()
        door.cache_clear()


@lru_cache(maxsize=1)
def door() -> Door:
    """The one door of this process."""
    options = settings.BROADSHEET
    return Door(
        agent(),
        names=dict(_names),
        allow=[Allowed.of(host, network) for host, network in options.fetch_allow],
        ports=options.fetch_ports,
    )


@lru_cache(maxsize=1)
def jail() -> Jail:
    """The one parser jail of this process."""
    return Jail(workers=settings.BROADSHEET.jail_workers)


def close() -> None:
    """End the jail's children and the kept connections."""
    if jail.cache_info().currsize:
        jail().close()
        jail.cache_clear()
    if door.cache_info().currsize:
        door().close()
        door.cache_clear()
