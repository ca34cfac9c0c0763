"""`Message` to `Notification`.

SNMPv1 and SNMPv2c traps differ in form; RFC 3584 section 3.1 defines the translation to one form. Objects are found by
OID, not by position, and any of them can be missing, because older servers send the objects of an older MIB. A
notification that is in no table keeps its OID and all its varbinds. Names that are built in come before those of loaded
MIB modules. Text from the network is made safe to print here.
"""

from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from itertools import chain
from typing import Literal

from snmp.codec.message import (
    INFORM,
    IP_ADDRESS,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    OPAQUE,
    TYPE_NAMES,
    V1,
    V2C,
    V3,
    Message,
    RawValue,
    RawVarbind,
    V1Header,
)
from snmp.mib import facts, rfc3584, standard
from snmp.mib.notification import UNKNOWN, Notification, Value, Varbind, printable
from snmp.mib.vocabulary import ObjectFact, Syntax
from snmp.modules.tables import NO_TABLES, ModuleTables
from snmp.modules.values import index_values, value_text
from snmp.security.access import SecurityLevel

REDACTED = "(redacted)"
ETHERNET = 1
_CACHED_OCTETS = 256
_VERSIONS: dict[int, Literal["v1", "v2c", "v3"]] = {V1: "v1", V2C: "v2c", V3: "v3"}


def notification_parts(message: Message) -> tuple[str, int | None, tuple[RawVarbind, ...]]:
    """Return the OID, the uptime and the other varbinds of a notification, in the terms of SNMPv2c."""
    return _v2c(message.varbinds) if message.v1 is None else _v1(message.v1, message.varbinds)


def translate(
    message: Message, source: tuple[str, int], received_at: float, count: int, modules: ModuleTables = NO_TABLES
) -> Notification:
    """Return the notification of a message; `count` is the number of its repetitions in the window, itself included."""
    oid, uptime, rest = notification_parts(message)
    fact = facts.notification(oid)
    v3 = message.version == V3
    inform = message.pdu == INFORM
    return Notification(
        name=(modules.notification(oid) or UNKNOWN) if fact is None else fact.name,
        oid=oid,
        source=source,
        agent=_agent(message),
        version=_VERSIONS[message.version],
        received_at=received_at,
        uptime_centiseconds=uptime,
        varbinds=tuple(chain.from_iterable(_varbinds(raw, modules) for raw in rest)),
        count=count,
        inform=inform,
        user=printable(message.community.decode("utf-8", "replace")) if v3 else None,
        level=SecurityLevel(message.level).word if v3 else None,
        engine_id=message.engine_id.hex() if v3 and not inform else None,
    )


def _v1(header: V1Header, varbinds: tuple[RawVarbind, ...]) -> tuple[str, int, tuple[RawVarbind, ...]]:
    """Return the notification's OID, the uptime and the varbinds of an SNMPv1 trap (RFC 3584 section 3.1)."""
    oid = rfc3584.notification_oid(header.enterprise, header.generic, header.specific)
    if header.generic != standard.ENTERPRISE_SPECIFIC:  # The OID of a generic trap does not contain the enterprise.
        enterprise = RawVarbind(standard.TRAP_ENTERPRISE, OBJECT_IDENTIFIER, header.enterprise)
        varbinds = (*varbinds, enterprise)
    return oid, header.uptime_centiseconds, varbinds


def _v2c(varbinds: tuple[RawVarbind, ...]) -> tuple[str, int | None, tuple[RawVarbind, ...]]:
    """Return the same of an SNMPv2c trap, which has OID and uptime as varbinds: normally first, but found anywhere."""
    if len(varbinds) > 1 and varbinds[0].oid == standard.UPTIME and varbinds[1].oid == standard.TRAP_OID:
        uptime, oid, rest = varbinds[0].value, varbinds[1].value, varbinds[2:]
        return (oid if isinstance(oid, str) else "", uptime if isinstance(uptime, int) else None, rest)
    found = {raw.oid: raw.value for raw in varbinds}
    oid, uptime = found.get(standard.TRAP_OID), found.get(standard.UPTIME)
    rest = tuple(raw for raw in varbinds if raw.oid not in (standard.TRAP_OID, standard.UPTIME))
    return (oid if isinstance(oid, str) else "", uptime if isinstance(uptime, int) else None, rest)


def _agent(message: Message) -> str | None:
    addresses = [raw.value for raw in message.varbinds if raw.oid == standard.TRAP_ADDRESS]
    if message.v1 is not None:
        addresses.append(message.v1.agent_address)
    if not addresses:
        return None
    texts = (str(IPv4Address(value)) for value in addresses if isinstance(value, bytes) and len(value) == 4)
    return next((address for address in texts if address != "0.0.0.0"), None)


def _varbinds(raw: RawVarbind, modules: ModuleTables) -> tuple[Varbind, ...]:
    """Return the varbind, preceded by those that its instance has, if any. Cached: most varbinds repeat."""
    if isinstance(raw.value, bytes) and len(raw.value) > _CACHED_OCTETS:
        return _read(raw, modules)
    return _read_cached(raw, modules)


def _read(raw: RawVarbind, modules: ModuleTables) -> tuple[Varbind, ...]:
    if raw.oid == standard.TRAP_COMMUNITY:
        return (Varbind(raw.oid, "trap-community", None, REDACTED, _type(raw.tag)),)
    instance = facts.object_instance(raw.oid)
    if instance is None:
        return _read_by_modules(raw, modules)
    fact = instance.fact
    value = _value(fact, raw)
    hardware = fact.syntax is Syntax.HARDWARE and isinstance(value, bytes)
    text = _hardware_text(value) if hardware and isinstance(value, bytes) else _text(value, fact.words)
    varbind = Varbind(raw.oid, fact.name, value, text, _type(raw.tag))
    if fact.indexed_by is None or instance.index is None:
        return (varbind,)
    return Varbind(raw.oid, fact.indexed_by, instance.index, printable(instance.index), "instance"), varbind


def _read_by_modules(raw: RawVarbind, modules: ModuleTables) -> tuple[Varbind, ...]:
    """Return a varbind that is in no built-in table: by the loaded modules, or by its OID and type only."""
    value = _unknown_value(raw.tag, raw.value)
    found = modules.object_of(raw.oid)
    if found is None:
        return (Varbind(raw.oid, raw.oid, value, _text(value, {}), _type(raw.tag)),)
    fact, instance = found
    octets = raw.value if isinstance(raw.value, bytes) and raw.tag == OCTET_STRING else None
    text = value_text(fact, value, octets)
    varbind = Varbind(raw.oid, fact.name, value, _text(value, {}) if text is None else text, _type(raw.tag))
    rows = index_values(fact.index, instance) or ()
    return (*(Varbind(raw.oid, each.name, each.text, each.text, "instance") for each in rows), varbind)


def _type(tag: int) -> str:
    return TYPE_NAMES.get(tag, f"tag 0x{tag:02x}")


_read_cached = lru_cache(maxsize=8192)(_read)


def _value(fact: ObjectFact, raw: RawVarbind) -> Value:
    """Return the value by the object's syntax, or by its own type if the sender used another one."""
    if isinstance(raw.value, bytes) and raw.tag == OCTET_STRING:
        if fact.syntax is Syntax.IPV6 and len(raw.value) == 16:
            return str(IPv6Address(raw.value))
        if fact.syntax is Syntax.TEXT:
            return raw.value.decode("utf-8", "replace")
        return raw.value
    return _unknown_value(raw.tag, raw.value)


def _unknown_value(tag: int, value: RawValue) -> Value:
    """Return the value by its type only. Octets that are printable UTF-8 become text."""
    if not isinstance(value, bytes):
        return value
    if tag == IP_ADDRESS and len(value) == 4:
        return str(IPv4Address(value))
    if tag == OPAQUE:
        return value
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        return value
    return text if text.isprintable() else value


def _text(value: Value, words: Mapping[int, str]) -> str:
    if isinstance(value, bytes):
        return value.hex(":")
    if isinstance(value, int):
        return words.get(value, str(value))
    return "" if value is None else printable(value)


def _hardware_text(value: bytes) -> str:
    """Return `hardware type, length, octets` as `aa:bb:...`, preceded by the type if it is not Ethernet."""
    if len(value) < 2 or value[1] != len(value) - 2:
        return value.hex(":")
    octets = value[2:].hex(":")
    return octets if value[0] == ETHERNET else f"{value[0]}/{octets}"
