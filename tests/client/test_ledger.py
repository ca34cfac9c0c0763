"""The ledger: valid leases, conflicts, and the journal."""

import io

import pytest

from dhcpserver.client.ledger import End, Event, Grant, Ledger, Why, events, line, read

A, B = "02:50:00:00:00:01", "02:50:00:00:00:02"


def grant(at: float, client: str, expires_at: float | None, address: str = "127.0.64.1") -> Grant:
    return Grant(at, client, address, "127.0.0.11", at, expires_at, "REQUESTING")


def ledger(*recorded: Grant | End) -> Ledger:
    filled = Ledger()
    for event in recorded:
        filled.record(event)
    return filled


def test_an_address_leased_to_two_clients_at_one_time_is_a_conflict() -> None:
    first, second = grant(10, A, 100), grant(50, B, 150)
    (conflict,) = ledger(first, second).conflicts
    assert (conflict.first, conflict.second) == (first, second)


def test_an_infinite_lease_conflicts_with_every_later_one() -> None:
    assert ledger(grant(10, A, None), grant(1e9, B, 2e9)).conflicts


def test_an_expired_lease_is_not_in_conflict() -> None:
    assert not ledger(grant(10, A, 100), grant(100, B, 200)).conflicts


def test_a_renewal_extends_the_lease() -> None:
    found = ledger(grant(10, A, 100), grant(60, A, 160), grant(120, B, 220))
    assert len(found.conflicts) == 1
    assert found.grants == 3


@pytest.mark.parametrize("why", ["released", "declined", "refused", "expired"])
def test_an_address_is_free_after_its_lease_ended(why: Why) -> None:
    assert not ledger(grant(10, A, 100), End(20, A, "127.0.64.1", why), grant(30, B, 130)).conflicts


def test_only_the_client_of_a_lease_can_end_it() -> None:
    assert ledger(grant(10, A, 100), End(20, B, "127.0.64.1", "released"), grant(30, B, 130)).conflicts


def test_the_valid_leases_are_those_that_have_not_ended() -> None:
    found = ledger(
        grant(10, A, 100), grant(11, B, 50, "127.0.64.2"), grant(12, "c", 90, "127.0.64.3"),
        End(20, "c", "127.0.64.3", "released"),
    )  # fmt: skip
    assert [one.client for one in found.held(60)] == [A]


def test_a_journal_is_read_without_an_incomplete_last_line() -> None:
    recorded: list[Event] = [grant(10, A, 100), End(20, A, "127.0.64.1", "released"), grant(30, B, None)]
    text = "".join(line(event) for event in recorded)
    assert list(events(io.StringIO(text))) == recorded
    assert list(events(io.StringIO(text[:-5]))) == recorded[:2]
    assert [one.client for one in read(io.StringIO(text)).held(40)] == [B]
