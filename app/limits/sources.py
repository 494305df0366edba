"""Who sends, where there is no other name than a network address."""

from ipaddress import IPv6Address, ip_address, ip_network


def network_of(source: str) -> str:
    """Return what one customer of a network has: an address, or a /64 of IPv6.

    >>> network_of("192.0.2.1"), network_of("2001:db8::1:2:3:4"), network_of("unknown")
    ('192.0.2.1', '2001:db8::/64', 'unknown')
    """
    try:
        address = ip_address(source)
    except ValueError:
        return source
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    return str(address)
