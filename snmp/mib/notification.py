"""`Notification`: one trap or inform as the rest of the product uses it, and its form as JSON."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from snmp.mib import facts

UNKNOWN = "unknown"
_REMEMBERED_OCTETS = 256

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


def printable(text: str) -> str:
    """The text with what a terminal might obey written out."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)


def _rfc3339(unix_seconds: float) -> str:
    return datetime.fromtimestamp(unix_seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
