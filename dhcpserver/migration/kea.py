"""The configuration of Kea's DHCPv4 server (`kea-dhcp4.conf`)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network, ip_address
from typing import Any

from dhcpserver.migration import relaxed_json
from dhcpserver.migration.found import (
    UNSET,
    Found,
    FoundDefinition,
    FoundOption,
    FoundPair,
    FoundReservation,
    FoundScope,
    LeaseTimes,
    MigrationError,
)

_KNOWN = frozenset(
    {
        "option-data",
        "option-def",
        "subnet4",
        "shared-networks",
        "reservations",
        "valid-lifetime",
        "min-valid-lifetime",
        "max-valid-lifetime",
        "authoritative",
        "interfaces-config",
    }
)
DEFAULT_SECONDS = 7200
_TYPES = {
    "uint8": "u8", "uint16": "u16", "uint32": "u32", "int32": "i32", "boolean": "boolean", "string": "string",
    "ipv4-address": "address4", "fqdn": "domain", "binary": "hex", "empty": "empty",
}  # fmt: skip
_OF_SUBNET = frozenset(
    {
        "id",
        "subnet",
        "pools",
        "option-data",
        "reservations",
        "valid-lifetime",
        "min-valid-lifetime",
        "max-valid-lifetime",
        "authoritative",
        "relay",
        "interface",
        "user-context",
    }
)


@dataclass(frozen=True, slots=True)
class _Part:
    """An object of the document with its place, by names and indexes."""

    values: Mapping[str, Any]
    place: str

    def parts(self, name: str) -> "Iterator[_Part]":
        """The objects of a list."""
        found = self.values.get(name) or []
        if not isinstance(found, list):
            raise MigrationError(f"{self.place}.{name}: not a list")
        for number, each in enumerate(found):
            place = f"{self.place}.{name}[{number}]"
            if not isinstance(each, Mapping):
                raise MigrationError(f"{place}: not an object")
            yield _Part(each, place)

    def part(self, name: str) -> "_Part":
        found = self.values.get(name) or {}
        if not isinstance(found, Mapping):
            raise MigrationError(f"{self.place}.{name}: not an object")
        return _Part(found, f"{self.place}.{name}")

    def text(self, name: str) -> str:
        found = self.values.get(name, "")
        return found if isinstance(found, str) else str(found)

    def flag(self, name: str, default: bool) -> bool:
        found = self.values.get(name)
        return found if isinstance(found, bool) else default

    def seconds(self, name: str) -> int | None:
        found = self.values.get(name)
        return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else None


def read(text: str, source: str, load: Callable[[str], str]) -> Found:
    """Return what a configuration has. Raises MigrationError if it is not one."""
    document = relaxed_json.read(text, source, load)
    if not isinstance(document, Mapping) or not isinstance(document.get("Dhcp4"), Mapping):
        raise MigrationError(f"{source}: it has no Dhcp4")
    top = _Part(document["Dhcp4"], f"{source}: Dhcp4")
    found = Found()
    found.times = _times(top, UNSET)
    authoritative = top.flag("authoritative", False)
    found.options = list(_options(found, top))
    for each in top.parts("option-def"):
        _definition(found, each)
    for name in top.part("interfaces-config").values.get("interfaces") or []:
        if name == "*":
            found.lose(top.place, 'interfaces "*": write a [[listener]] for each interface')
        else:
            found.interfaces.append(str(name).partition("/")[0])
    for each in top.parts("subnet4"):
        _subnet(found, each, _Around(times=found.times, authoritative=authoritative))
    for network in top.parts("shared-networks"):
        around = _Around(
            network.text("name"),
            tuple(_options(found, network)),
            _times(network, found.times),
            network.flag("authoritative", authoritative),
        )
        for each in network.parts("subnet4"):
            _subnet(found, each, around)
    for each in top.parts("reservations"):
        reservation = _reservation(found, each)
        if reservation is not None:
            found.reservations.append(reservation)
    for hook in top.parts("hooks-libraries"):
        _hook(found, hook)
    for name in top.values.keys() - _KNOWN - {"hooks-libraries"}:
        found.lose(f"{top.place}.{name}", "it has no counterpart that is carried over")
    found.lost.sort(key=lambda each: each.place)
    return found


@dataclass(frozen=True, slots=True)
class _Around:
    """What a subnet inherits: of its shared network, if it has one, and of the server."""

    network: str | None = None
    options: tuple[FoundOption, ...] = ()
    times: LeaseTimes = UNSET
    authoritative: bool = False


def _times(part: _Part, around: LeaseTimes) -> LeaseTimes:
    """Return the lease times of a part. Kea's lease time is 2 hours where the file has only bounds."""
    times = LeaseTimes(
        part.seconds("valid-lifetime") or around.seconds,
        part.seconds("min-valid-lifetime") or around.shortest,
        part.seconds("max-valid-lifetime") or around.longest,
    )
    return times._replace(seconds=DEFAULT_SECONDS) if times.bounded and times.seconds is None else times


def _subnet(found: Found, part: _Part, around: _Around) -> None:
    try:
        subnet = IPv4Network(part.text("subnet"), strict=False)
    except ValueError as error:
        found.lose(part.place, f"{error}; with everything in it")
        return
    scope = FoundScope(str(subnet), subnet, part.place, network=around.network)
    scope.times = _times(part, around.times)
    scope.authoritative = part.flag("authoritative", around.authoritative)
    own = {each.key: each for each in (*around.options, *_options(found, part))}
    scope.options = list(own.values())
    for pool in part.parts("pools"):
        _range(found, pool, scope)
    for each in part.parts("reservations"):
        reservation = _reservation(found, each)
        if reservation is not None:
            scope.reservations.append(reservation)
    relays = part.part("relay").values.get("ip-addresses") or []
    for text in relays if isinstance(relays, list) else []:
        try:
            relay = IPv4Address(text)
        except AddressValueError:
            found.lose(part.place, f"relay {text}: not an address")
            continue
        if relay not in subnet:
            scope.relays.append(IPv4Network(relay))
    for name in part.values.keys() - _OF_SUBNET:
        found.lose(f"{part.place}.{name}", "a scope has no counterpart of it that is carried over")
    found.scopes.append(scope)


def _range(found: Found, pool: _Part, scope: FoundScope) -> None:
    text = pool.text("pool").replace(" ", "")
    try:
        if "-" in text:
            first, last = (IPv4Address(each) for each in text.split("-"))
        else:
            network = IPv4Network(text)
            first, last = network[0], network[-1]
            if first == scope.subnet[0]:
                first += 1
            if last == scope.subnet[-1]:
                last -= 1
    except ValueError as error:
        found.lose(pool.place, f"{text}: {error}")
        return
    scope.ranges.append((first, last))
    for name in pool.values.keys() - {"pool", "user-context", "pool-id"}:
        found.lose(f"{pool.place}.{name}", "a pool has its addresses only; its clients get what the subnet has")


def _reservation(found: Found, part: _Part) -> FoundReservation | None:
    mac = part.text("hw-address").lower() or None
    client_id = part.text("client-id").replace(":", "").lower() or None
    circuit_id = _octets(part.text("circuit-id"))
    if mac is None and client_id is None and circuit_id is None:
        found.lose(part.place, "a reservation by something else than hw-address, client-id and circuit-id")
        return None
    try:
        address = IPv4Address(part.text("ip-address"))
    except AddressValueError:
        found.lose(part.place, "a reservation without ip-address")
        return None
    options = list(_options(found, part))
    if part.text("hostname"):
        options.append(FoundOption(12, part.text("hostname"), part.place))
    known = {"hw-address", "client-id", "circuit-id", "ip-address", "hostname", "option-data", "user-context"}
    for name in part.values.keys() - known:
        found.lose(f"{part.place}.{name}", "a reservation has an address, a client and options")
    return FoundReservation(address, part.place, mac, client_id, circuit_id, options=options)


def _octets(text: str) -> str | None:
    """Return a circuit ID, text in single quotes or hexadecimal digits, as this server's configuration has it."""
    if len(text) > 2 and text.startswith("'") and text.endswith("'"):
        return f"hex:{text[1:-1].encode().hex(':')}"
    digits = text.lower().removeprefix("0x").replace(":", "").replace(" ", "")
    try:
        return f"hex:{bytes.fromhex(digits).hex(':')}" if digits else None
    except ValueError:
        return None


def _options(found: Found, part: _Part) -> Iterator[FoundOption]:
    for each in part.parts("option-data"):
        if each.text("space") not in ("", "dhcp4"):
            found.lose(each.place, f"an option of the space {each.text('space')}: write a [[vendor-option-space]]")
            continue
        if each.values.get("client-classes"):
            found.lose(each.place, "an option for client classes")
            continue
        key = each.values.get("code") or each.text("name")
        data = each.text("data")
        if each.values.get("csv-format") is False:
            value = "hex:" + "".join(data.removeprefix("0x").replace(":", " ").split())
            yield FoundOption(key, value, each.place)
        else:
            parts = [piece.strip().replace("\\,", ",") for piece in _split(data)]
            yield FoundOption(key, parts if len(parts) > 1 else parts[0], each.place)


def _split(data: str) -> list[str]:
    """Split at commas that have no backslash before them."""
    found = [""]
    for index, letter in enumerate(data):
        if letter == "," and data[index - 1 : index] != "\\":
            found.append("")
        else:
            found[-1] += letter
    return found


def _definition(found: Found, part: _Part) -> None:
    kind = _TYPES.get(part.text("type"))
    code = part.values.get("code")
    if kind is None or not isinstance(code, int) or part.text("space") not in ("", "dhcp4"):
        found.lose(part.place, f"{part.text('name')}: a definition of a type or a space without a counterpart")
        return
    found.definitions.append(
        FoundDefinition(code, part.text("name").lower(), kind, part.values.get("array") is True, part.place)
    )


def _hook(found: Found, hook: _Part) -> None:
    library = hook.text("library")
    if "libdhcp_ha" not in library:
        found.lose(hook.place, f"{library}: hooks have no counterpart")
        return
    for relationship in hook.part("parameters").parts("high-availability"):
        addresses: dict[str, IPv4Address] = {}
        own = relationship.text("this-server-name")
        main = False
        for peer in relationship.parts("peers"):
            text = peer.text("url").partition("://")[2].rpartition(":")[0].strip("[]/")
            try:
                address = ip_address(text)
            except ValueError:
                continue
            if isinstance(address, IPv4Address):
                addresses["own" if peer.text("name") == own else "peer"] = address
            if peer.text("name") == own:
                main = peer.text("role") == "primary"
        found.lose(relationship.place, f"{relationship.text('mode')}: look at the attributes of [[failover-pair]]")
        if found.pair is None:
            found.pair = FoundPair("pair", main, addresses.get("own"), addresses.get("peer"), None, relationship.place)
