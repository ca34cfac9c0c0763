"""Extensions: what they are asked about a message, and what their answers mean (R-028, R-096, R-097).

All points are called together when a message has arrived, in this order. An answer is None or a table:

    post-packet-decode    drop = true: the message gets no answer
    generate-lease        address = "192.0.2.7", prefix = "2001:db8:7::/56": what a client gets that has no lease yet
    pre-packet-encode     options = { NAME = VALUE }: sent, also unrequested; without = [NAME]: not sent

An answer that is none of this, an exception, and no answer within the time limit are logged and counted, and the
message is handled as configured. An address that this server may not give now is not given; of DHCPv6 an address of
either parity may be (R-028).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from typing import Any

from dhcpserver.config.objects import Configuration
from dhcpserver.config.options import option_table
from dhcpserver.config.prefixes import TABLE6
from dhcpserver.contract import messages
from dhcpserver.leases.keys import Kind, address6, prefix
from dhcpserver.service.consulting import Ask, Asked, Finding
from dhcpserver.service.guidance import Guidance
from dhcpserver.service.notices import Notices
from dhcpserver.service.query import Query
from dhcpserver.service.v6.query import Query6
from dhcpserver.wire import options4
from dhcpserver.wire.dhcp6options import MessageType6
from dhcpserver.wire.options4 import MessageType
from dhcpserver.wire.optiontypes.basetype import OptionValueError
from dhcpserver.wire.optiontypes.table import OptionTable

POINTS = ("post-packet-decode", "generate-lease", "pre-packet-encode")
KEYS = {
    "post-packet-decode": frozenset({"drop"}),
    "generate-lease": frozenset({"address", "prefix"}),
    "pre-packet-encode": frozenset({"options", "without"}),
}
"""What an answer can have, by point."""
_ASKED4 = frozenset({MessageType.DISCOVER, MessageType.REQUEST, MessageType.INFORM})
_ASKED6 = frozenset(
    {
        MessageType6.SOLICIT,
        MessageType6.REQUEST,
        MessageType6.RENEW,
        MessageType6.REBIND,
        MessageType6.INFORMATION_REQUEST,
    }
)


class Extending:
    """The extensions of one configuration.

    Attributes:
        counts: how often each extension answered, failed and was late, by its name.
    """

    def __init__(self, configuration: Configuration, notices: Notices) -> None:
        points = sorted(configuration.extension_point, key=lambda each: POINTS.index(each.name))
        self._calls = [[point.name, name] for point in points for name in point.extensions]
        self._limits = {each.name: each.time_limit / 1000 for each in configuration.extension}
        self._table = option_table(configuration)
        self._notices = notices
        self.counts = {name: {"answered": 0, "failed": 0, "late": 0} for _, name in self._calls}
        self._now = 0.0

    @property
    def active(self) -> bool:
        """Whether any extension is called."""
        return bool(self._calls)

    def asks4(self, query: Query, now: float) -> Iterable[Ask]:
        """Yield the question about a DHCPv4 message, if extensions are called for its type."""
        if self._calls and query.packet.message_type in _ASKED4:
            yield self._ask(_request4(query), self._table, now)

    def asks6(self, query: Query6, now: float) -> Iterable[Ask]:
        """Yield the question about a DHCPv6 message, if extensions are called for its type."""
        if self._calls and query.message.type in _ASKED6:
            yield self._ask(_request6(query), TABLE6, now)

    def _ask(self, request: dict[str, Any], table: OptionTable, now: float) -> Ask:
        seconds = sum(self._limits[name] for _, name in self._calls)
        question = {"calls": self._calls, "request": request}

        def use(finding: Finding, guidance: Guidance) -> Guidance:
            return self._use(finding, guidance, table, now)

        def late() -> None:
            for _, name in self._calls:
                self._count(name, "late")
            names = ", ".join(dict.fromkeys(name for _, name in self._calls))
            self._notices.tell(messages.EXTENSION_LATE, names, now, name=names)

        return Ask(Asked.EXTENSIONS, question, seconds, use, late)

    def _count(self, name: str, what: str) -> None:
        self.counts[name][what] += 1

    def _use(self, finding: Finding, guidance: Guidance, table: OptionTable, now: float) -> Guidance:
        if finding.failure:
            names = ", ".join(dict.fromkeys(name for _, name in self._calls))
            for _, name in self._calls:
                self._count(name, "failed")
            self._notices.tell(messages.EXTENSION_FAILED, names, now, name=names, reason=finding.failure)
            return guidance
        for (point, name), answer in zip(self._calls, finding.result, strict=True):
            try:
                guidance = _with(guidance, point, answer, table)
            except ValueError as error:
                self._count(name, "failed")
                self._notices.tell(messages.EXTENSION_FAILED, name, now, name=name, reason=str(error))
            else:
                self._count(name, "answered")
        return guidance


def _with(guidance: Guidance, point: str, answer: Mapping[str, Any], table: OptionTable) -> Guidance:
    """Return guidance with the answer of one extension in it. Raises ValueError for an answer that is none."""
    if "error" in answer:
        raise ValueError(str(answer["error"])[:200])
    result = answer.get("result")
    if result is None:
        return guidance
    if not isinstance(result, dict):
        raise ValueError(f"its answer is not a table: {type(result).__name__}")
    unknown = set(result) - KEYS[point]
    if unknown:
        known = ", ".join(sorted(KEYS[point]))
        raise ValueError(f"an answer at {point} has no {min(map(str, unknown))!r} (it can have: {known})")
    options, without = dict(guidance.options), set(guidance.without)
    for key, value in _table(result, "options").items():
        code, data = _encoded(table, key, value)
        options[code] = data
        without.discard(code)
    for key in _list(result, "without"):
        code = _definition(table, key).code
        without.add(code)
        options.pop(code, None)
    addresses = {**guidance.addresses, **_addresses(result)}
    return replace(
        guidance,
        drop=guidance.drop or result.get("drop") is True,
        addresses=addresses,
        options=options,
        without=frozenset(without),
    )


def _addresses(result: Mapping[str, Any]) -> dict[Kind, int]:
    found: dict[Kind, int] = {}
    text = result.get("address")
    if text is not None:
        try:
            found[Kind.ADDRESS4] = int(IPv4Address(str(text)))
        except ValueError:
            found[Kind.ADDRESS6] = address6(int(IPv6Address(str(text))))
    text = result.get("prefix")
    if text is not None:
        network = IPv6Network(str(text))
        found[Kind.PREFIX] = prefix(int(network.network_address), network.prefixlen)
    return found


def _table(result: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = result.get(name, {})
    if not isinstance(value, dict):
        raise ValueError(f"{name} is not a table")
    return value


def _list(result: Mapping[str, Any], name: str) -> list[Any]:
    value = result.get(name, [])
    if not isinstance(value, list):
        raise ValueError(f"{name} is not a list")
    return value


def _definition(table: OptionTable, key: Any) -> Any:
    try:
        definition = table.find(key)
    except OptionValueError as error:
        raise ValueError(str(error)) from None
    if definition.set_by_protocol:
        raise ValueError(f"the protocol sets {definition.name} ({definition.code})")
    return definition


def _encoded(table: OptionTable, key: Any, value: Any) -> tuple[int, bytes]:
    definition = _definition(table, key)
    try:
        return definition.code, definition.encode(value)
    except OptionValueError as error:
        raise ValueError(f"{definition.name} ({definition.code}): {error}") from None


def _request4(query: Query) -> dict[str, Any]:
    """Return what an extension gets of a DHCPv4 message: texts, and octets in hexadecimal."""
    packet = query.packet
    requested = packet.address(options4.REQUESTED_ADDRESS) or packet.ciaddr
    return {
        "family": 4,
        "message": MessageType(packet.message_type).name,
        "hardware": query.hardware[1:].hex(":"),
        "client-id": None if query.client_id is None else query.client_id.hex(),
        "relay": _shown4(packet.giaddr),
        "requested": _shown4(requested),
        "options": {str(code): data.hex() for code, data in packet.options.items()},
    }


def _request6(query: Query6) -> dict[str, Any]:
    """Return what an extension gets of a DHCPv6 message."""
    message = query.message
    return {
        "family": 6,
        "message": MessageType6(message.type).name,
        "duid": query.duid.hex(),
        "hardware": query.hardware.hex(":") or None,
        "link": str(IPv6Address(message.link_address)) if message.link_address else None,
        "associations": [[ia.kind.name, ia.iaid] for ia in message.ias],
        "options": {str(code): data.hex() for code, data in message.options},
    }


def _shown4(address: int) -> str | None:
    return str(IPv4Address(address)) if address else None
