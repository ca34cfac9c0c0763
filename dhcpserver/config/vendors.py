"""Vendor option spaces: sub-options in option 43 by vendor class (RFC 2132 section 8.4), in option 125 by enterprise
number (RFC 3925 section 4). Their checks, and their encoded values.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dhcpserver.config.classes.option_information import VendorOptionSpace
from dhcpserver.config.lines import Location
from dhcpserver.config.objects import Configuration
from dhcpserver.config.options import Fault, Holder, check_own, check_values, definitions, holders
from dhcpserver.wire.optiontypes.basetype import OptionValueError
from dhcpserver.wire.optiontypes.table import OptionTable

LONGEST = 255
"""Octets of one sub-option, whose length is one octet."""


@dataclass(frozen=True, slots=True)
class VendorData:
    """The encoded sub-options of one space.

    Attributes:
        vendor_class: the clients' option 60, or its beginning with `*`; None for a space of option 125.
        enterprise: the enterprise number of option 125, None for a space of option 43.
        data: the value of option 43, or what follows the enterprise number and the length in option 125.
    """

    vendor_class: bytes | None
    enterprise: int | None
    data: bytes


def vendor_data(spaces: Sequence[VendorOptionSpace], *chain: Holder) -> tuple[VendorData, ...]:
    """Return the spaces that the holders give values for; a later holder is nearer, and replaces a sub-option."""
    found: list[VendorData] = []
    for space in spaces:
        table = OptionTable(definitions(space.definitions))
        values: dict[int, bytes] = {}
        for holder in chain:
            for key, value in holder.vendor_options.get(space.name, {}).items():
                definition = table.find(key)
                values[definition.code] = definition.encode(value)
        if values:
            data = b"".join(bytes((code, len(value))) + value for code, value in sorted(values.items()))
            vendor_class = None if space.vendor_class is None else space.vendor_class.encode()
            found.append(VendorData(vendor_class, space.enterprise, data))
    return tuple(found)


def check_spaces(configuration: Configuration) -> Iterator[Fault]:
    """Yield spaces without a key, with an equal one, and wrong definitions in them."""
    names: set[str] = set()
    keys: dict[str | int, str] = {}
    for index, space in enumerate(configuration.vendor_option_space):
        place: Location = ("vendor-option-space", index)
        if (space.vendor_class is None) == (space.enterprise is None):
            yield place, "it needs a vendor-class (option 43) or an enterprise (option 125), and not both"
        if space.name in names:
            yield (*place, "name"), f"the name {space.name!r} is used twice"
        names.add(space.name)
        for attribute, key in (("vendor-class", space.vendor_class), ("enterprise", space.enterprise)):
            if key is not None and key in keys:
                yield (*place, attribute), f"{key!r} is the key of space {keys[key]!r} too"
            if key is not None:
                keys.setdefault(key, space.name)
        yield from check_own((*place, "definitions"), space.definitions, standard=False)


def check_vendor_options(configuration: Configuration) -> Iterator[Fault]:
    """Yield sub-options that no space defines, and values that do not fit."""
    tables = {space.name: OptionTable(definitions(space.definitions)) for space in configuration.vendor_option_space}
    for place, holder in holders(configuration):
        for name, values in holder.vendor_options.items():
            where: Location = (*place, "vendor-options", name)
            if name not in tables:
                yield where, f"there is no vendor-option-space {name!r} (there are: {', '.join(tables) or 'none'})"
                continue
            faults = list(check_values(tables[name], where, values, {}))
            yield from faults or _too_long(tables[name], where, values)


def _too_long(table: OptionTable, place: Location, values: Mapping[str, object]) -> Iterator[Fault]:
    for key, value in values.items():
        try:
            size = len(table.find(key).encode(value))
        except OptionValueError:
            continue
        if size > LONGEST:
            yield (*place, key), f"it has {size} octets; a sub-option has at most {LONGEST}"


def check_lengths(configuration: Configuration) -> Iterator[Fault]:
    """Yield scopes and reservations whose sub-options of one enterprise number are too long together."""
    policies = {policy.name: policy for policy in configuration.policy}
    for index, scope in enumerate(configuration.scope):
        chain: list[Holder] = [policies[scope.policy], scope] if scope.policy in policies else [scope]
        yield from _check_lengths(configuration, ("scope", index), chain)
        for number, reservation in enumerate(scope.reservations):
            if reservation.vendor_options:
                place: Location = ("scope", index, "reservations", number)
                yield from _check_lengths(configuration, place, [*chain, reservation])


def _check_lengths(configuration: Configuration, place: Location, chain: Sequence[Holder]) -> Iterator[Fault]:
    for space in configuration.vendor_option_space:
        if space.enterprise is None:
            continue
        try:
            found = vendor_data((space,), *chain)
        except OptionValueError:
            continue  # `check_vendor_options` reports it.
        for each in found:
            if len(each.data) > LONGEST:
                text = f"{len(each.data)} octets of sub-options; an enterprise number has at most {LONGEST}"
                yield (*place, "vendor-options", space.name), text


CHECKS = (check_spaces, check_vendor_options, check_lengths)
"""The checks, for `check.CHECKS`."""
