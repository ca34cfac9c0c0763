"""DHCPv6 options with a form of their own, and DUIDs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhcpserver.wire import dhcp6duid, dhcp6values
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.dhcp6options import read_options
from dhcpserver.wire.dhcp6values import Fqdn, HardwareAddress, LeaseQuery, RelayData
from dhcpserver.wire.errors import WireError
from tests.wire.samples6 import ADDRESS, CLIENT, HARDWARE, LINK

LABELS = st.lists(st.binary(min_size=1, max_size=63), max_size=3).map(tuple)


@given(st.binary(max_size=300))
def test_any_octets_give_a_value_or_count_as_absent(octets: bytes) -> None:
    dhcp6values.codes(octets)
    dhcp6values.counted(octets)
    dhcp6values.vendor_class(octets)
    dhcp6values.vendor_data(octets)
    dhcp6values.hardware_address(octets)
    dhcp6values.fqdn(octets)
    dhcp6values.lease_query(octets)
    dhcp6values.addresses(octets)
    dhcp6values.relay_data(octets)
    dhcp6duid.hardware_of(octets)
    o6.status_of([(o6.STATUS_CODE, octets)])


@given(
    st.lists(st.integers(0, 65_535), max_size=20).map(tuple), st.lists(st.binary(max_size=40), max_size=5).map(tuple)
)
def test_lists_are_read_as_they_were_packed(codes: tuple[int, ...], values: tuple[bytes, ...]) -> None:
    assert dhcp6values.codes(dhcp6values.pack_codes(codes)) == codes
    assert dhcp6values.counted(dhcp6values.pack_counted(values)) == values


@given(st.integers(0, 255), LABELS, st.booleans())
def test_names_are_read_as_they_were_packed(flags: int, labels: tuple[bytes, ...], complete: bool) -> None:
    name = Fqdn(flags, labels, complete)
    assert dhcp6values.fqdn(dhcp6values.pack_fqdn(name)) == name


def test_a_name_has_the_octets_of_the_rfc() -> None:
    """RFC 4704 section 4: flags, and labels; without the root the name is partial."""
    assert dhcp6values.fqdn(b"\1\6laptop") == Fqdn(1, (b"laptop",), complete=False)
    assert dhcp6values.fqdn(b"\0\1a\3org\0") == Fqdn(0, (b"a", b"org"), complete=True)
    assert dhcp6values.fqdn(b"\0\xc0\1") is None
    assert dhcp6values.fqdn(b"\0\1a\0\1b") is None
    assert dhcp6values.fqdn(b"\0\5a") is None


def test_the_server_answers_that_it_updates_no_dns() -> None:
    """RFC 4704 section 6: N is set, S is not, and O if the client requested S; a partial name is completed."""
    assert dhcp6values.answer_fqdn(Fqdn(1, (b"laptop",), False), (b"example", b"org")) == b"\6\6laptop\7example\3org\0"
    assert dhcp6values.answer_fqdn(Fqdn(0, (b"a", b"b"), True), (b"org",)) == b"\4\1a\1b\0"
    assert dhcp6values.answer_fqdn(Fqdn(0, (), False), (b"org",)) == b"\4"
    long = Fqdn(0, (b"x" * 63,) * 3, False)
    assert dhcp6values.answer_fqdn(long, (b"y" * 63,)) == b"\4"


def test_a_query_has_the_octets_of_the_rfc() -> None:
    """RFC 5007 section 4.1.2.1."""
    query = LeaseQuery(dhcp6values.QUERY_BY_ADDRESS, LINK, ((o6.IA_ADDRESS, ADDRESS.to_bytes(16, "big") + bytes(8)),))
    octets = bytes.fromhex(
        "002c 002d 01 20010db8000000000000000000000001     0005 0018 20010db8000000000000000000001001 00000000 00000000"
    )
    assert dhcp6values.pack_lease_query(query) == octets
    assert dhcp6values.lease_query(octets[4:]) == query
    assert dhcp6values.lease_query(octets[4:-1]) is None


def test_relay_data_have_the_octets_of_the_rfc() -> None:
    """RFC 5007 section 4.1.2.4: the address of the relay, and its message."""
    ((code, data),) = read_options(dhcp6values.pack_relay_data(RelayData(LINK, b"message")))
    assert (code, data) == (47, LINK.to_bytes(16, "big") + b"message")
    assert dhcp6values.relay_data(data) == RelayData(LINK, b"message")


def test_a_hardware_address_has_a_type_of_two_octets() -> None:
    """RFC 6939 section 4."""
    assert dhcp6values.hardware_address(b"\0\1" + HARDWARE) == HardwareAddress(1, HARDWARE)
    assert dhcp6values.pack_hardware_address(HardwareAddress(6, b"ab")) == b"\0\6ab"
    assert dhcp6values.hardware_address(b"\0\1") is None


def test_addresses_are_a_multiple_of_sixteen_octets() -> None:
    assert dhcp6values.addresses(dhcp6values.pack_addresses([1, LINK])) == (1, LINK)
    assert dhcp6values.addresses(bytes(17)) == ()


# DUIDs


def test_duids_have_the_octets_of_the_rfc() -> None:
    """RFC 8415 sections 11.2 to 11.5, RFC 6355."""
    assert dhcp6duid.link_layer_time(1, 946_684_800 + 0x01020304, HARDWARE).hex() == "0001000101020304020000000001"
    assert dhcp6duid.link_layer(1, HARDWARE).hex() == "00030001020000000001"
    assert dhcp6duid.enterprise(9, b"\x0c\xc0").hex() == "0002000000090cc0"
    assert dhcp6duid.from_uuid(bytes(range(16))).hex() == "0004" + bytes(range(16)).hex()


def test_the_hardware_address_is_in_two_kinds_of_duid() -> None:
    assert dhcp6duid.hardware_of(dhcp6duid.link_layer_time(6, 1_700_000_000, HARDWARE)) == (6, HARDWARE)
    assert dhcp6duid.hardware_of(CLIENT) == (1, HARDWARE)
    assert dhcp6duid.hardware_of(dhcp6duid.from_uuid(bytes(16))) is None
    assert dhcp6duid.hardware_of(CLIENT[:4]) is None


@given(st.binary(min_size=1, max_size=130))
def test_a_duid_is_read_from_its_text(duid: bytes) -> None:
    written = dhcp6duid.text(duid)
    assert dhcp6duid.from_text(written) == duid
    assert dhcp6duid.from_text(written.replace(":", "-").upper()) == duid
    assert dhcp6duid.from_text(written.replace(":", "")) == duid


def test_short_groups_are_read_as_other_servers_write_them() -> None:
    assert dhcp6duid.from_text("0:3:0:1:2:0:0:0:0:1") == CLIENT


@pytest.mark.parametrize("written", ["", "xyz", "0:3:", "abc", "00:" * 131 + "00", "0x"])
def test_a_text_that_is_not_a_duid_is_refused(written: str) -> None:
    with pytest.raises(WireError):
        dhcp6duid.from_text(written)


def test_a_duid_has_at_most_130_octets() -> None:
    assert dhcp6duid.is_duid(bytes(130))
    assert not dhcp6duid.is_duid(bytes(131))
    assert not dhcp6duid.is_duid(b"")
    with pytest.raises(WireError):
        dhcp6duid.link_layer(1, bytes(127))
    with pytest.raises(WireError):
        dhcp6duid.from_uuid(bytes(15))
