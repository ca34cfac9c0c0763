"""`dhcpd.conf` of ISC dhcpd.

Options and lease times are inherited as there: from the file to shared networks, subnets, groups and hosts. What
depends on expressions (classes, `if`) has no counterpart and is listed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from ipaddress import AddressValueError, IPv4Address, IPv4Network

from dhcpserver.migration.found import (
    UNSET,
    Found,
    FoundDefinition,
    FoundOption,
    FoundPair,
    FoundReservation,
    FoundScope,
    LeaseTimes,
    Value,
)
from dhcpserver.migration.isc_syntax import Load, Statement, parse

_MEANINGLESS = frozenset(
    {
        "ddns-update-style", "ddns-updates", "log-facility", "one-lease-per-client", "ping-check",
        "omapi-port", "omapi-key", "key", "zone", "lease-file-name", "pid-file-name", "local-port", "local-address",
        "update-static-leases", "deny-unknown-clients", "server-identifier", "get-lease-hostnames",
    }
)  # fmt: skip
_OWN = frozenset({"option", "next-server", "filename", "server-name", "failover", "authoritative"})
"""Statements that are read, or listed, with the block that they are in."""
_TIMES = {"default-lease-time": "seconds", "min-lease-time": "shortest", "max-lease-time": "longest"}
_WITHOUT_AUTHORITY = "not authoritative"
DEFAULT_SECONDS = 43_200
"""dhcpd's lease time without a `default-lease-time` (dhcpd.conf(5))."""
_TYPES = {
    "boolean": "boolean",
    "unsigned integer 8": "u8",
    "integer 8": "u8",
    "unsigned integer 16": "u16",
    "integer 16": "u16",
    "unsigned integer 32": "u32",
    "integer 32": "i32",
    "ip-address": "address4",
    "text": "string",
    "string": "hex",
    "domain-name": "domain",
}


@dataclass(frozen=True, slots=True)
class _Around:
    """What a statement inherits."""

    options: tuple[FoundOption, ...] = ()
    times: LeaseTimes = UNSET
    authoritative: bool = False
    network: str | None = None
    scope: FoundScope | None = None


def read(text: str, source: str, load: Load | None = None) -> Found:
    """Return what a configuration has. Raises MigrationError if it is not one."""
    found = Found()
    statements = parse(text, source, load)
    for each in statements:
        if each.name == "option" and _defines(each):
            _definition(found, each)
    own = _own(found, statements, _Around())
    found.options, found.times = list(own.options), _complete(own.times)
    _walk(found, statements, _Around(times=own.times, authoritative=own.authoritative))
    return found


def _own(found: Found, statements: Iterable[Statement], around: _Around) -> _Around:
    """Return what a block sets itself, in addition to what it inherits."""
    options = {each.key: each for each in around.options}
    times, authoritative = around.times, around.authoritative
    for each in statements:
        if each.name == "option" and each.block is None and not _defines(each):
            option = _option(found, each)
            if option is not None:
                options[option.key] = option
        elif each.name in _TIMES and len(each.arguments) == 1:
            if each.arguments[0].isdigit():
                times = times._replace(**{_TIMES[each.name]: int(each.arguments[0]) or None})
            else:
                found.lose(each.place, f"{each}: not a number of seconds")
        elif each.name == "authoritative" or str(each) == _WITHOUT_AUTHORITY:
            authoritative = each.name == "authoritative"
        elif each.name in ("next-server", "filename", "server-name"):
            found.lose(each.place, f"{each}: set packet-siaddr, packet-file-name or packet-server-name of a policy")
    return replace(around, options=tuple(options.values()), times=times, authoritative=authoritative)


def _complete(times: LeaseTimes) -> LeaseTimes:
    """Add the lease time that dhcpd has by default, where the file has only bounds."""
    return times._replace(seconds=DEFAULT_SECONDS) if times.bounded and times.seconds is None else times


def _walk(found: Found, statements: Iterable[Statement], around: _Around) -> None:
    for each in statements:
        block = each.block
        if each.name == "subnet" and block is not None:
            _subnet(found, each, block, around)
        elif each.name == "shared-network" and block is not None:
            name = " ".join(each.arguments)
            _walk(found, block, replace(_own(found, block, around), network=name))
        elif each.name == "group" and block is not None:
            _walk(found, block, _own(found, block, around))
        elif each.name == "pool" and block is not None:
            _pool(found, each, block, around)
        elif each.name == "host" and block is not None:
            _host(found, each, block, around)
        elif each.name == "failover" and block is not None:
            _failover(found, each, block)
        elif each.name == "range" and around.scope is not None:
            _range(found, each, around.scope)
        elif each.name not in _OWN and each.name not in _TIMES and str(each) != _WITHOUT_AUTHORITY:
            meaning = "not needed here" if each.name in _MEANINGLESS else "it has no counterpart that is carried over"
            found.lose(each.place, f"{each}: {meaning}")


def _subnet(found: Found, statement: Statement, block: list[Statement], around: _Around) -> None:
    words = statement.arguments
    try:
        if len(words) != 3 or words[1].lower() != "netmask":
            raise ValueError("it is not subnet ADDRESS netmask MASK")
        subnet = IPv4Network((words[0], words[2]))
    except ValueError as error:
        found.lose(statement.place, f"{statement}: {error}; with everything in it")
        return
    own = _own(found, block, replace(around, options=_without_global(found, around)))
    scope = FoundScope(str(subnet), subnet, statement.place, network=around.network)
    scope.options = list(own.options)
    scope.times, scope.authoritative = _complete(own.times), own.authoritative
    found.scopes.append(scope)
    _walk(found, block, replace(own, scope=scope))


def _without_global(found: Found, around: _Around) -> tuple[FoundOption, ...]:
    """The options of shared networks and groups: those of the file are in the policy that all scopes have."""
    return tuple(each for each in around.options if each not in found.options)


def _pool(found: Found, statement: Statement, block: list[Statement], around: _Around) -> None:
    for each in block:
        if each.name == "range" and around.scope is not None:
            _range(found, each, around.scope)
        elif each.name != "failover":
            found.lose(each.place, f"{each}: a pool has its ranges only; its clients get what the subnet has")
    if around.scope is None:
        found.lose(statement.place, "a pool outside a subnet")


def _range(found: Found, statement: Statement, scope: FoundScope) -> None:
    words = statement.arguments
    if words and words[0] == "dynamic-bootp":
        words = words[1:]
        found.lose(statement.place, f"{statement}: set dynamic-bootp and bootp of scope {scope.name}")
    try:
        first, last = IPv4Address(words[0]), IPv4Address(words[-1])
    except (AddressValueError, IndexError):
        found.lose(statement.place, f"{statement}: not a range of addresses")
        return
    scope.ranges.append((first, last))


def _host(found: Found, statement: Statement, block: list[Statement], around: _Around) -> None:
    mac = client_id = circuit_id = remote_id = None
    addresses: list[str] = []
    for each in block:
        words = each.arguments
        if each.name == "hardware" and len(words) == 2 and words[0] == "ethernet":
            mac = _mac(words[1])
        elif each.name == "fixed-address":
            addresses = words
        elif each.name == "option" and words[:1] == ["dhcp-client-identifier"] and len(each.words) == 3:
            client_id = (_octets(found, each) or "").removeprefix("hex:").replace(":", "") or None
        elif each.name == "host-identifier" and words[:1] == ["option"] and len(each.words) == 4:
            if words[1] == "agent.circuit-id":
                circuit_id = _octets(found, each)
            elif words[1] == "agent.remote-id":
                remote_id = _octets(found, each)
            else:
                found.lose(each.place, f"{each}: a reservation is by a client, or by circuit ID and remote ID")
        elif each.name not in ("option", "default-lease-time"):
            found.lose(each.place, f"{each}: a reservation has an address, a client and options")
    if not addresses:
        found.lose(statement.place, f"{statement}: a host without fixed-address is no reservation")
        return
    if mac is not None and (client_id or circuit_id or remote_id):
        found.lose(statement.place, f"{statement}: it is for the hardware address only, not for an identifier too")
        client_id = circuit_id = remote_id = None
    if mac is None and client_id is None and circuit_id is None and remote_id is None:
        found.lose(statement.place, f"{statement}: neither a hardware address nor an identifier")
        return
    inherited = [*found.options, *(around.scope.options if around.scope is not None else ())]
    own = _own(found, block, _Around(options=around.options))
    options = [each for each in own.options if each.key != "dhcp-client-identifier" and each not in inherited]
    for text in addresses:
        try:
            address = IPv4Address(text)
        except AddressValueError:
            found.lose(statement.place, f"{statement}: {text} is a name; write its address")
            continue
        found.reservations.append(
            FoundReservation(address, statement.place, mac, client_id, circuit_id, remote_id, options)
        )


def _octets(found: Found, statement: Statement) -> str | None:
    """Return the last word, a circuit ID or a remote ID, as this server's configuration has it."""
    word = statement.words[-1]
    try:
        octets = octets_of(word.text) if word.octets is None else word.octets
    except ValueError:
        octets = b""
    if octets:
        return f"hex:{octets.hex(':')}"
    found.lose(statement.place, f"{statement}: neither a text nor octets")
    return None


def octets_of(text: str) -> bytes:
    """Return octets in hexadecimal, each of one or two digits between colons. Raises ValueError."""
    return bytes(int(part, 16) for part in text.split(":"))


def _mac(text: str) -> str | None:
    parts = text.split(":")
    try:
        return ":".join(f"{int(part, 16):02x}" for part in parts) if len(parts) == 6 else None
    except ValueError:
        return None


def _failover(found: Found, statement: Statement, block: list[Statement]) -> None:
    values = {each.name: each.arguments for each in block}
    addresses: dict[str, IPv4Address | None] = {}
    for each in block:
        text = str(each).split()
        if each.name == "address" or text[:2] == ["peer", "address"]:
            try:
                addresses["peer" if each.name == "peer" else "own"] = IPv4Address(text[-1])
            except AddressValueError:
                found.lose(each.place, f"{each}: write the address of the server")
        elif each.name in ("port", "peer", "max-unacked-updates", "max-response-delay", "load", "hba", "split"):
            found.lose(each.place, f"{each}: look at the attributes of [[failover-pair]]")
    mclt = values.get("mclt", [""])[0] if values.get("mclt") else ""
    main = "primary" in values
    name = statement.words[-1].text
    if found.pair is not None:
        found.lose(statement.place, f"{statement}: a server has one failover pair, {found.pair.name}")
        return
    found.pair = FoundPair(
        name, main, addresses.get("own"), addresses.get("peer"), int(mclt) if mclt.isdigit() else None, statement.place
    )


def _defines(statement: Statement) -> bool:
    words = [each.text for each in statement.words]
    return (len(words) > 4 and words[2] == "code" and "=" in words) or words[1:2] == ["space"]


def _definition(found: Found, statement: Statement) -> None:
    words = [each.text for each in statement.words]
    if words[1] == "space" or "." in words[1]:
        found.lose(statement.place, f"{statement}: write a [[vendor-option-space]]")
        return
    form = words[words.index("=") + 1 :]
    repeat = form[:2] == ["array", "of"]
    kind = _TYPES.get(" ".join(form[2:] if repeat else form))
    if kind is None or not words[3].isdigit():
        found.lose(statement.place, f"{statement}: a type without a counterpart")
        return
    found.definitions.append(FoundDefinition(int(words[3]), words[1].lower(), kind, repeat, statement.place))


def _option(found: Found, statement: Statement) -> FoundOption | None:
    """Return the option of a statement: one value, or a list."""
    words = statement.words[1:]
    if len(words) < 2 or "." in words[0].text or any(each.text in ("=", "(", ")") for each in words):
        found.lose(statement.place, f"{statement}: it is of another space, or depends on an expression")
        return None
    name = words[0].text.lower()
    groups: list[list[str]] = [[]]
    for each in words[1:]:
        if each.text == "," and not each.quoted:
            groups.append([])
        else:
            groups[-1].append(each.text)
    texts = [" ".join(group) for group in groups]
    value: Value = texts if len(texts) > 1 else texts[0]
    if isinstance(value, str) and value.lstrip("-").isdecimal() and not words[1].quoted:
        value = int(value)
    elif value in ("true", "false", "on", "off") and not words[1].quoted:
        value = value in ("true", "on")
    return FoundOption(int(name) if name.isdigit() else name, value, statement.place)
