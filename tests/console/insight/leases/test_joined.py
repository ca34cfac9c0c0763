"""Leases of both partners joined by address: differences, filters, leads, and what is not known."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.insight.leases.filters import LeaseFilter
from console.insight.leases.joined import Clock, JoinedLease, given_alone, join, lead_left
from console.makes.pairwatch.leases import lease_facts
from console.model.leases import LeaseFacts
from tests.console.insight.test_lease import lease
from tests.console.scenes import BACKUP, HOUR, MAIN, NOW, text

CLOCKS = {MAIN: Clock(NOW, NOW - 720), BACKUP: Clock(NOW, NOW - 720)}


def record(**changes: Any) -> LeaseFacts:
    return lease_facts(lease(**{"potential_acked": None, **changes}))


def one(main: LeaseFacts | None, backup: LeaseFacts | None) -> JoinedLease:
    found = join("p", {MAIN: [main] if main else [], BACKUP: [backup] if backup else []})
    assert len(found) == 1
    return found[0]


@given(st.sets(st.integers(0, 255)), st.sets(st.integers(0, 255)))
def test_every_address_is_listed_once_in_order(main: set[int], backup: set[int]) -> None:
    read = {
        name: [record(address=f"192.0.2.{number}") for number in numbers]
        for name, numbers in ((MAIN, main), (BACKUP, backup))
    }
    found = join("p", read)
    assert [each.address for each in found] == [f"192.0.2.{number}" for number in sorted(main | backup)]
    for each in found:
        number = int(each.address.rpartition(".")[2])
        assert (each.records[MAIN] is not None) == (number in main)


def test_fields_that_contradict_each_other_are_named() -> None:
    assert one(record(), record()).differs == ()
    assert one(record(), record(binding_status="EXPIRED", host_name="x")).differs == ("state", "host name")
    assert one(record(), None).differs == ("state",)


def test_a_free_address_without_a_record_at_the_partner_is_no_difference() -> None:
    assert one(record(binding_status="FREE", state="available"), None).differs == ()


def test_with_an_unread_server_nothing_is_compared() -> None:
    (found,) = join("p", {MAIN: [record()], BACKUP: None})
    assert (found.differs, found.unread) == (None, (BACKUP,))
    assert LeaseFilter(differing=True).matches(found, CLOCKS) is False


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (LeaseFilter(), True),
        (LeaseFilter(address="192.0.2."), True),
        (LeaseFilter(address="192.0.3."), False),
        (LeaseFilter(mac="00:01"), True),
        (LeaseFilter(mac="0200.0000"), True),
        (LeaseFilter(mac="1,6"), False),
        (LeaseFilter(name="PRINT"), True),
        (LeaseFilter(name="example.org"), True),
        (LeaseFilter(name="scanner"), False),
        (LeaseFilter(relay_info="65746831"), True),
        (LeaseFilter(relay_info="ffff"), False),
        (LeaseFilter(state="leased"), True),
        (LeaseFilter(state="active"), True),
        (LeaseFilter(state="expired"), False),
        (LeaseFilter(client_id="ff"), False),
        (LeaseFilter(mac="00:01", name="scanner"), False),
    ],
)
def test_each_condition_must_hold(wanted: LeaseFilter, found: bool) -> None:
    named = record(host_name="printer", fqdn="printer.example.org", relay_agent_info="01:04:65:74:68:31")
    assert wanted.matches(one(None, named), CLOCKS) is found


def test_leases_given_since_contact_was_lost_are_those_of_the_server_that_gave_them() -> None:
    before, after = record(), record(client_last_transaction=text(NOW - 600))
    assert given_alone(one(after, before), CLOCKS)
    assert not given_alone(one(before, before), CLOCKS)
    assert not given_alone(one(after, before), {MAIN: Clock(NOW, None)})
    assert not given_alone(one(record(client_last_transaction=text(NOW - 600), binding_status="FREE"), None), CLOCKS)


def test_the_lead_is_that_of_the_server_that_heard_from_the_client_last() -> None:
    here = record(potential_acked=text(NOW + 2 * HOUR), client_last_transaction=text(NOW - 10))
    there = record(potential_acked=None, potential_received=text(NOW + HOUR), client_last_transaction=text(NOW - 99))
    assert lead_left(one(here, there), CLOCKS) == 2 * HOUR
    assert lead_left(one(None, there), CLOCKS) == HOUR
    assert lead_left(one(record(potential_acked=text(NOW - 1)), None), CLOCKS) == 0
    assert lead_left(one(here, there), {}) is None
    assert lead_left(one(record(binding_status="FREE"), None), CLOCKS) is None
