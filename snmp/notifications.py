"""`Notification`: a trap as the rest of the product sees it, and how one is made of a `Message`.

SNMPv1 and SNMPv2c say the same in different shapes; RFC 3584 section 3.1 gives the translation, and after it nobody
needs to know which it was. Objects are found by their OID, never by their place, and any of them may be missing: the
MIB grew, and older servers send what they knew. A notification that no table has keeps its OID and everything it
carried. Text from the network is made safe to print here, once.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from itertools import chain
from typing import Any, Literal, NamedTuple

from snmp import facts, rfc3584, standard
from snmp.access import SecurityLevel
from snmp.message import (
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
from snmp.vocabulary import ObjectFact, Syntax

UNKNOWN = "unknown"
REDACTED = "(redacted)"
ETHERNET = 1
_REMEMBERED_OCTETS = 256
_VERSIONS: dict[int, Literal["v1", "v2c", "v3"]] = {V1: "v1", V2C: "v2c", V3: "v3"}

Value = int | str | bytes | None


class Varbind(NamedTuple):
    """One thing that a notification says.

    `value` is a number, an address or text as str, or octets that are no text. `text` is the same for a reader: the
    word of an enumeration, safe to print.
    """

    oid: str
    name: str
    """The object's name in our words, or its OID when no table has it."""
    value: Value
    text: str
    type: str = ""
    """What it is on the wire, in the words of SMIv2: Gauge32, OCTET STRING, ..."""


@dataclass(frozen=True, slots=True)
class Notification:
    """What one sender said, and how many times it said just that within the coalescing window."""

    name: str
    """The name in our words, `unknown` when no table has the OID."""
    oid: str
    source: tuple[str, int]
    """Where the datagram came from. Not necessarily who speaks: see `agent`."""
    agent: str | None
    """Who speaks, by its own word (agent-addr or snmpTrapAddress); None when it does not say."""
    version: Literal["v1", "v2c", "v3"]
    received_at: float
    """Unix seconds; of the first, when there were several."""
    uptime_centiseconds: int | None
    """The sender's uptime."""
    varbinds: tuple[Varbind, ...]
    count: int
    inform: bool = False
    """Whether its sender wanted it acknowledged, and was answered."""
    user: str | None = None
    """The SNMPv3 user; a community is a secret and is never told."""
    level: str | None = None
    """The SNMPv3 security level: noAuthNoPriv, authNoPriv or authPriv."""
    engine_id: str | None = None
    """The SNMPv3 engine that sent it, in hexadecimal; None for informs, of which the receiver is the engine."""

    @property
    def device(self) -> str:
        """Who speaks, as good as it is known: its own word, else where the datagram came from."""
        return self.agent or self.source[0]

    @property
    def deprecated(self) -> bool:
        """Whether the sender speaks a revision of the MIB that has a successor."""
        fact = facts.notification(self.oid)
        return fact is not None and fact.deprecated

    def varbind(self, name: str) -> Varbind | None:
        """The first varbind of that name, None when the sender did not send it."""
        return next((varbind for varbind in self.varbinds if varbind.name == name), None)

    def get(self, name: str) -> str | None:
        """The text of the varbind of that name, None when the sender did not send it."""
        varbind = self.varbind(name)
        return None if varbind is None else varbind.text

    def as_json(self) -> dict[str, object]:
        """As JSON takes it; octets in hexadecimal."""
        return {
            "at": _rfc3339(self.received_at),
            **_head(
                self.name,
                self.oid,
                self.source,
                self.agent,
                self.version,
                self.inform,
                self.user,
                self.level,
                self.engine_id,
            ),
            "uptime_centiseconds": self.uptime_centiseconds,
            "count": self.count,
            "varbinds": [_json(varbind) for varbind in self.varbinds],
        }

    def json_line(self) -> str:
        """The same as text in one line. Much of what storms are made of was written before, and is remembered."""
        who = (self.name, self.oid, self.source, self.agent, self.version, self.inform)
        v3 = (self.user, self.level, self.engine_id)
        uptime = "null" if self.uptime_centiseconds is None else self.uptime_centiseconds
        return (
            f'{{"at": "{_rfc3339(self.received_at)}", {_write_head(*who, *v3)}, "uptime_centiseconds": {uptime}, '
            f'"count": {self.count}, "varbinds": [{", ".join(map(_json_text, self.varbinds))}]}}'
        )


def _head(
    name: str,
    oid: str,
    source: tuple[str, int],
    agent: str | None,
    version: str,
    inform: bool,
    user: str | None,
    level: str | None,
    engine_id: str | None,
) -> dict[str, object]:
    fact = facts.notification(oid)
    return {
        "name": name,
        "oid": oid,
        "source": {"address": source[0], "port": source[1]},
        "agent": agent,
        "version": version,
        "inform": inform,
        "user": user,
        "level": level,
        "engine_id": engine_id,
        "deprecated": fact is not None and fact.deprecated,
    }


@lru_cache(maxsize=1024)
def _write_head(*fields: Any) -> str:
    """What every notification of one kind from one source begins with, without its braces."""
    return json.dumps(_head(*fields))[1:-1]


def _json(varbind: Varbind) -> dict[str, object]:
    value = varbind.value.hex() if isinstance(varbind.value, bytes) else varbind.value
    return {"oid": varbind.oid, "name": varbind.name, "value": value, "text": varbind.text, "type": varbind.type}


def _json_text(varbind: Varbind) -> str:
    return _write_before(varbind) if len(varbind.text) <= _REMEMBERED_OCTETS else _write(varbind)


def _write(varbind: Varbind) -> str:
    return json.dumps(_json(varbind))


_write_before = lru_cache(maxsize=8192)(_write)


def notification(message: Message, source: tuple[str, int], received_at: float, count: int) -> Notification:
    """The notification that a message carries."""
    oid, uptime, rest = _v2c(message.varbinds) if message.v1 is None else _v1(message.v1, message.varbinds)
    fact = facts.notification(oid)
    v3 = message.version == V3
    inform = message.pdu == INFORM
    return Notification(
        name=UNKNOWN if fact is None else fact.name,
        oid=oid,
        source=source,
        agent=_agent(message),
        version=_VERSIONS[message.version],
        received_at=received_at,
        uptime_centiseconds=uptime,
        varbinds=tuple(chain.from_iterable(map(_varbinds, rest))),
        count=count,
        inform=inform,
        user=printable(message.community.decode("utf-8", "replace")) if v3 else None,
        level=SecurityLevel(message.level).word if v3 else None,
        engine_id=message.engine_id.hex() if v3 and not inform else None,
    )


def _v1(header: V1Header, varbinds: tuple[RawVarbind, ...]) -> tuple[str, int, tuple[RawVarbind, ...]]:
    """The notification's OID, the uptime and the varbinds of an SNMPv1 trap (RFC 3584 section 3.1)."""
    oid = rfc3584.notification_oid(header.enterprise, header.generic, header.specific)
    if header.generic != standard.ENTERPRISE_SPECIFIC:  # Its OID does not say whose it is.
        enterprise = RawVarbind(standard.TRAP_ENTERPRISE, OBJECT_IDENTIFIER, header.enterprise)
        varbinds = (*varbinds, enterprise)
    return oid, header.uptime_centiseconds, varbinds


def _v2c(varbinds: tuple[RawVarbind, ...]) -> tuple[str, int | None, tuple[RawVarbind, ...]]:
    """The same of an SNMPv2c trap, which has the first two as varbinds: in front, but found wherever they are."""
    if len(varbinds) > 1 and varbinds[0].oid == standard.UPTIME and varbinds[1].oid == standard.TRAP_OID:
        uptime, oid, rest = varbinds[0].value, varbinds[1].value, varbinds[2:]
        return (oid if isinstance(oid, str) else "", uptime if isinstance(uptime, int) else None, rest)
    found = {raw.oid: raw.value for raw in varbinds}
    oid, uptime = found.get(standard.TRAP_OID), found.get(standard.UPTIME)
    rest = tuple(raw for raw in varbinds if raw.oid not in (standard.TRAP_OID, standard.UPTIME))
    return (oid if isinstance(oid, str) else "", uptime if isinstance(uptime, int) else None, rest)


def _agent(message: Message) -> str | None:
    said = [raw.value for raw in message.varbinds if raw.oid == standard.TRAP_ADDRESS]
    if message.v1 is not None:
        said.append(message.v1.agent_address)
    if not said:
        return None
    spoken = (str(IPv4Address(value)) for value in said if isinstance(value, bytes) and len(value) == 4)
    return next((address for address in spoken if address != "0.0.0.0"), None)


def _varbinds(raw: RawVarbind) -> tuple[Varbind, ...]:
    """The varbind, and before it the text that its instance spells, where it has one. Most of them come again."""
    if isinstance(raw.value, bytes) and len(raw.value) > _REMEMBERED_OCTETS:
        return _read(raw)
    return _read_before(raw)


def _read(raw: RawVarbind) -> tuple[Varbind, ...]:
    if raw.oid == standard.TRAP_COMMUNITY:
        return (Varbind(raw.oid, "trap-community", None, REDACTED, _type(raw.tag)),)
    instance = facts.object_instance(raw.oid)
    if instance is None:
        value = _unknown_value(raw.tag, raw.value)
        return (Varbind(raw.oid, raw.oid, value, _text(value, {}), _type(raw.tag)),)
    fact = instance.fact
    value = _value(fact, raw)
    hardware = fact.syntax is Syntax.HARDWARE and isinstance(value, bytes)
    text = _hardware_text(value) if hardware and isinstance(value, bytes) else _text(value, fact.words)
    varbind = Varbind(raw.oid, fact.name, value, text, _type(raw.tag))
    if fact.indexed_by is None or instance.index is None:
        return (varbind,)
    return Varbind(raw.oid, fact.indexed_by, instance.index, printable(instance.index), "instance"), varbind


def _type(tag: int) -> str:
    return TYPE_NAMES.get(tag, f"tag 0x{tag:02x}")


_read_before = lru_cache(maxsize=8192)(_read)


def _value(fact: ObjectFact, raw: RawVarbind) -> Value:
    """The value by the object's syntax; a sender that writes it otherwise is believed about what it wrote."""
    if isinstance(raw.value, bytes) and raw.tag == OCTET_STRING:
        if fact.syntax is Syntax.IPV6 and len(raw.value) == 16:
            return str(IPv6Address(raw.value))
        if fact.syntax is Syntax.TEXT:
            return raw.value.decode("utf-8", "replace")
        return raw.value
    return _unknown_value(raw.tag, raw.value)


def _unknown_value(tag: int, value: RawValue) -> Value:
    """The value by its type alone: octets are text when they read as text."""
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
    """`hardware type, length, octets` as `aa:bb:...`, with the type in front where it is not Ethernet."""
    if len(value) < 2 or value[1] != len(value) - 2:
        return value.hex(":")
    octets = value[2:].hex(":")
    return octets if value[0] == ETHERNET else f"{value[0]}/{octets}"


def printable(text: str) -> str:
    """The text with what a terminal might obey written out."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)


def _rfc3339(unix_seconds: float) -> str:
    return datetime.fromtimestamp(unix_seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
