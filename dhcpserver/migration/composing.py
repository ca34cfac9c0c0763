"""What was found as a configuration of this server, as text, and what does not fit into it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

import tomlkit

from dhcpserver.migration.found import (
    Found,
    FoundDefinition,
    FoundOption,
    FoundPair,
    FoundReservation,
    FoundScope,
    LeaseTimes,
    Lost,
    Value,
)
from dhcpserver.wire.optiontypes.basetype import OptionValueError
from dhcpserver.wire.optiontypes.definition import LIST, ONE, OptionDefinition
from dhcpserver.wire.optiontypes.named import TYPES
from dhcpserver.wire.optiontypes.standard4 import STANDARD4
from dhcpserver.wire.optiontypes.table import OptionTable

_SUBNET_MASK = 1
_OCTETS = re.compile(r"[0-9a-fA-F]{1,2}(?::[0-9a-fA-F]{1,2})*")
Table = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Composed:
    """The text of a configuration, and everything that is not in it."""

    text: str
    lost: tuple[Lost, ...]


def compose(found: Found, name: str) -> Composed:
    """Return the configuration of the server of that name."""
    composer = _Composer(found, name)
    return Composed(tomlkit.dumps(composer.document()), tuple(composer.lost))


class _Composer:
    """Makes one document, and notes what is left out."""

    def __init__(self, found: Found, name: str) -> None:
        self._found = found
        self._name = name
        self.lost = list(found.lost)
        standard = OptionTable(STANDARD4)
        own = list(self._definitions(found.definitions, standard))
        self._own = own
        rows = [OptionDefinition(each.code, each.name, TYPES[each.type], LIST if each.repeat else ONE) for each in own]
        self._table = OptionTable((*STANDARD4, *rows))
        self._policies: dict[LeaseTimes, str] = {found.times: "default"}

    def document(self) -> Table:
        """Return the document in the order in which people read it."""
        self._place_reservations()
        options = self._options(self._found.options, None)
        scopes = [self._scope(scope, name) for scope, name in zip(self._found.scopes, self._names(), strict=True)]
        document: Table = {"server": {"name": self._name}}
        if self._found.interfaces:
            document["listener"] = [{"interface": each} for each in self._found.interfaces]
        else:
            self.lost.append(Lost("listener", "write a [[listener]] with the address or the interface of this server"))
        document |= self._pair(self._found.pair)
        if self._own:
            document["option-definition"] = [
                {"code": each.code, "name": each.name, "type": each.type, "repeat": each.repeat} for each in self._own
            ]
        document["policy"] = [self._policy(name, times, options) for times, name in self._policies.items()]
        document["scope"] = scopes
        return document

    def _lose(self, place: str, text: str) -> None:
        self.lost.append(Lost(place, text))

    def _definitions(self, found: Iterable[FoundDefinition], standard: OptionTable) -> Iterator[FoundDefinition]:
        for each in found:
            if each.type not in TYPES:
                self._lose(each.place, f"option {each.name}: there is no type {each.type}")
            elif standard.defines(each.code) and not standard.get(each.code).redefinable:
                self._lose(each.place, f"option {each.name}: {each.code} is {standard.get(each.code).name}")
            else:
                yield each

    def _policy(self, name: str, times: LeaseTimes, options: Table) -> Table:
        policy: Table = {"name": name}
        seconds, shortest, longest = times
        if seconds is not None:
            shortest = None if shortest is None else min(shortest, longest or shortest)
            bounded = max(min(seconds, longest or seconds), shortest or 1)
            if bounded != seconds:
                self._lose(f"policy {name}", f"the lease time {seconds} s is outside its bounds: {bounded} s counts")
            policy["dhcp-lease-time"] = bounded
            if times.bounded:
                bounds = {"min-lease-time": shortest, "max-lease-time": longest or bounded}
                policy["allow-lease-time-override"] = True
                policy |= {key: value for key, value in bounds.items() if value is not None}
        return policy | ({"options": options} if options else {})

    def _names(self) -> list[str]:
        """Return a name for each scope: without slashes, and each only once."""
        names: list[str] = []
        for scope in self._found.scopes:
            plain = scope.name.replace("/", "-").strip() or str(scope.subnet.network_address)
            number, name = 1, plain
            while name in names:
                number += 1
                name = f"{plain}-{number}"
            names.append(name)
        return names

    def _scope(self, scope: FoundScope, name: str) -> Table:
        table: Table = {"name": name, "subnet": str(scope.subnet)}
        table["ranges"] = [f"{first}-{last}" for first, last in scope.ranges]
        if scope.times.seconds is not None and scope.times != self._found.times:
            table["policy"] = self._policies.setdefault(scope.times, self._name_of(scope.times))
        if not scope.authoritative:
            table["authoritative"] = False
        if scope.network is not None:
            table |= self._shared(scope, scope.network)
        if scope.relays:
            table["relay-subnets"] = [str(each) for each in scope.relays]
        options = self._options(scope.options, scope.subnet)
        if options:
            table["options"] = options
        if not scope.active:
            table["deactivated"] = True
        reservations = [self._reservation(each, scope.subnet) for each in scope.reservations]
        if reservations:
            table["reservations"] = reservations
        return table

    def _name_of(self, times: LeaseTimes) -> str:
        """Return a new name for a policy, by its lease time."""
        names = set(self._policies.values())
        plain = f"lease-{times.seconds}"
        return next(each for each in (plain, *(f"{plain}-{n}" for n in range(2, len(names) + 3))) if each not in names)

    def _shared(self, scope: FoundScope, network: str) -> Table:
        """Return the primary subnet of a shared network: the subnet of its first scope, which does not name it."""
        primary = next(each.subnet for each in self._found.scopes if each.network == network)
        return {} if primary == scope.subnet else {"primary-subnet": str(primary)}

    def _reservation(self, found: FoundReservation, subnet: IPv4Network) -> Table:
        table: Table = {"ipaddr": str(found.address)}
        if found.mac is not None:
            table["mac"] = found.mac
        if found.client_id is not None:
            table["client-id"] = found.client_id
        if found.circuit_id is not None:
            table["circuit-id"] = found.circuit_id
        if found.remote_id is not None:
            table["remote-id"] = found.remote_id
        options = self._options(found.options, subnet)
        return table | ({"options": options} if options else {})

    def _place_reservations(self) -> None:
        """Put each reservation that names no subnet into the scope of its address."""
        for each in self._found.reservations:
            scope = next((one for one in self._found.scopes if each.address in one.subnet), None)
            if scope is None:
                self._lose(each.place, f"the reservation of {each.address} is in no subnet")
            else:
                scope.reservations.append(each)

    def _options(self, found: Iterable[FoundOption], subnet: IPv4Network | None) -> Table:
        table: Table = {}
        for each in found:
            try:
                definition = self._table.find(each.key)
                if definition.set_by_protocol:
                    raise OptionValueError(f"the protocol sets option {definition.code}")
                value = _fitting(definition, each.value)
            except OptionValueError as error:
                self._lose(each.place, f"option {each.key}: {error}")
                continue
            if definition.code == _SUBNET_MASK and subnet is not None and value == str(subnet.netmask):
                continue  # It follows from the subnet.
            table[definition.name if self._table.defines(definition.code) else str(definition.code)] = value
        return table

    def _pair(self, pair: FoundPair | None) -> Table:
        if pair is None:
            return {}
        if pair.own_address is None or pair.partner_address is None:
            self._lose(pair.place, f"failover pair {pair.name}: the addresses of both servers are not known")
            return {}
        partner = f"{self._name}-partner"
        main, backup = (self._name, partner) if pair.main else (partner, self._name)
        self._lose(pair.place, "the failover link has no protection: set shared-secret or tls on both servers")
        table: Table = {"name": pair.name.replace("/", "-"), "main": main, "backup": backup, "allow-plain": True}
        if pair.mclt is not None:
            table["mclt"] = pair.mclt
        clusters = [
            {"name": self._name, "ipaddr": str(pair.own_address)},
            {"name": partner, "ipaddr": str(pair.partner_address)},
        ]
        return {"cluster": clusters, "failover-pair": [table]}


def _fitting(definition: OptionDefinition, value: Value) -> Value:
    """Return the value in a form that the option accepts. Raises OptionValueError with the fault of the first form."""
    first: OptionValueError | None = None
    for form in _forms(value):
        try:
            definition.encode(form)
        except OptionValueError as error:
            first = first or error
        else:
            return form
    raise first or OptionValueError("it has no value")


def _forms(value: Value) -> Iterator[Value]:
    """Yield the value, and the same as an integer, as a flag, and as octets."""
    yield value
    if isinstance(value, int) and not isinstance(value, bool):
        yield str(value)
        if value in (0, 1):
            yield bool(value)
    if isinstance(value, str):
        if value.lstrip("-").isdecimal() and value.isascii():
            yield int(value)
        if value.lower() in ("true", "false"):
            yield value.lower() == "true"
        if _OCTETS.fullmatch(value):
            yield "hex:" + "".join(part.zfill(2) for part in value.split(":"))
    if isinstance(value, list) and all(isinstance(each, int) and 0 <= each <= 255 for each in value):
        yield "hex:" + bytes(each for each in value if isinstance(each, int)).hex()
