"""The errors of receiving and sending traps.

SnmpError
├── MessageError          octets that are not a supported trap; the text names what was found
├── UnknownTrapError      a trap to send that is in no MIB table, or a field that does not belong to it
├── EngineStateError      the state of the local SNMPv3 engine cannot be read or written
├── ReceiverError         the trap receiver cannot listen
├── DeliveryError         a notification was not delivered
└── ModulesError          MIB modules cannot be read at all
"""


class SnmpError(Exception):
    """The base of all errors of this package."""


class MessageError(SnmpError, ValueError):
    """The octets are not an SNMPv1 trap, an SNMPv2c trap or an SNMPv2c inform."""


class UnknownTrapError(SnmpError, ValueError):
    """The name is not in the MIB tables."""


class EngineStateError(SnmpError):
    """The file with engine ID and boots cannot be used."""


class ReceiverError(SnmpError):
    """The trap receiver cannot start or has failed."""


class DeliveryError(SnmpError):
    """An inform was not acknowledged, or the recipient or the SNMP engine refused the notification."""


class ModulesError(SnmpError):
    """The compiler for MIB modules is not installed."""
