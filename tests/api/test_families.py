"""Pools and leases of DHCPv6 in the answers of the API."""

from types import SimpleNamespace

import pytest

from dhcpserver.api.addresses import read_address
from dhcpserver.api.leases import lease_document, of_client, page, read_client, scan
from dhcpserver.api.metrics import ServerCollector
from dhcpserver.api.pools import pool_documents
from dhcpserver.api.problems import Problem
from dhcpserver.contract.leases import LeaseDocument
from dhcpserver.contract.pools import PoolStatus
from dhcpserver.leases.keys import read_key, text_of
from tests.service.v6.pair6 import DUIDS, Pair6, na, pd


@pytest.fixture(scope="module")
def pair() -> Pair6:
    found = Pair6()
    for duid in DUIDS[:5]:
        found.main.leased(na(7), pd(8), duid=duid)
    return found


def test_pools_of_each_family_fit_their_model(pair: Pair6) -> None:
    """R-022, C-15: addresses have no shares; prefixes have them, and half is the backup's."""
    documents = {each["name"]: each for each in pool_documents(pair.main.core, pair.now, 0)}
    for each in documents.values():
        PoolStatus.model_validate(each)
    addresses, prefixes = documents["na"], documents["pd"]
    assert (addresses["family"], prefixes["family"]) == ("dhcp6-na", "dhcp6-pd")
    assert [addresses[name] for name in ("available", "other_available", "backup_pct", "actual_backup_pct")] == [
        None
    ] * 4
    assert (addresses["undivided"], addresses["leased"], addresses["total"]) == (65_531, 5, 65_536)
    assert prefixes["undivided"] is None
    assert prefixes["available"] + prefixes["other_available"] + prefixes["leased"] == prefixes["total"] == 256
    assert prefixes["backup_pct"] == 50


def test_a_lease_has_its_association_and_both_lifetimes(pair: Pair6) -> None:
    key = next(key for key in pair.main.core.book.pools["na"].recorded())
    document = lease_document(pair.main.core.book, pair.main.lease(key), main=True)
    LeaseDocument.model_validate(document)
    assert document["association"] == "IA_NA 7"
    assert document["preferred_expiration"] == document["state_expiration"]
    assert document["address"] == text_of(key)
    assert read_address(document["address"]) == key


def test_pages_have_every_lease_of_a_prefix(pair: Pair6) -> None:
    book = pair.main.core.book
    for name, count in (("na", 5), ("pd", 5 + 128)):
        found: list[str] = []
        after: int | None = 0
        while after is not None:
            documents, after = page(book, book.pools[name], after, 7, main=True)
            found += [each["address"] for each in documents]
        assert len(found) == len(set(found)) == count
        assert found == [text_of(key) for key in sorted(map(read_key, found))]


def test_a_client_is_found_by_its_duid(pair: Pair6) -> None:
    """A DUID is in no index; the search goes through the leases."""
    client = read_client(DUIDS[3].hex(":"))
    assert of_client(pair.main.core.book, client, main=True) == ([], 0)
    found, after = scan(pair.main.core.book, client, 0, main=True)
    assert after is None
    assert {each["association"] for each in found} == {"IA_NA 7", "IA_PD 8"}


@pytest.mark.parametrize("text", ["", "x", "2001:db8::1/56", "300.1.1.1"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Problem):
        read_address(text)


def test_metrics_have_no_shares_for_addresses_that_parity_divides(pair: Pair6) -> None:
    """R-022, C-15: the half of a /64 is no number of addresses that this server has left."""
    collector = ServerCollector(SimpleNamespace(core=pair.main.core))  # type: ignore[arg-type]
    (family,) = collector._pools()
    found = {(each.labels["scope"], each.labels["kind"]): each.value for each in family.samples}
    assert found["na", "undivided"] == 65_531
    assert ("na", "free") not in found
    assert found["pd", "backup"] == 128
