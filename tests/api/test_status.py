"""The status document: every field of the contract and no other, and the thresholds and limits of the server."""

from typing import Any

import pytest
from pydantic import BaseModel

from dhcpserver.api.leases import lease_document
from dhcpserver.api.pair import pair_document
from dhcpserver.api.status import status_document
from dhcpserver.contract.leases import LeaseDocument
from dhcpserver.contract.pair import PairStatus
from dhcpserver.contract.status import LeaseReceiver, StatusDocument
from dhcpserver.contract.words import LeaseState
from dhcpserver.leases.book import operator_state
from dhcpserver.leases.lease import FOREVER, Status
from dhcpserver.runtime.outlet import OutletStatus
from dhcpserver.service.turn import Inputs, Moment
from tests.api.statussource import NOW, Source, full_view


def keys(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def differences(document: Any, model: BaseModel, path: str = "") -> list[str]:
    """The objects inside `document` that do not have exactly the fields of their model."""
    found = [] if set(document) == keys(type(model)) else [f"{path}: {sorted(set(document) ^ keys(type(model)))}"]
    for name, field in type(model).model_fields.items():
        value, part = getattr(model, name), document.get(field.alias or name)
        if isinstance(value, BaseModel):
            found += differences(part, value, f"{path}.{name}")
        elif isinstance(value, tuple):
            for index, (each, inner) in enumerate(zip(value, part, strict=True)):
                if isinstance(each, BaseModel):
                    found += differences(inner, each, f"{path}.{name}[{index}]")
    return found


def pools(source: Source, since: int = 0) -> dict[str, dict[str, Any]]:
    return {pool["name"]: pool for pool in status_document(source, since)["pairs"][0]["pools"]}


def test_the_status_document_has_exactly_the_fields_of_the_contract() -> None:
    source = Source()
    source.turn()
    source.core.relays.record(0x0A000001, b"\0a", NOW)
    document = status_document(source, 0)
    document["pairs"][0] |= pair_document(source, full_view(source), NOW)
    assert differences(document, StatusDocument.model_validate(document)) == []


def test_a_pair_without_a_link_has_exactly_the_fields_of_the_contract() -> None:
    source = Source()
    document = status_document(source, 0)["pairs"][0]
    assert document["link"] is None
    assert differences(document, PairStatus.model_validate(document)) == []


def test_times_are_written_as_the_contract_reads_them() -> None:
    document = status_document(Source(), 0)
    assert document["at"] == "2023-11-14T22:13:20.250000Z"
    assert StatusDocument.model_validate(document).at == NOW


def test_a_lease_has_exactly_the_fields_of_the_contract() -> None:
    book = Source().core.book
    lease = book.record(0xC000020A)
    assert lease is not None
    book.set_client(lease, b"\1abc", b"\1\2\0\0\0\0\1")
    book.set_status(lease, Status.ACTIVE, int(NOW))
    for end in (int(NOW) + 60, FOREVER):
        lease.state_exp = end
        document = lease_document(book, lease, main=True)
        assert differences(document, LeaseDocument.model_validate(document)) == []


def test_the_states_of_leases_are_the_words_of_the_contract() -> None:
    lease = Source().core.book.record(0xC000020A)
    assert lease is not None
    words = {operator_state(lease, main=True, offered=True)}
    for status in Status:
        lease.status = status
        words |= {operator_state(lease, main) for main in (True, False)}
    assert words == set(LeaseState)


def test_whole_numbers_have_no_decimal_point() -> None:
    """Scripts compare these values as text, so the documents are not written through models with float fields."""
    pair = status_document(Source(), 0)["pairs"][0]
    numbers = [pair[name] for name in ("mclt", "backup_pct", "safe_period", "max_unacked_updates")]
    assert numbers == [3600, 50, 14400, 100]
    assert all(isinstance(number, int) for number in numbers)
    assert isinstance(pair["pools"][0]["lease_time"], int)


def test_a_pool_has_its_own_thresholds() -> None:
    assert pools(Source())["own"]["thresholds"] == {
        "watched": True,
        "low": 50,
        "high": 60,
        "over": "scope",
        "value": "192.0.2.0",
        "free": 10,
        "configured": 10,
        "is_low": False,
    }


def test_pools_of_one_network_have_the_thresholds_and_the_level_of_the_network() -> None:
    found = pools(Source())
    expected = {"over": "network", "value": "198.51.100.0", "low": 10, "high": 30, "free": 40, "configured": 40}
    assert found["first"]["thresholds"] == found["second"]["thresholds"]
    assert {name: found["first"]["thresholds"][name] for name in expected} == expected


@pytest.mark.parametrize("name", ["unwatched", "deactivated"])
def test_thresholds_without_traps_are_marked_as_not_watched(name: str) -> None:
    thresholds = pools(Source())[name]["thresholds"]
    assert (thresholds["watched"], thresholds["low"], thresholds["high"]) == (False, 20, 25)


def test_a_crossed_threshold_is_a_change_of_every_pool_that_it_is_counted_over() -> None:
    source = Source()
    source.turn()
    book = source.core.book
    for name in ("first", "second"):
        pool = book.pools[name]
        for address in list(pool.free):
            pool.free.discard(address)
    book.version += 1
    book.pools["first"].version = since = book.version
    source.core.turn(Moment(NOW + 2, NOW + 2), Inputs())
    changed = pools(source, since)
    assert set(changed) >= {"first", "second"}
    assert all(changed[name]["thresholds"]["is_low"] for name in ("first", "second"))


@pytest.mark.parametrize(("vendor", "limit"), [("pairwatch-0.1.0", 5.0), ("isc-dhcpd-4.4.3", 60.0)])
def test_the_clock_limit_is_that_of_the_connected_partner(vendor: str, limit: float) -> None:
    source = Source()
    assert pair_document(source, full_view(source, vendor), NOW)["limits"] == {"clock_skew": limit}


def test_what_receives_nothing_is_in_the_status() -> None:
    """A listener, with the reason, and a receiver of lease events, with its counts."""
    source = Source()
    source.listeners.reasons["eth1"] = "the interface is down"
    source.lease_reports.each.append(OutletStatus("https://nac/", 7, 2, 3, "Connection refused"))
    server = StatusDocument.model_validate(status_document(source, 0)).server
    assert server.deaf_listeners == {"eth1": "the interface is down"}
    assert server.lease_receivers == (
        LeaseReceiver(to="https://nac/", sent=7, dropped=2, waiting=3, fault="Connection refused"),
    )


def test_messages_of_both_families_are_counted_in_the_status() -> None:
    source = Source()
    source.core.counters.received["DHCPDISCOVER"] = 7
    source.core.counters6.received |= {"SOLICIT": 3, "REQUEST": 2}
    source.core.counters6.send("REPLY")
    source.core.counters6.drop("no-link")
    document = StatusDocument.model_validate(status_document(source, 0))
    assert document.server.dhcp4_messages is not None
    assert document.server.dhcp4_messages.received == {"DHCPDISCOVER": 7}
    found = document.server.dhcp6_messages
    assert found is not None
    assert (found.received, found.sent, found.dropped) == ({"SOLICIT": 3, "REQUEST": 2}, {"REPLY": 1}, {"no-link": 1})
    assert document.pairs[0].traffic is not None
    assert (document.pairs[0].traffic.requests, document.pairs[0].traffic.requests6) == (7, 5)
