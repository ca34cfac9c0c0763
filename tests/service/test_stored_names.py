"""The names of clients: stored with the lease, shown, replicated, answered (RFC 4702)."""

from pathlib import Path

import pytest

from dhcpserver.api.leases import lease_document
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import ClientNames, Lease
from dhcpserver.storage.leasestore import LeaseStore
from dhcpserver.wire.failover4_bindings import MAXIMUM_LENGTH
from dhcpserver.wire.options4 import MessageType
from tests.failover.paired import normal
from tests.service.standalone import POOL, Client, Site, number

FQDN = (81, bytes.fromhex("050000") + b"\3foo\7example\3com\0")


def leased(site: Site) -> Lease:
    lease = site.core.book.get(number(POOL[0]))
    assert lease is not None
    return lease


def test_the_names_are_stored_and_shown_with_the_lease(tmp_path: Path) -> None:
    client = Client(Site(), 1)
    client.extra = [FQDN]
    client.get()
    site = client.site
    assert leased(site).names == ClientNames("", "foo.example.com")
    document = lease_document(site.core.book, leased(site), True)
    assert (document["host_name"], document["fqdn"]) == (None, "foo.example.com")
    store = LeaseStore(tmp_path / "leases.db")
    store.commit(site.last.changes)
    again = Book(site.core.book.pools.values())
    store.load(again)
    stored = again.get(number(POOL[0]))
    assert stored is not None
    assert stored.names == leased(site).names


@pytest.mark.parametrize(
    ("sent", "names"),
    [
        ([(12, b"foo\0")], ClientNames("foo", "")),
        ([(12, b"other"), FQDN], ClientNames("", "foo.example.com")),
        ([(12, b"other"), (81, b"\0\0\0")], ClientNames()),
        ([(12, b"foo"), (81, b"\0\0")], ClientNames("foo", "")),
    ],
)
def test_the_host_name_beside_option_81_is_ignored(sent: list[tuple[int, bytes]], names: ClientNames) -> None:
    """RFC 4702 section 4. An option 81 without flags and result codes is none."""
    client = Client(Site(), 1)
    client.extra = sent
    client.get()
    assert leased(client.site).names == names


def test_the_answer_has_option_81_if_the_client_sent_it() -> None:
    client = Client(Site(), 1)
    offered = client.discover()
    assert offered is not None
    assert 81 not in offered.options
    client.extra = [FQDN]
    offered = client.discover()
    assert offered is not None
    assert offered.options[81] == b"\x0e\xff\xff" + FQDN[1][3:]


def test_a_new_name_is_stored_before_half_of_the_lease_has_passed() -> None:
    """Without another reason the early renewal is not stored."""
    client = Client(Site(), 1)
    client.extra = [(12, b"old")]
    address = client.get()
    client.renew(address)
    assert client.site.last.changes == []
    client.extra = [(12, b"new")]
    client.renew(address)
    assert [lease.names.host_name for lease in client.site.last.changes] == ["new"]
    client.extra = []
    client.renew(address)
    assert leased(client.site).names.host_name == "new"


def test_the_next_client_of_an_address_has_its_own_names() -> None:
    site = Site()
    first = Client(site, 1)
    first.extra = [(12, b"first"), (82, b"\1\4port")]
    first.release(first.get())
    site.wait(101)
    second = Client(site, 2)
    assert leased(site).relay_info == b"\1\4port"
    assert second.get() == POOL[0]
    assert leased(site).names == ClientNames()
    assert leased(site).relay_info is None


def test_the_partner_gets_the_names() -> None:
    """They are in client-request-options, as option 82 is (draft-12 section 12.8)."""
    site = normal()
    offer = site.client(77, MessageType.DISCOVER)
    assert offer is not None
    address = (50, offer.yiaddr.to_bytes(4, "big"))
    assert site.client(77, MessageType.REQUEST, address, (54, offer.options[54]), (12, b"foo"), FQDN) is not None
    (update,) = site.updates()
    assert update.names == ClientNames("", "foo.example.com")


def test_an_update_with_the_longest_values_fits_into_a_message() -> None:
    """The names are left out if they do not fit; the lease is sent. Records of earlier versions can have two names."""
    site = normal()
    identifier = [(61, b"\1" * 255), (61, b"\2" * 255)]
    relay = [(82, b"\1" * 255)] * 4
    fqdn = (81, bytes(3) + b"f" * 252)
    gateway = number("192.0.2.1")
    offer = site.client(77, MessageType.DISCOVER, *identifier, *relay, relay=gateway)
    assert offer is not None
    requested = [(50, offer.yiaddr.to_bytes(4, "big")), (54, offer.options[54]), *identifier, *relay]
    for own, names in (([fqdn], ClientNames("", "f" * 252)), ([], ClientNames())):
        assert site.client(77, MessageType.REQUEST, *requested, *own, relay=gateway) is not None
        (update,) = site.updates()
        assert update.client_id == b"\1" * 255 + b"\2" * 255
        assert update.relay_info == b"\1" * 1020
        assert update.names == names
        assert len(update.body) < MAXIMUM_LENGTH
        site.acknowledge([update])
        lease = site.core.book.get(offer.yiaddr)
        assert lease is not None
        lease.names = ClientNames("h" * 252, "f" * 252)
