"""The options that a client gets: those of its scope, of its reservation, and of its vendor.

What depends only on the set and on the client's parameter request list is packed once and cached.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dhcpserver.config.vendors import VendorData
from dhcpserver.wire import options4

_REMEMBERED_LISTS = 256
_REMEMBERED_VENDORS = 64
_WITHOUT_REQUEST = (
    options4.SUBNET_MASK,
    options4.ROUTERS,
    options4.DOMAIN_NAME_SERVERS,
    options4.DOMAIN_NAME,
)
"""What a client without a parameter request list gets, beside the times (RFC 2131 section 4.3.1)."""

Part = tuple[int, bytes]
"""An option: its number and its data, of any length."""


class OptionSet:
    """Options by number, and which of them a reply has.

    Attributes:
        options: number to data.
        always: numbers of the options that every reply has, whether or not the client requests them.
        tails: packed options by the client's parameter request list; None for a client without one.
    """

    __slots__ = ("_variants", "_vendors", "always", "options", "tails")

    def __init__(
        self, options: dict[int, bytes], always: tuple[int, ...], vendors: tuple[VendorData, ...] = ()
    ) -> None:
        self.options = options
        self.always = always
        self.tails: dict[bytes | None, bytes] = {}
        self._vendors = vendors
        self._variants: dict[tuple[bytes | None, tuple[int, ...]], OptionSet] = {}

    @property
    def depends_on_vendor(self) -> bool:
        """Whether the options depend on the client's vendor class or enterprise number."""
        return bool(self._vendors)

    def parts(self, requested: bytes | None) -> list[Part]:
        """Return the options of a reply in order: the mandatory ones, then the requested ones as they were requested.

        The subnet mask comes before the routers (RFC 2132 section 3.3).
        """
        if requested:
            codes = dict.fromkeys((options4.SUBNET_MASK, *self.always, *requested))
        else:
            codes = dict.fromkeys((*_WITHOUT_REQUEST, *self.always))
        options = self.options
        return [(code, options[code]) for code in codes if code in options]

    def tail(self, requested: bytes | None) -> bytes:
        """Return the same, packed."""
        try:
            return self.tails[requested]
        except KeyError:
            pass
        packed = options4.pack(self.parts(requested))
        if len(self.tails) >= _REMEMBERED_LISTS:
            self.tails.clear()
        self.tails[requested] = packed
        return packed

    def of_vendor(self, sent: Mapping[int, bytes]) -> "OptionSet":
        """Return the set for a client by what it sent: vendor class (60), enterprise numbers (124, 125)."""
        vendor_class = _best(self._vendors, sent.get(options4.VENDOR_CLASS))
        named = _enterprises(sent)
        known = tuple(each.enterprise for each in self._vendors if each.enterprise is not None)
        enterprises = known if named is None else tuple(each for each in known if each in named)
        key = (
            None if vendor_class is None else vendor_class.vendor_class,
            enterprises if named is None else (*enterprises, -1),
        )
        found = self._variants.get(key)
        if found is None:
            found = self._variant(vendor_class, enterprises, named is not None)
            if len(self._variants) >= _REMEMBERED_VENDORS:
                self._variants.clear()
            self._variants[key] = found
        return found

    def _variant(self, vendor_class: VendorData | None, enterprises: tuple[int, ...], named: bool) -> "OptionSet":
        options = dict(self.options)
        always = self.always
        if vendor_class is not None:
            options[options4.VENDOR_SPECIFIC] = vendor_class.data
        blocks = [
            each.enterprise.to_bytes(4, "big") + bytes((len(each.data),)) + each.data
            for each in self._vendors
            if each.enterprise is not None and each.enterprise in enterprises
        ]
        if blocks:
            options[options4.VENDOR_OPTIONS] = b"".join(blocks)
            if named:
                always = (*always, options4.VENDOR_OPTIONS)
        return OptionSet(options, always)


def _best(vendors: Iterable[VendorData], sent: bytes | None) -> VendorData | None:
    """Return the space whose vendor class fits best: the equal one, or the longest beginning."""
    if not sent:
        return None
    best: VendorData | None = None
    for each in vendors:
        wanted = each.vendor_class
        if wanted is None:
            continue
        if wanted == sent:
            return each
        fits = wanted.endswith(b"*") and sent.startswith(wanted[:-1])
        if fits and (best is None or len(wanted) > len(best.vendor_class or b"")):
            best = each
    return best


def _enterprises(sent: Mapping[int, bytes]) -> frozenset[int] | None:
    """Return the enterprise numbers in options 124 and 125 (RFC 3925), None if the client sent neither."""
    if options4.VENDOR_CLASSES not in sent and options4.VENDOR_OPTIONS not in sent:
        return None
    found: set[int] = set()
    for code in (options4.VENDOR_CLASSES, options4.VENDOR_OPTIONS):
        data = sent.get(code, b"")
        at = 0
        while at + 5 <= len(data):
            found.add(int.from_bytes(data[at : at + 4], "big"))
            at += 5 + data[at + 4]
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class ReservedOptions:
    """The options of one reservation, for its client only.

    Attributes:
        client: the key of the client in the book; a reservation by hardware address fits with any identifier. None: for
            the port of a relay, so for each client that has the address.
        options: the set.
    """

    client: bytes | None
    options: OptionSet
