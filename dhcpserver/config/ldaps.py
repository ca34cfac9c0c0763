"""Checks of LDAP servers."""

from collections.abc import Iterator
from ipaddress import ip_address

from dhcpserver.config.lines import Location
from dhcpserver.config.objects import Configuration
from dhcpserver.config.options import Fault


def check_ldap(configuration: Configuration) -> Iterator[Fault]:
    """Yield connections that other machines can read, and attributes that have no use."""
    for index, each in enumerate(configuration.ldap):
        place: Location = ("ldap", index)
        if each.tls == "off" and not each.allow_plain and not _is_loopback(each.hostname):
            yield (*place, "tls"), "outside of this machine set tls, or allow-plain = true"
        if each.ca is not None and each.tls == "off":
            yield (*place, "ca"), "it needs tls"
        if bool(each.password.get_secret_value()) != (each.username is not None):
            yield (*place, "password"), "username and password are set together"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


CHECKS = (check_ldap,)
"""The checks, for `check.CHECKS`."""
