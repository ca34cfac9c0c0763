"""What was promised, and to whom."""

import io

import pytest

from dhcpserver.client.ledger import End, Event, Grant, Ledger, Why, events, line, read

A, B = "02:50:00:00:00:01", "02:50:00:00:00:02"


def grant(at: float, client: str, expires_at: float | None, address: str = "127.0.64.1") -> Grant:
    return Grant(at, client, address, "127.0.0.11", at, expires_at, "REQUESTING")


def ledger(*recorded: Grant | End) -> Ledger:
    kept = Ledger()
    for event in recorded:
        kept.record(event)
    return kept


def test_an_address_promised_to_two_at_a_time_is_a_conflict() -> None:
    first, second = grant(10, A, 100), grant(50, B, 150)
    (conflict,) = ledger(first, second).conflicts
    assert (conflict.first, conflict.second) == (first, second)


def test_an_infinite_lease_conflicts_with_every_later_one() -> None:
    assert ledger(grant(10, A, None), grant(1e9, B, 2e9)).conflicts


def test_a_lease_that_ran_out_conflicts_with_nothing() -> None:
    assert not ledger(grant(10, A, 100), grant(100, B, 200)).conflicts


def test_a_renewal_extends_what_is_held() -> None:
    kept = ledger(grant(10, A, 100), grant(60, A, 160), grant(120, B, 220))
    assert len(kept.conflicts) == 1
    assert kept.grants == 3


@pytest.mark.parametrize("why", ["released", "declined", "refused", "expired"])
def test_an_address_given_back_is_free(why: Why) -> None:
    assert not ledger(grant(10, A, 100), End(20, A, "127.0.64.1", why), grant(30, B, 130)).conflicts


def test_only_who_holds_an_address_can_give_it_back() -> None:
    assert ledger(grant(10, A, 100), End(20, B, "127.0.64.1", "released"), grant(30, B, 130)).conflicts


def test_what_is_held_is_what_has_not_ended() -> None:
    kept = ledger(
        grant(10, A, 100), grant(11, B, 50, "127.0.64.2"), grant(12, "c", 90, "127.0.64.3"),
        End(20, "c", "127.0.64.3", "released"),
    )  # fmt: skip
    assert [one.client for one in kept.held(60)] == [A]


def test_a_journal_reads_back_and_a_cut_line_is_left_out() -> None:
    recorded: list[Event] = [grant(10, A, 100), End(20, A, "127.0.64.1", "released"), grant(30, B, None)]
    text = "".join(line(event) for event in recorded)
    assert list(events(io.StringIO(text))) == recorded
    assert list(events(io.StringIO(text[:-5]))) == recorded[:2]
    assert [one.client for one in read(io.StringIO(text)).held(40)] == [B]
