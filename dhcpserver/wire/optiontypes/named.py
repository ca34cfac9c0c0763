"""The types that an operator can name in `[[option-definition]]` and in the definitions of a vendor space."""

from dhcpserver.wire.optiontypes.addresses import Address4, Address6, AddressAndMask, Prefix6
from dhcpserver.wire.optiontypes.basetype import OptionType
from dhcpserver.wire.optiontypes.domains import Domain
from dhcpserver.wire.optiontypes.integers import Boolean, Empty, Integer
from dhcpserver.wire.optiontypes.records import Record
from dhcpserver.wire.optiontypes.routes import Route
from dhcpserver.wire.optiontypes.texts import Counted, Opaque, String

U8 = Integer(1)
U16 = Integer(2)
U32 = Integer(4)
I32 = Integer(4, signed=True)
BOOLEAN = Boolean()
EMPTY = Empty()
ADDRESS4 = Address4()
ADDRESS6 = Address6()
ADDRESS_AND_MASK = AddressAndMask()
PREFIX6 = Prefix6()
ADDRESS_PAIR = Record("address-pair", (ADDRESS4, ADDRESS4))
STRING = String()
DOMAIN = Domain()
COMPRESSED_DOMAIN = Domain(compress=True)
ROUTE = Route()
HEX = Opaque()
COUNTED8 = Counted(1)
COUNTED16 = Counted(2)

TYPES: dict[str, OptionType] = {
    each.name: each
    for each in (
        U8,
        U16,
        U32,
        I32,
        BOOLEAN,
        EMPTY,
        ADDRESS4,
        ADDRESS6,
        ADDRESS_AND_MASK,
        ADDRESS_PAIR,
        PREFIX6,
        STRING,
        DOMAIN,
        COMPRESSED_DOMAIN,
        ROUTE,
        HEX,
        COUNTED8,
        COUNTED16,
    )
}
"""The types by name."""

TO_THE_END = frozenset({STRING.name, HEX.name, EMPTY.name})
"""Types that have no list: a value has no end but that of the option, or no octets."""
