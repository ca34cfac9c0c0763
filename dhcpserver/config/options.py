"""Options of the configuration: the table with an operator's definitions, encoded values, and their faults.

Options are in a policy, a scope or a reservation; the nearest one applies: that of the reservation, then that of the
scope, then that of the policy.
"""

from collections.abc import Iterator, Mapping

from dhcpserver.config.attributes import Options
from dhcpserver.config.classes.option_information import OwnOption
from dhcpserver.config.classes.policy import Policy
from dhcpserver.config.classes.scope import Reservation, Scope
from dhcpserver.config.lines import Location
from dhcpserver.config.objects import Configuration
from dhcpserver.wire import options4
from dhcpserver.wire.optiontypes.basetype import OptionValueError
from dhcpserver.wire.optiontypes.definition import LIST, ONE, OptionDefinition
from dhcpserver.wire.optiontypes.named import TO_THE_END, TYPES
from dhcpserver.wire.optiontypes.standard4 import STANDARD4
from dhcpserver.wire.optiontypes.table import OptionTable

Fault = tuple[Location, str]
Holder = Policy | Scope | Reservation

_STANDARD = OptionTable(STANDARD4)

_ATTRIBUTES = {
    options4.ROUTERS: "routers",
    options4.DOMAIN_NAME_SERVERS: "domain-name-servers",
    options4.DOMAIN_NAME: "domain-name",
}
"""Attributes of a policy that are options."""

_INSTEAD = {
    options4.LEASE_TIME: "set dhcp-lease-time of the policy",
    options4.RENEWAL_TIME: "it follows from the lease time",
    options4.REBINDING_TIME: "it follows from the lease time",
    options4.RAPID_COMMIT: "set v4-rapid-commit of the policy",
    options4.CLIENT_FQDN: "it answers the client's",
}


def option_table(configuration: Configuration) -> OptionTable:
    """Return the standard options and the defined ones. Definitions of unknown types are left out."""
    return OptionTable((*STANDARD4, *definitions(configuration.option_definition)))


def definitions(own: tuple[OwnOption, ...]) -> list[OptionDefinition]:
    """Return the rows of defined options."""
    return [
        OptionDefinition(each.code, each.name, TYPES[each.type], LIST if each.repeat else ONE)
        for each in own
        if each.type in TYPES
    ]


def encoded(table: OptionTable, holder: Holder) -> dict[int, bytes]:
    """Return the data of a holder's options by number, without those that have a fault."""
    found: dict[int, bytes] = {}
    if isinstance(holder, Policy):
        for addresses, code in ((holder.routers, options4.ROUTERS), (holder.domain_name_servers, 6)):
            if addresses:
                found[code] = b"".join(address.packed for address in addresses)
        if holder.domain_name:
            found[options4.DOMAIN_NAME] = holder.domain_name.encode()
    for code, data in _encode(table, holder.options):
        if not isinstance(data, OptionValueError):
            found[code] = data
    return found


def _encode(table: OptionTable, options: Options) -> Iterator[tuple[int, bytes | OptionValueError]]:
    for key, value in options.items():
        try:
            definition = table.find(key)
            yield definition.code, definition.encode(value)
        except OptionValueError as error:
            yield 0, error


def holders(configuration: Configuration) -> Iterator[tuple[Location, Holder]]:
    """Yield everything that has options, with its location."""
    for index, policy in enumerate(configuration.policy):
        yield ("policy", index), policy
    for index, scope in enumerate(configuration.scope):
        yield ("scope", index), scope
        for number, reservation in enumerate(scope.reservations):
            yield ("scope", index, "reservations", number), reservation


def check_options(configuration: Configuration) -> Iterator[Fault]:
    """Yield every option that does not fit its type, that the protocol sets, or that is set twice."""
    table = option_table(configuration)
    for place, holder in holders(configuration):
        taken: dict[int, str] = {}
        if isinstance(holder, Policy):
            taken = {code: name for code, name in _ATTRIBUTES.items() if getattr(holder, name.replace("-", "_"))}
            yield from _check_lists(table, place, holder)
        yield from check_values(table, (*place, "options"), holder.options, taken)


def check_values(
    table: OptionTable, place: Location, values: Mapping[str, object], taken: dict[int, str]
) -> Iterator[Fault]:
    """Yield the faults of the values at a location. `taken` has the options that are set already, and by what."""
    for key, value in values.items():
        try:
            definition = table.find(key)
        except OptionValueError as error:
            yield (*place, key), str(error)
            continue
        name = f"{definition.name} ({definition.code})"
        if definition.set_by_protocol:
            instead = _INSTEAD.get(definition.code, "it cannot be configured")
            yield (*place, key), f"the protocol sets {name}: {instead}"
        elif definition.code in taken:
            yield (*place, key), f"{name} is set twice: {taken[definition.code]} sets it too"
        else:
            try:
                definition.encode(value)
            except OptionValueError as error:
                yield (*place, key), f"{name}: {error}"
        taken.setdefault(definition.code, key)


def _check_lists(table: OptionTable, place: Location, policy: Policy) -> Iterator[Fault]:
    """Yield wrong entries of the lists of options that are sent without a request."""
    for attribute in ("v4-reply-options", "v4-bootp-reply-options"):
        for index, key in enumerate(getattr(policy, attribute.replace("-", "_"))):
            where = (*place, attribute, index)
            try:
                definition = table.find(key)
            except OptionValueError as error:
                yield where, str(error)
                continue
            if definition.set_by_protocol:
                yield where, f"the protocol sets {definition.name} ({definition.code})"
            elif definition.code == options4.V6_ONLY_PREFERRED:
                yield where, f"{definition.name} ({definition.code}) is sent to clients that request it only (RFC 8925)"


def check_definitions(configuration: Configuration) -> Iterator[Fault]:
    """Yield definitions of an operator that have no type, or that define an option a second time."""
    yield from check_own(("option-definition",), configuration.option_definition, standard=True)


def check_own(place: Location, own: tuple[OwnOption, ...], *, standard: bool) -> Iterator[Fault]:
    """Yield the faults of definitions at a location; `standard`: they are beside the standard options."""
    codes: dict[int, str] = {}
    names: set[str] = set()
    for index, each in enumerate(own):
        where = (*place, index)
        if each.type not in TYPES:
            yield (*where, "type"), f"there is no type {each.type!r} (there are: {', '.join(TYPES)})"
        elif each.repeat and each.type in TO_THE_END:
            yield (*where, "repeat"), f"the type {each.type} has no end of its own, so that it cannot repeat"
        if each.code in codes:
            yield (*where, "code"), f"{each.code} is defined twice: it is {codes[each.code]} too"
        if each.name in names:
            yield (*where, "name"), f"the name {each.name!r} is used twice"
        codes.setdefault(each.code, each.name)
        names.add(each.name)
        if standard:
            yield from _against_standard(where, each)


def _against_standard(place: Location, own: OwnOption) -> Iterator[Fault]:
    if _STANDARD.defines(own.code) and not _STANDARD.get(own.code).redefinable:
        yield (*place, "code"), f"{own.code} is the standard option {_STANDARD.get(own.code).name}"
    try:
        found = _STANDARD.find(own.name)
    except OptionValueError:
        return
    if found.code != own.code:
        yield (*place, "name"), f"{own.name} is the name of the standard option {found.code}"
