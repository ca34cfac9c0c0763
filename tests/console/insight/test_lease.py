"""The lease inspector: the query, contradictions, the length of a lease, and when its address is free again."""

from dataclasses import replace
from datetime import UTC
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.errors import Unreadable
from console.insight.lease import side_by_side
from console.insight.lease_why import describe_owner, describe_reuse, explain_length, explained, granted_now, usable_at
from console.insight.leases.joined import join
from console.insight.lookup import LookupRefused, read_lookup
from console.makes.pairwatch.leases import lease_facts
from console.model.facts import PairFacts
from console.model.leases import Binding, LeaseFacts
from tests.console.scenes import BACKUP, HOUR, MAIN, NOW, ZONE, answer, pair, pool, text

DAYS = 24 * HOUR
ALONE, DOWN = "COMMUNICATIONS-INTERRUPTED", "PARTNER-DOWN"


def lease(**changes: Any) -> dict[str, Any]:
    """The main's record of a lease that was granted an hour ago for three days, after a full acknowledgement."""
    return {
        "address": "192.0.2.7",
        "scope": "wifi",
        "state": "leased",
        "binding_status": "ACTIVE",
        "client_id": None,
        "hardware": "1,6,02:00:00:00:00:01",
        "state_expiration": text(NOW - HOUR + 3 * DAYS),
        "potential_sent": text(NOW - HOUR + 4.5 * DAYS),
        "potential_acked": text(NOW - HOUR + 4.5 * DAYS),
        "potential_received": None,
        "client_last_transaction": text(NOW - HOUR),
        "start_of_state": text(NOW - 5 * HOUR),
        "relay_agent_info": None,
        "reserved": False,
        "needs_update": False,
        **changes,
    }


def facts(state: str = "NORMAL", server: str = MAIN, **changes: Any) -> PairFacts:
    pools = [pool("wifi", 900, 880, 4096, lease_time=3 * DAYS)]
    found = pair(answer(server, NOW, state, **{"pools": pools, **changes})).servers[server].facts
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("words", "kept", "by_address"),
    [
        ("192.0.2.7", "192.0.2.7", True),
        (" 192.0.2.7 ", "192.0.2.7", True),
        ("02:00:00:00:00:01", "02:00:00:00:00:01", False),
        ("0200.0000.0001", "0200.0000.0001", False),
        ("1,6,02:00:00:00:00:01", "1,6,02:00:00:00:00:01", False),
        ("01:02:00:00:00:00:01", "01:02:00:00:00:00:01", False),
        ("FF00112233", "ff00112233", False),
        ("2001:DB8:0:0::7", "2001:db8::7", True),
        ("2001:db8:8000:0::/56", "2001:db8:8000::/56", True),
        ("00:11:22:33:44:55:66:77", "00:11:22:33:44:55:66:77", False),
    ],
)
def test_an_address_and_a_client_are_distinguished(words: str, kept: str, by_address: bool) -> None:
    found = read_lookup(words)
    assert (found.words, found.by_address) == (kept, by_address)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("", "type an address"),
        ("192.0.2.700", "not a valid IPv4 address"),
        ("printer", "not a valid query"),
        ("1,5,02:00:00:00:00:01", "not the number of octets"),
        ("02:00:00:00:00:0", "not a valid query"),
    ],
)
def test_an_invalid_query_is_refused_with_the_accepted_forms(words: str, why: str) -> None:
    with pytest.raises(LookupRefused, match=why):
        read_lookup(words)


def test_contradictions_are_marked_and_mirrored_fields_are_not() -> None:
    """The partner must have received what a server has as acknowledged."""
    mine = lease_facts(lease())
    theirs = lease_facts(lease(potential_sent=None, potential_acked=None, potential_received=lease()["potential_sent"]))
    assert [row.name for row in side_by_side(mine, theirs, NOW, ZONE) if row.differs] == []
    deaf = lease_facts(lease(potential_acked=None, potential_sent=None))
    assert [row.name for row in side_by_side(mine, deaf, NOW, ZONE) if row.differs] == ["acknowledged"]
    other = lease_facts(
        lease(
            hardware="1,6,02:00:00:00:00:02",
            binding_status="EXPIRED",
            state_expiration=text(NOW),
            potential_acked=None,
            potential_received=lease()["potential_sent"],
        )
    )
    assert [row.name for row in side_by_side(mine, other, NOW, ZONE) if row.differs] == ["state", "hardware", "ends"]
    (first, *_) = side_by_side(mine, None, NOW, ZONE)
    assert (first.main, first.backup, first.differs) == ("leased (ACTIVE)", "no record", True)


def test_the_names_that_a_client_sent_are_shown_and_compared() -> None:
    named = lease_facts(lease(host_name="printer", fqdn="printer.example.org"))
    other = lease_facts(lease(host_name="scanner", fqdn="printer.example.org"))
    rows = {row.name: row for row in side_by_side(named, other, NOW, ZONE)}
    assert (rows["host name"].main, rows["host name"].backup, rows["host name"].differs) == ("printer", "scanner", True)
    assert (rows["full name"].main, rows["full name"].differs) == ("printer.example.org", False)
    assert side_by_side(lease_facts(lease()), None, NOW, ZONE)[4].main == "-"


def test_an_answer_that_is_not_a_lease_is_refused() -> None:
    for raw in ({}, {**lease(), "state_expiration": "soon"}):
        with pytest.raises(Unreadable):
            lease_facts(raw)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "granted for 72 h: the full lease time of the policy"),
        (
            {"state_expiration": text(NOW), "potential_acked": None, "potential_sent": None},
            "granted for 1 h of 72 h: only MCLT 1 h, because the partner had not acknowledged an update for it yet",
        ),
        (
            {"state_expiration": text(NOW), "potential_acked": text(NOW - 2 * HOUR)},
            "granted for 1 h of 72 h: only MCLT 1 h, because no lead was left",
        ),
        (
            {"state_expiration": text(NOW), "potential_acked": text(NOW + 4 * DAYS)},
            "granted for 1 h of 72 h: only MCLT 1 h, because it was the first lease, or no newer update was",
        ),
        (
            {"state_expiration": text(NOW + 10 * HOUR), "potential_acked": text(NOW + 9 * HOUR)},
            "granted for 11 h of 72 h: at most MCLT 1 h after 15 Jul 14:12:00 CEST, which both servers had agreed",
        ),
        ({"state_expiration": "never"}, "it has no end"),
    ],
)
def test_the_length_of_the_last_lease_is_explained_with_its_numbers(changes: dict[str, Any], words: str) -> None:
    """R-120, R-122, R-127, R-129, R-131: a short lease is explained with its cause."""
    explanation = explain_length(lease_facts(lease(**changes)), facts(), 3 * DAYS, ZONE)
    assert words.replace("15 Jul ", "") in explanation


@given(st.integers(60, 10**6), st.integers(60, 10**5), st.integers(-(10**6), 10**6))
def test_a_renewal_is_never_longer_than_the_policy_or_the_lead_allows(desired: int, mclt: int, lead: int) -> None:
    """R-127."""
    record = lease_facts(lease(potential_acked=text(NOW + lead), potential_received=None))
    seconds = granted_now(record, facts(mclt=mclt), desired, NOW)
    assert seconds == min(desired, mclt + max(0, lead))
    assert granted_now(record, facts(DOWN, mclt=mclt), desired, NOW) == desired


@pytest.mark.parametrize(
    ("changes", "term", "at"),
    [
        ({}, "MCLT + acknowledged", NOW - HOUR + 4.5 * DAYS + HOUR),
        ({"potential_acked": None}, "MCLT + sent", NOW - HOUR + 4.5 * DAYS + HOUR),
        ({"potential_received": text(NOW + 9 * DAYS)}, "MCLT + received", NOW + 9 * DAYS + HOUR),
        ({"state_expiration": text(NOW + 6 * DAYS)}, "MCLT + end", NOW + 6 * DAYS + HOUR),
        (
            {
                "state_expiration": text(NOW - DAYS),
                "potential_sent": text(NOW - DAYS),
                "potential_acked": None,
            },
            "MCLT + partner-down time",
            NOW - 720 + HOUR,
        ),
        (
            {"potential_sent": None, "potential_acked": None},
            "its end: it was never sent to the partner",
            NOW - HOUR + 3 * DAYS,
        ),
        ({"state_expiration": "never"}, "it has no end", inf),
    ],
)
def test_the_deciding_term_of_the_maximum_is_shown(changes: dict[str, Any], term: str, at: float) -> None:
    """R-123: MCLT after the latest time in the records of both servers."""
    found = usable_at(lease_facts(lease(**changes)), HOUR, NOW - 720)
    assert found.term == term
    assert found.at == pytest.approx(at)


@pytest.mark.parametrize(
    ("status", "state", "server", "words"),
    [
        ("ACTIVE", "NORMAL", MAIN, "leased by its client"),
        ("FREE", "NORMAL", MAIN, "in the share of the main: this server may lease it"),
        ("FREE", ALONE, BACKUP, "this server may not until the partner was declared down and MCLT has passed"),
        ("BACKUP", ALONE, BACKUP, "in the share of the backup: this server may lease it"),
        ("EXPIRED", ALONE, BACKUP, "contact with the partner is lost"),
        ("RELEASED", "NORMAL", MAIN, "which takes a moment"),
        ("EXPIRED", DOWN, BACKUP, "another client when it is reusable"),
        ("ABANDONED", "NORMAL", MAIN, "Force available"),
    ],
)
def test_the_owner_of_an_address_follows_from_its_status_and_the_state(
    status: str, state: str, server: str, words: str
) -> None:
    """R-105, R-117, R-134."""
    assert words in describe_owner(lease_facts(lease(binding_status=status)), facts(state, server))


def test_when_another_client_may_get_it_depends_on_the_state() -> None:
    """R-123, R-134."""
    ended = lease_facts(
        lease(
            binding_status="EXPIRED",
            state_expiration=text(NOW - 60),
            potential_acked=None,
            potential_sent=text(NOW - 60),
        )
    )
    assert "if the partner is declared down: at 06:11:00 CEST, in 59 min 00 s" in describe_reuse(
        ended, facts(ALONE, start_of_communications_interrupted=text(NOW - 720)), NOW, ZONE
    )
    assert "at 06:11:00 CEST, in 59 min 00 s (MCLT + " in describe_reuse(ended, facts(DOWN), NOW, ZONE)
    assert "now, from the server that has it in its share" in describe_reuse(
        lease_facts(lease(binding_status="FREE")), facts(), NOW, ZONE
    )


def test_a_lease_is_not_explained_without_an_answer() -> None:
    assert list(explained(lease_facts(lease()), None, NOW, ZONE)) == [
        "cannot explain this lease: the server has not reported its state"
    ]
    explanation = list(explained(lease_facts(lease()), facts(), NOW, ZONE))
    assert explanation[1] == "a renewal now gets 72 h: min(72 h, MCLT 1 h + lead 107 h)"
    old = facts(pools=[pool("wifi", 900, 880, 4096)])
    assert "does not report the lease time of the policy" in next(explained(lease_facts(lease()), old, NOW, ZONE))


def test_a_lease_of_dhcpv6_has_its_association_beside_the_other_fields() -> None:
    """Only a lease that has one: an IPv4 lease has the fields that it had."""
    four = LeaseFacts("192.0.2.7", "s", "leased", Binding.ACTIVE)
    six = LeaseFacts("2001:db8::7", "na", "leased", Binding.ACTIVE, association="IA_NA 7", preferred_until=1000.0)
    names = [row.name for row in side_by_side(six, replace(six, association="IA_NA 8"), 0.0, UTC) if row.differs]
    assert names == ["association"]
    assert not {"association", "preferred until"} & {row.name for row in side_by_side(four, None, 0.0, UTC)}


def test_addresses_of_both_families_and_prefixes_are_in_order() -> None:
    words = ["2001:db8:8000::/56", "10.0.0.9", "2001:db8::10", "10.0.0.10", "2001:db8::9"]
    leases = [LeaseFacts(each, "s", "leased", Binding.ACTIVE) for each in words]
    assert [each.address for each in join("p", {"a": leases})] == [
        "10.0.0.9",
        "10.0.0.10",
        "2001:db8::9",
        "2001:db8::10",
        "2001:db8:8000::/56",
    ]
