"""Where lease events are sent: the addresses of webhooks and of syslog receivers, and checks of them."""

import re
from collections.abc import Iterator
from ipaddress import ip_address
from typing import NamedTuple

from dhcpserver.config.lines import Location
from dhcpserver.config.objects import Configuration

WEBHOOKS = {"http": 80, "https": 443}
SYSLOG = {"udp": 514, "tcp": 601, "tls": 6514}
"""Schemes and their ports (RFC 5426, RFC 6587, RFC 5425)."""

_ADDRESS = re.compile(
    r"(?P<scheme>[a-z]+)://(?:(?P<user>[^@/?#]*)@)?(?:\[(?P<six>[0-9a-fA-F:.]+)\]|(?P<host>[A-Za-z0-9._-]+))"
    r"(?::(?P<port>[0-9]{1,5}))?(?P<path>(?:[/?][!$-~]*)?)"
)
"""A path has printable ASCII characters, without the fragment, the space and the quotation mark."""


class Target(NamedTuple):
    """The parts of an address: the scheme, the host, the port, and for a webhook the path with its query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def secured(self) -> bool:
        """Whether TLS protects what is sent, or it does not leave this machine."""
        return self.scheme in ("https", "tls") or _is_loopback(self.host)


def target(text: str, schemes: dict[str, int]) -> Target:
    """Return the parts of an address with one of the schemes. Raises ValueError with what is wrong."""
    parts = _ADDRESS.fullmatch(text)
    if parts is None or parts["scheme"] not in schemes:
        raise ValueError(f"{text!r} is not {' or '.join(f'{each}://HOST:PORT' for each in schemes)}")
    if parts["user"] is not None:
        raise ValueError("a user or a password is not part of the address: use webhook-secret")
    if schemes is SYSLOG and parts["path"]:
        raise ValueError(f"{text!r} has a path; a syslog receiver has a host and a port only")
    port = int(parts["port"] or schemes[parts["scheme"]])
    if not 1 <= port <= 65535:
        raise ValueError(f"{text!r}: a port is 1 to 65535")
    path = parts["path"] if parts["path"].startswith("/") else "/" + parts["path"]
    return Target(parts["scheme"], parts["six"] or parts["host"], port, path)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_lease_events(configuration: Configuration) -> Iterator[tuple[Location, str]]:
    """Yield addresses that are none, secrets that would travel in clear, and headers that HTTP does not have."""
    events = configuration.lease_events
    place: Location = ("lease-events",)
    for name, addresses, schemes in (("webhooks", events.webhooks, WEBHOOKS), ("syslog", events.syslog, SYSLOG)):
        for number, text in enumerate(addresses):
            try:
                found = target(text, schemes)
            except ValueError as error:
                yield (*place, name, number), str(error)
                continue
            if text in addresses[:number]:
                yield (*place, name, number), f"{text} is there twice"
            if schemes is WEBHOOKS and not found.secured and not events.allow_plain:
                yield (*place, name, number), "outside of this machine use https, or set allow-plain = true"
    secret = events.webhook_secret.get_secret_value()
    if secret and not events.webhooks:
        yield (*place, "webhook-secret"), "there is no webhook that would get it"
    if not secret.isascii() or not all(each.isprintable() for each in secret):
        yield (*place, "webhook-secret"), "it is the value of an HTTP header: printable ASCII characters in one line"
