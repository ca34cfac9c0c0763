"""`[[traps.forward]]`: the receivers to which notifications are forwarded, and the check against a loop."""

import ipaddress
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from console.settings.addresses import Endpoint, Network, endpoint
from console.settings.secrets import Secret, SecretTable, one_of, secret_of


def _oid(text: str) -> str:
    parts = text.strip(".").removesuffix(".*").split(".")
    if len(parts) < 2 or not all(part.isascii() and part.isdigit() for part in parts):
        raise ValueError("write an OID in numbers, such as 1.3.6.1.4.1.9")
    return ".".join(parts)


class ForwardSettings(SecretTable):
    """A receiver to which notifications are forwarded: as received, or with a community or a user encoded again."""

    address: Endpoint
    """ADDRESS:PORT or [ADDRESS]:PORT of the other receiver."""
    community: Secret | None = Field(default=None, repr=False)
    """With a community the notifications are encoded again as SNMPv2c. Better in a file, or in the environment."""
    community_file: Path | None = None
    """A file of mode 0600 that has it."""
    community_variable: str | None = None
    """The environment's variable that has it."""
    user: str | None = None
    """With a user they are encoded again as SNMPv3: the name of one of [[traps.user]]."""
    from_: Annotated[tuple[Network, ...], Field(alias="from")] = ()
    """Networks whose notifications are forwarded; default: all."""
    oids: tuple[Annotated[str, AfterValidator(_oid)], ...] = ()
    """OIDs of the notifications that are forwarded, with all below them; default: all."""

    @model_validator(mode="after")
    def _one_form(self) -> "ForwardSettings":
        if self.has_community:
            one_of(self, "community", needed=True)
            if self.user is not None:
                raise ValueError("a community and a user are given: one is enough")
        return self

    @property
    def has_community(self) -> bool:
        return any(each is not None for each in (self.community, self.community_file, self.community_variable))

    def secret_community(self) -> str:
        """Raises SourceError when it cannot be read."""
        return secret_of(self, "community", f"the receiver {self.address}")


def own_address(address: str, listen: Sequence[str]) -> str | None:
    """The listening address at which `address`, a recipient, reaches this console itself; None if it does not."""
    host, port = _plain(address)
    for each in listen:
        here, number = _plain(each)
        reaches_any = here.is_unspecified and here.version == host.version and _is_of_this_machine(host)
        if number == port and (here == host or reaches_any):
            return each
    return None


def forward_faults(
    forward: Sequence[ForwardSettings], listen: Sequence[str], users: Sequence[str]
) -> Iterator[tuple[int, str, str]]:
    """What is wrong with the recipients: number, key, words."""
    for number, each in enumerate(forward):
        own = own_address(each.address, listen)
        if own is not None:
            yield number, "address", f"{each.address} is {own} of traps.listen: the console would forward to itself"
        if each.user is not None and each.user not in users:
            yield number, "user", f"no [[traps.user]] is called {each.user!r}"


def _plain(address: str) -> tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, int]:
    """The address and the port; an IPv4 address in the form of IPv6 is that IPv4 address."""
    text, port = endpoint(address)
    host = ipaddress.ip_address(text)
    return (host.ipv4_mapped or host) if isinstance(host, ipaddress.IPv6Address) else host, port


def _is_of_this_machine(host: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether datagrams to the address arrive here: only an own address can be bound."""
    family = socket.AF_INET if host.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((str(host), 0))
    except OSError:
        return False
    return True
