"""Which IP addresses may be dialled: our own table, since the standard library's is not enough.

``ipaddress.is_global`` calls NAT64, 6to4, site-local, multicast and a cloud's metadata address
global, so it is not asked. Blocks are those of the IANA special-purpose registries (RFC 6890 and
its updates), plus multicast, former site-local and what cloud hosts use inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

REFUSED_V4: tuple[IPv4Network, ...] = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by carriers
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # a cloud host's own services
        "169.254.0.0/16",  # link-local, with the metadata address of most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # multicast tunnels
        "192.88.99.0/24",  # former 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, with the broadcast address
    )
)
REFUSED_V6: tuple[IPv6Network, ...] = tuple(
    IPv6Network(block)
    for block in (
        "::/96",  # unspecified, loopback, v4-compatible
        "::ffff:0:0/96",  # v4-mapped
        "::ffff:0:0:0/96",  # v4-translated
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # local NAT64
        "100::/64",  # discard
        "100:0:0:1::/64",  # dummy
        "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
        "5f00::/16",  # segment routing
        "fc00::/7",  # unique local, with fd00:ec2::254
        "fe80::/10",  # link-local
        "fec0::/10",  # former site-local
        "ff00::/8",  # multicast
    )
)
# All global unicast addresses handed out so far; whatever lies outside is not the Internet.
_GLOBAL_UNICAST = IPv6Network("2000::/3")


# Names that never stand for a server of the Internet (RFC 6761, 6762, 7686, 8375; ICANN for .internal).
_INSIDE = frozenset(("localhost", "localdomain", "local", "internal", "home.arpa", "onion"))


@dataclass(frozen=True, slots=True)
class Allowed:
    """An operator's exception: this host name may lead into this network. Both must agree."""

    host: str
    network: Network

    @classmethod
    def of(cls, host: str, network: str) -> Allowed:
        """From text, such as ``Allowed.of("intranet.example", "10.2.0.0/16")``."""
        return cls(host.lower().strip().rstrip("."), ip_network(network.strip()))


def embedded_v4(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address inside a v6 one: mapped, compatible, translated, NAT64, 6to4 or Teredo."""
    value = int(address)
    low = IPv4Address(value & 0xFFFFFFFF)
    if address in _NAT64_LOCAL or value >> 32 in _PREFIXES_96:
        return low
    if value >> 112 == 0x2002:
        return IPv4Address((value >> 80) & 0xFFFFFFFF)
    if value >> 96 == 0x20010000:
        return IPv4Address(~value & 0xFFFFFFFF)
    return None


_NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")
_PREFIXES_96 = frozenset(int(IPv6Address(prefix)) >> 32 for prefix in ("::", "::ffff:0:0", "::ffff:0:0:0", "64:ff9b::"))


def literal(host: str) -> Address | None:
    """The address that a host is written as; None for a name. A zone id makes it no address."""
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def is_inside(host: str) -> bool:
    """Whether a name, by its spelling alone, stands for something inside: without a dot, or under such an ending."""
    labels = host.lower().removesuffix(".").split(".")
    return len(labels) == 1 or labels[-1] in _INSIDE or ".".join(labels[-2:]) in _INSIDE


def _plain_v6_is_public(address: IPv6Address) -> bool:
    if getattr(address, "scope_id", None):
        return False
    return address in _GLOBAL_UNICAST and not any(address in block for block in REFUSED_V6)


@lru_cache(maxsize=4096)
def is_public(address: Address) -> bool:
    """Whether anybody's server may stand at this address."""
    if isinstance(address, IPv4Address):
        return not any(address in block for block in REFUSED_V4)
    inner = embedded_v4(address)
    return _plain_v6_is_public(address) and (inner is None or is_public(inner))


def may_dial(host: str, address: Address, allow: tuple[Allowed, ...]) -> bool:
    """Whether ``host``, resolved to ``address``, may be dialled.

    A v6 address that carries a v4 one is judged by both, also where an operator allowed it.
    """
    if is_public(address):
        return True
    if not _allowed(host, address, allow):
        return False
    inner = embedded_v4(address) if isinstance(address, IPv6Address) else None
    return inner is None or is_public(inner) or _allowed(host, inner, allow)


def _allowed(host: str, address: Address, allow: tuple[Allowed, ...]) -> bool:
    return any(
        entry.host == host and entry.network.version == address.version and address in entry.network for entry in allow
    )
