"""Some hundred seeds: the invariants hold, and every event of the coverage list has happened."""

import pytest

from dhcpserver.failover.states import State
from tests.simulation import texts
from tests.simulation.batch import Summary, summary
from tests.simulation.dialects import Dialect
from tests.simulation.host import CrashPoint

SEEDS = 350
JOBS = 2

NEVER_ENTERED = {
    "main": {State.STARTUP},
    "backup": {State.STARTUP, State.CONFLICT_DONE},
}
"""Each server begins in STARTUP, and only the main enters CONFLICT-DONE."""

CLIENT_MESSAGES = (
    "DISCOVER",
    "REQUEST SELECTING",
    "REQUEST INIT-REBOOT",
    "REQUEST RENEWING",
    "REQUEST REBINDING",
    "RELEASE",
    "DECLINE",
    "BOOTREQUEST",
    "INFORM",
    "LEASEQUERY",
)
FAULTS = (
    "cut",
    "silence",
    "repaired",
    "reset",
    "crash",
    "vanish",
    "store",
    "disk",
    "clock",
    "slow",
    "partition",
    "packets",
    "wrong clock",
)
OPERATOR = (
    "partner down",
    "wrong partner down",
    "start",
    "stop long",
    "stop short",
    "save",
    "data is lost",
    "data is restored",
    "load-balancing",
    "use-safe-period",
    "mclt",
    "grace-period",
    "backup-pct",
    "scope",
    "prefix",
    "data is restored silently",
    "data of both is lost",
    "expert date",
    "partner down in recovery",
    "rebalance",
    "force available",
    "roles of both, main first",
    "roles of both, backup first",
    "roles of one, both are main",
    "roles of one, both are backup",
    "roles put right",
)
SITES = ("real store", "third network", "several reservations", "DHCPv6 of both", "DHCPv6 of one")
CLIENT6_MESSAGES = (
    "SOLICIT",
    "REQUEST",
    "CONFIRM",
    "RENEW",
    "REBIND",
    "RELEASE",
    "DECLINE",
    "INFORMATION_REQUEST",
)
FAMILY6_MESSAGES = ("BNDUPD", "BNDACK", "POOLREQ", "POOLRESP", "UPDREQ", "UPDREQALL", "UPDDONE")
KINDS = ("NA", "TA", "PD")


@pytest.fixture(scope="module")
def total() -> Summary:
    return summary(range(SEEDS), JOBS)


def test_no_seed_violates_an_invariant(total: Summary) -> None:
    """I1 to I12 (R-011, R-012, R-031, R-117, R-123, R-127, R-128, R-134, R-159, R-178, R-182).

    Of DHCPv6: R-019, R-020, R-021, R-022, R-024, R-026.
    """
    logs = ["\n".join([f"seed {run.seed}", *run.log[-60:]]) for run in total.failed[:3]]
    assert not total.failed, "\n\n".join(logs)
    assert total.seeds == SEEDS


def test_most_runs_have_no_excused_duplicate(total: Summary) -> None:
    """The proviso of I1 must not hide other violations."""
    assert 0 < total.excused_runs < SEEDS / 10


def test_the_runs_cover_all_states_messages_and_faults(total: Summary) -> None:
    expected = [f"state {name} {state.value}" for name, never in NEVER_ENTERED.items() for state in set(State) - never]
    expected += [f"message {name}" for name in texts.NAMES.values()]
    expected += [f"message {name} of DHCPv6" for name in FAMILY6_MESSAGES]
    expected += [f"client {name}" for name in CLIENT_MESSAGES]
    expected += [f"client6 {name}" for name in CLIENT6_MESSAGES]
    expected += [f"client6 {what} {kind}" for what in ("has", "without") for kind in KINDS]
    expected += [f"client6 lease {why}" for why in ("released", "declined", "refused", "expired")]
    expected += ["parity interface identifier"]
    expected += [f"fault {name}" for name in FAULTS]
    expected += [f"operator {name}" for name in OPERATOR]
    expected += [f"site {name}" for name in SITES]
    expected += [f"dialect {dialect.value}" for dialect in Dialect]
    expected += ["quiet spell", "old copy by the number of a lease recognised"]
    expected += [f"crash {step.value}" for step in CrashPoint]
    expected += [f"network {name}" for name in ("loss", "duplication", "delay", "unreachable")]
    missing = [name for name in expected if not total.seen[name]]
    assert not missing
