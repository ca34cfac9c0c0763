"""`Notification`: one trap or inform as the rest of the product uses it, and its form as JSON."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from snmp.mib import facts

UNKNOWN = "unknown"
_CACHED_OCTETS = 256

Value = int | str | bytes | None


class Varbind(NamedTuple):
    """One object of a notification.

    `value` is a number, an address or text as str, or octets that are not text. `text` is the value for people: the
    word of an enumeration, safe to print.
    """

    oid: str
    name: str
    """The object's name in the MIB tables, or its OID if it is in no table."""
    value: Value
    text: str
    type: str = ""
    """Its type on the wire by SMIv2: Gauge32, OCTET STRING, ..."""


@dataclass(frozen=True, slots=True)
class Notification:
    """One notification of a sender, with the number of its repetitions within the coalescing window."""

    name: str
    """The name in the MIB tables, or `unknown` if the OID is in no table."""
    oid: str
    source: tuple[str, int]
    """Source of the datagram. The sender can be another one: see `agent`."""
    agent: str | None
    """Address of the sender in the message (agent-addr or snmpTrapAddress); None if it has none."""
    version: Literal["v1", "v2c", "v3"]
    received_at: float
    """Unix seconds; that of the first repetition."""
    uptime_centiseconds: int | None
    """The sender's uptime."""
    varbinds: tuple[Varbind, ...]
    count: int
    inform: bool = False
    """Whether it is an inform, which was acknowledged."""
    user: str | None = None
    """The SNMPv3 user. A community is a secret and is not stored."""
    level: str | None = None
    """The SNMPv3 security level: noAuthNoPriv, authNoPriv or authPriv."""
    engine_id: str | None = None
    """The sender's SNMPv3 engine ID, in hexadecimal; None for informs, whose authoritative engine is the receiver."""
    octets: bytes = b""
    """The datagram; for forwarding only, else empty."""
    bindings: bytes = b""
    """The variable-bindings as SNMPv2c has them; for forwarding only, else empty."""

    @property
    def device(self) -> str:
        """Address of the sender: the one in the message, else the source of the datagram."""
        return self.agent or self.source[0]

    @property
    def deprecated(self) -> bool:
        """Whether the MIB has a newer notification in place of this one."""
        fact = facts.notification(self.oid)
        return fact is not None and fact.deprecated

    def varbind(self, name: str) -> Varbind | None:
        """Return the first varbind of that name; None if the notification does not have it."""
        return next((varbind for varbind in self.varbinds if varbind.name == name), None)

    def get(self, name: str) -> str | None:
        """Return the text of the varbind of that name; None if the notification does not have it."""
        varbind = self.varbind(name)
        return None if varbind is None else varbind.text

    def as_json(self) -> dict[str, object]:
        """Return the notification ready for JSON; octets in hexadecimal."""
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
        """Return the same as text in one line. Its parts are cached, because notifications of a storm are alike."""
        head = (self.name, self.oid, self.source, self.agent, self.version, self.inform)
        v3 = (self.user, self.level, self.engine_id)
        uptime = "null" if self.uptime_centiseconds is None else self.uptime_centiseconds
        return (
            f'{{"at": "{_rfc3339(self.received_at)}", {_write_head(*head, *v3)}, "uptime_centiseconds": {uptime}, '
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
    """Return the part that is equal for all notifications of one kind from one source, without braces."""
    return json.dumps(_head(*fields))[1:-1]


def _json(varbind: Varbind) -> dict[str, object]:
    value = varbind.value.hex() if isinstance(varbind.value, bytes) else varbind.value
    return {"oid": varbind.oid, "name": varbind.name, "value": value, "text": varbind.text, "type": varbind.type}


def _json_text(varbind: Varbind) -> str:
    return _write_cached(varbind) if len(varbind.text) <= _CACHED_OCTETS else _write(varbind)


def _write(varbind: Varbind) -> str:
    return json.dumps(_json(varbind))


_write_cached = lru_cache(maxsize=8192)(_write)


def printable(text: str) -> str:
    """Return the text with control and other unprintable characters escaped."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)


def _rfc3339(unix_seconds: float) -> str:
    return datetime.fromtimestamp(unix_seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
