"""`TrapSpec` to octets, encoded by pysnmp.

Objects are in the order of the MIB, as instances `.0`; those without a value in the spec are left out. An SNMPv1 trap
has enterprise and specific number instead of the notification's OID (RFC 3584 section 3.2).
"""

from ipaddress import IPv4Address, IPv6Address
from typing import Any

from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto import api

from snmp.errors import UnknownTrapError
from snmp.mib import facts, rfc3584, standard
from snmp.mib.specs import FieldValue, TrapSpec
from snmp.mib.vocabulary import NotificationFact, Syntax

_V1 = api.PROTOCOL_MODULES[api.SNMP_VERSION_1]
_V2C = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]
_TYPES = {
    _V1: {Syntax.INTEGER: _V1.Integer, Syntax.UNSIGNED: _V1.Gauge, Syntax.IPV4: _V1.IpAddress},
    _V2C: {Syntax.INTEGER: _V2C.Integer, Syntax.UNSIGNED: _V2C.Gauge32, Syntax.IPV4: _V2C.IpAddress},
}
"""The type of each syntax in each version; all other syntaxes are OCTET STRING."""


def objects(spec: TrapSpec) -> tuple[NotificationFact, list[tuple[str, Syntax, FieldValue]]]:
    """Return the notification and its varbinds in the order of the MIB: OID with instance, syntax, value.

    Raises UnknownTrapError.
    """
    fact = facts.notification_to_send(spec.name)
    if fact is None:
        raise UnknownTrapError(f"there is no notification {spec.name!r}")
    fields = dict(spec.fields)
    if foreign := fields.keys() - set(fact.objects):
        raise UnknownTrapError(
            f"{spec.name} has the objects {', '.join(fact.objects)}, not {', '.join(sorted(foreign))}"
        )
    found = []
    for name in fact.objects:
        if name in fields:
            known = facts.object_to_send(fact, name)
            found.append((f"{known.oid}.0", known.syntax, fields[name]))
    return fact, found


def v2c(spec: TrapSpec, community: str, uptime_centiseconds: int) -> bytes:
    """Return an SNMPv2c trap."""
    pdu = _V2C.TrapPDU()
    _V2C.apiTrapPDU.set_defaults(pdu)
    _V2C.apiTrapPDU.set_varbinds(pdu, varbinds(spec, uptime_centiseconds))
    return _message(_V2C, community, pdu)


def v2c_inform(spec: TrapSpec, community: str, uptime_centiseconds: int, request_id: int) -> bytes:
    """Return an SNMPv2c inform."""
    pdu = _V2C.InformRequestPDU()
    _V2C.apiPDU.set_defaults(pdu)
    _V2C.apiPDU.set_request_id(pdu, request_id)
    _V2C.apiPDU.set_varbinds(pdu, varbinds(spec, uptime_centiseconds))
    return _message(_V2C, community, pdu)


def varbinds(spec: TrapSpec, uptime_centiseconds: int) -> list[tuple[Any, Any]]:
    """Return the varbinds of an SNMPv2c or SNMPv3 notification for pysnmp, uptime and OID first (RFC 3416 4.2.6)."""
    fact, fields = objects(spec)
    head = [
        (_V2C.ObjectIdentifier(standard.UPTIME), _V2C.TimeTicks(uptime_centiseconds % 2**32)),
        (_V2C.ObjectIdentifier(standard.TRAP_OID), _V2C.ObjectIdentifier(fact.oid)),
    ]
    return head + _varbinds(_V2C, fields)


def relayed(bindings: bytes) -> list[tuple[Any, Any]]:
    """Return the variable-bindings that `relay` made as pysnmp's objects."""
    found, _ = decoder.decode(bindings, asn1Spec=_V2C.VarBindList())
    return [(each[0], each[1].getComponent(innerFlag=True)) for each in found]


def v1(spec: TrapSpec, community: str, uptime_centiseconds: int, agent: IPv4Address) -> bytes:
    """Return an SNMPv1 trap with the agent-addr `agent`."""
    fact, fields = objects(spec)
    pdu = _V1.TrapPDU()
    _V1.apiTrapPDU.set_defaults(pdu)
    enterprise, generic, specific = rfc3584.v1_names(fact.oid)
    _V1.apiTrapPDU.set_enterprise(pdu, enterprise)
    _V1.apiTrapPDU.set_agent_address(pdu, str(agent))
    _V1.apiTrapPDU.set_generic_trap(pdu, generic)
    _V1.apiTrapPDU.set_specific_trap(pdu, specific)
    _V1.apiTrapPDU.set_timestamp(pdu, uptime_centiseconds % 2**32)
    _V1.apiTrapPDU.set_varbinds(pdu, _varbinds(_V1, fields))
    return _message(_V1, community, pdu)


def _message(protocol: Any, community: str, pdu: Any) -> bytes:
    message = protocol.Message()
    protocol.apiMessage.set_defaults(message)
    protocol.apiMessage.set_community(message, community)
    protocol.apiMessage.set_pdu(message, pdu)
    octets: bytes = encoder.encode(message)
    return octets


def _varbinds(protocol: Any, fields: list[tuple[str, Syntax, FieldValue]]) -> list[tuple[Any, Any]]:
    return [
        (protocol.ObjectIdentifier(oid), _TYPES[protocol].get(syntax, protocol.OctetString)(_plain(value)))
        for oid, syntax, value in fields
    ]


def _plain(value: FieldValue) -> int | str | bytes:
    """Return the value in a form that pysnmp's types accept."""
    if isinstance(value, IPv6Address):
        return value.packed
    if isinstance(value, IPv4Address):
        return str(value)
    return value.encode() if isinstance(value, str) else value
