"""A thousand seeds: the invariants hold, and what should be tried was tried."""

import pytest

from dhcpserver.failover.states import State
from tests.simulation import words
from tests.simulation.batch import Summary, summary
from tests.simulation.host import Step

SEEDS = 1000
JOBS = 2

NEVER_ENTERED = {
    "main": {State.STARTUP},
    "backup": {State.STARTUP, State.CONFLICT_DONE},
}
"""STARTUP is where each begins, and CONFLICT-DONE is the main's alone."""

CLIENT_MESSAGES = (
    "DISCOVER",
    "REQUEST SELECTING",
    "REQUEST INIT-REBOOT",
    "REQUEST RENEWING",
    "REQUEST REBINDING",
    "RELEASE",
    "DECLINE",
    "BOOTREQUEST",
)
FAULTS = (
    "cut",
    "silence",
    "mended",
    "reset",
    "crash",
    "vanish",
    "store",
    "disk",
    "clock",
    "slow",
    "parted",
    "weather",
)
OPERATOR = (
    "partner down",
    "lie",
    "start",
    "stop long",
    "stop short",
    "save",
    "data is lost",
    "data is set back",
    "load-balancing",
    "use-safe-period",
)


@pytest.fixture(scope="module")
def total() -> Summary:
    return summary(range(SEEDS), JOBS)


def test_no_seed_violates_an_invariant(total: Summary) -> None:
    """I1 to I3 and I5 to I11 (R-011, R-012, R-031, R-117, R-123, R-127, R-128, R-134, R-159, R-178, R-182)."""
    stories = ["\n".join([f"seed {run.seed}", *run.story[-60:]]) for run in total.failed[:3]]
    assert not total.failed, "\n\n".join(stories)
    assert total.seeds == SEEDS


def test_most_runs_need_no_excuse(total: Summary) -> None:
    """The proviso of I1 must not be what makes the rest pass."""
    assert 0 < total.doubtful < SEEDS / 10


def test_everything_is_tried(total: Summary) -> None:
    wanted = [f"state {name} {state.value}" for name, never in NEVER_ENTERED.items() for state in set(State) - never]
    wanted += [f"message {name}" for name in words.NAMES.values()]
    wanted += [f"client {name}" for name in CLIENT_MESSAGES]
    wanted += [f"fault {name}" for name in FAULTS]
    wanted += [f"operator {name}" for name in OPERATOR]
    wanted += [f"crash {step.value}" for step in Step]
    wanted += [f"network {name}" for name in ("loss", "doubling", "delay", "unreachable")]
    missing = [name for name in wanted if not total.seen[name]]
    assert not missing
