"""Which network addresses calls out may reach: public unicast only, plus the CIDRs an operator lets through.

Pure address arithmetic, shared by the API (URLs that users give) and the guarded HTTP client (addresses it
dials). Our own deny list stands on top of `ipaddress`, whose answers differ between Python releases
(CVE-2024-4032: 3.11.7 takes 192.0.0.8 for a public address).
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import (
    AddressValueError,
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# IANA special-purpose registries; what is not in here is left to `is_global`.
DENIED_V4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
GLOBAL_V6 = IPv6Network("2000::/3")  # the only range from which public unicast addresses are given out
DENIED_V6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments, with Teredo and ORCHID: tunnels name a v4 address of the sender's choice
        "2001:db8::/32",
        "2002::/16",  # 6to4, the same
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)
NAT64 = IPv6Network("64:ff9b::/96")


@lru_cache(maxsize=32)
def networks(cidrs: tuple[str, ...]) -> tuple[Network, ...]:
    """The networks that `egress.allow` names. ValueError when one of them is no CIDR."""
    return tuple(ip_network(text, strict=False) for text in cidrs)


def is_allowed(address: Address, allow: Iterable[Network]) -> bool:
    """Whether the operator lets this address through although it may be private."""
    plain = unwrapped(address)
    return any(plain.version == network.version and plain in network for network in allow)


def is_public(address: Address) -> bool:
    """Whether the address is public unicast, after looking behind v4-mapped and NAT64 forms."""
    plain = unwrapped(address)
    if isinstance(plain, IPv4Address):
        return plain.is_global and not any(plain in network for network in DENIED_V4)
    if plain.scope_id or plain not in GLOBAL_V6:
        return False
    return plain.is_global and not any(plain in network for network in DENIED_V6)


def unwrapped(address: Address) -> Address:
    """The v4 address inside a v4-mapped or NAT64 one, which is where the packets end; others as they are."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def strict(host: str) -> Address | None:
    """The address in its standard spelling; None when `host` is anything else."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def literal(host: str) -> Address | None:
    """The address that a host is written as, in any spelling a resolver takes (`127.1`, `0x7f.1`, `2130706433`).

    `host` comes without brackets. None when it is a name.
    """
    address = strict(host)
    if address is not None:
        return address
    bare = host.rstrip(".")
    if not bare or not bare.isascii() or any(c.isspace() for c in bare):
        return None
    try:
        return IPv4Address(socket.inet_aton(bare))
    except (OSError, AddressValueError):
        return None
