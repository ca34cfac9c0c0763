"""`Carrier`: what sends to one recipient, and the choice of the carrier by the recipient's SNMP version.

A carrier is used by one thread. It resolves the recipient's host name again for each notification, because addresses
change.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from snmp.mib.specs import TrapSpec
from snmp.security.enginestate import EngineState
from snmp.send.communitycarrier import CommunityCarrier
from snmp.send.recipient import Recipient


class Carrier(Protocol):
    """Sends notifications to one recipient."""

    def deliver(self, spec: TrapSpec, uptime_centiseconds: int) -> None:
        """Send one notification. Raises OSError or DeliveryError when the failure can be detected."""

    def relay(self, bindings: bytes) -> None:
        """Send a notification of another sender, given by its variable-bindings. Raises as `deliver`."""

    def pass_on(self, octets: bytes) -> None:
        """Send a datagram as it is. Raises OSError."""

    def close(self) -> None:
        """Release its resources."""


def open_carrier(recipient: Recipient, sources: Sequence[str], state: Callable[[], EngineState]) -> Carrier:
    """Return a carrier for the recipient that sends from the first of `sources` with its address family.

    `state` returns the identity of the local SNMPv3 engine; it is called for SNMPv3 only. Raises EngineStateError.
    """
    if recipient.version != "v3":
        return CommunityCarrier(recipient, sources)
    from snmp.send.usmcarrier import UsmCarrier  # pysnmp takes a third of a second to import.

    return UsmCarrier(recipient, sources, state())
