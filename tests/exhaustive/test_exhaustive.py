"""Every course of events of the small worlds, up to a number of states, keeps all invariants.

`make prove` searches further. The numbers of states are asserted, so that a search cannot shrink without notice.
"""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from tests.exhaustive.explore import Bounds, Search, beginning, search, story
from tests.exhaustive.moves import Move, apply
from tests.exhaustive.small import Fault, Small
from tests.exhaustive.worlds import (
    CALM,
    CALM_PARITY,
    CALM_POOL,
    CALM_PREFIX,
    CLOCKS,
    CRASHES,
    DELEGATION,
    LINK,
    OLD_COPY,
    OPERATORS,
    PACKETS,
    PARITY,
    SAFE_PERIOD,
)

RECOVERED = 25
"""The recovery is tried from one in so many states."""

MOVES_OF = {
    Fault.CUT: "cut",
    Fault.SILENCE: "silence",
    Fault.CRASH: "crash",
    Fault.STOP: "stop",
    Fault.PARTNER_DOWN: "partner down",
    Fault.OLD_COPY: "old copy",
    Fault.REPEAT: "repeat",
    Fault.CLOCK: "clock is wrong",
    Fault.LOSS: "acquire, ACK lost",
}


def searched(small: Small, states: int) -> Search:
    """Search a world; fail with the story of a violation."""
    found = search(small, Bounds(states=states + 1, recovered=RECOVERED))
    assert not found.violation, "\n".join([str(found), *story(small, found.course)[-80:]])
    assert found.states >= states
    assert found.recoveries > states / RECOVERED / 2
    assert all(found.moves[MOVES_OF[fault]] for fault in small.faults if fault in MOVES_OF)
    return found


CALM_WORLDS = ((CALM, 264), (CALM_POOL, 92), (CALM_PARITY, 264), (CALM_PREFIX, 92))
"""A calm backup answers no new client, so its even address and those of the main alone lead to the same states; and a
prefix is as an IPv4 address."""


@pytest.mark.parametrize(("small", "states"), CALM_WORLDS, ids=[small.name for small, _ in CALM_WORLDS])
def test_every_state_of_a_calm_world_keeps_the_invariants(small: Small, states: int) -> None:
    """The search ends: these are all states, and the pair recovers from each. See docs/mutation.md for their number."""
    found = search(small, Bounds(recovered=1))
    assert not found.violation, "\n".join([str(found), *story(small, found.course)[-80:]])
    assert found.complete
    assert found.states == states
    assert found.recoveries == found.states - 1, "all but the beginning"


COUNT = """
from tests.exhaustive.explore import Bounds, search
from tests.exhaustive.worlds import CALM, OLD_COPY, PACKETS
for small, states in ((CALM, 1000), (PACKETS, 200), (OLD_COPY, 200)):
    found = search(small, Bounds(states=states, recovered=50))
    print(found.states, found.steps, found.depth, found.recoveries, sorted(found.moves.items()))
"""


def test_every_process_finds_the_same_states() -> None:
    """The number of all states is a part of the proof, so it depends on nothing but the world."""
    outputs = [
        subprocess.run(
            [sys.executable, "-c", COUNT],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert outputs[0] == outputs[1]
    assert outputs[0].startswith("264 1072 ")


def test_two_takeovers_by_the_safe_period_lead_to_no_avoidable_duplicate() -> None:
    """I1 after both servers were PARTNER-DOWN (R-134, R-144). All 3,660 states are searched by `make prove`."""
    assert searched(SAFE_PERIOD, 1500).excused


def test_a_lease_that_the_backup_renewed_alone_is_not_given_away_in_normal() -> None:
    """I1: the main freed the address alone, later than the last renewal of the running lease at the backup."""
    wait: Move = ("wait",)
    at_backup: tuple[Move, ...] = (("acquire", 0, 1), wait, ("renew", 0, 1), wait, ("renew", 0, 1), wait)
    course: tuple[Move, ...] = (("acquire", 0, 0), ("cut",), wait, *at_backup, ("mend",), ("acquire", 1, 0))
    lines = story(replace(SAFE_PERIOD, mclt=50, lease_time=120), course)
    assert any("state CONFLICT-DONE -> NORMAL" in line for line in lines)
    assert not any("VIOLATION" in line for line in lines), "\n".join(lines)


def test_an_old_copy_of_a_store_leads_to_no_duplicate() -> None:
    """I1 after a server started with an older copy and no failover-recover (R-196)."""
    searched(OLD_COPY, 2500)


@pytest.mark.parametrize(
    ("small", "states"),
    [(CRASHES, 1500), (PACKETS, 1500), (OPERATORS, 2000), (LINK, 1500)],
    ids=lambda value: value.name if isinstance(value, Small) else "",
)
def test_every_course_of_events_keeps_the_invariants(small: Small, states: int) -> None:
    """I1 to I3 and I6 to I9 (R-011, R-123, R-127, R-128, R-159, R-178, R-182)."""
    searched(small, states)


@pytest.mark.parametrize("small", [PARITY, DELEGATION], ids=lambda small: small.name)
def test_every_course_of_events_of_dhcpv6_keeps_the_invariants(small: Small) -> None:
    """I1 to I4 and I6 to I9 (R-021, R-022, R-024): two odd addresses and two even ones, or two prefixes."""
    searched(small, 700)


def test_a_wrong_clock_leads_to_no_storm_and_no_duplicate() -> None:
    """I1 and the bound on messages, with a clock an hour ahead for a time."""
    searched(CLOCKS, 1500)


def test_the_backup_gets_its_share_after_a_crash_of_the_main() -> None:
    """Availability: the shortest course of events that left the backup without addresses for an hour."""
    course: tuple[Move, ...] = (("acquire", 0, 0, 1), ("wait",), ("acquire", 1, 1), ("wait",), ("wait",), ("recover",))
    lines = story(CRASHES, course)
    assert not any("VIOLATION" in line for line in lines), "\n".join(lines)


def test_the_same_world_gives_the_same_states() -> None:
    first, second = (search(PACKETS, Bounds(states=300)) for _ in range(2))
    assert (first.states, first.steps, first.depth, first.moves) == (
        second.states,
        second.steps,
        second.depth,
        second.moves,
    )


def test_a_fork_changes_nothing_of_its_origin() -> None:
    world = beginning(PACKETS)
    world.freeze()
    blobs = [server.blob for server in world.servers]
    fork = world.fork()
    apply(fork, ("acquire", 0, 0))
    assert fork.promises.held
    assert not world.promises.held
    assert [server.blob for server in world.servers] == blobs
    assert not world.servers[0].book.leases or all(lease.key is None for lease in world.servers[0].book.leases.values())
