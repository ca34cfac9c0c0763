"""What can go wrong between this machine and whoever sends traps.

SnmpError
├── MessageError          octets that are no trap that we read: says what was seen
├── UnknownTrapError      a trap to send that no MIB table has, or a field that does not belong to it
├── EngineStateError      the identity of our SNMPv3 engine can be neither read nor kept
├── ReceiverError         the trap receiver cannot listen
└── DeliveryError         a recipient does not take what it is sent
"""


class SnmpError(Exception):
    """Anything that this package raises."""


class MessageError(SnmpError, ValueError):
    """Octets that are no SNMPv1 trap, SNMPv2c trap or SNMPv2c inform."""


class UnknownTrapError(SnmpError, ValueError):
    """A name that the MIB tables do not have."""


class EngineStateError(SnmpError):
    """The file with our engine ID and boots is of no use."""


class ReceiverError(SnmpError):
    """The trap receiver cannot do its work."""


class DeliveryError(SnmpError):
    """No acknowledgement of an inform, or an answer that refuses it."""
