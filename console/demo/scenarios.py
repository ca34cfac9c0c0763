"""The faults that the demo can simulate: steps and their times, as tables."""

from dataclasses import dataclass
from enum import Enum


class Step(Enum):
    """One step of a scenario, and the text that reports it."""

    KILL_MAIN = "dhcp-a is killed (kill -9)"
    START_MAIN = "dhcp-a is started again"
    CUT_LINK = "the failover link is cut; both servers run and reach their clients"
    RESTORE_LINK = "the failover link is restored"
    ADD_CLIENTS = "many new clients arrive"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A name, a description, and steps by seconds since the pair was NORMAL. `cable`: the link can be cut."""

    name: str
    shows: str
    steps: tuple[tuple[float, Step], ...] = ()
    cable: bool = False


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("steady", "a healthy pair with clients that get, renew and release leases"),
        Scenario(
            "main-down",
            "the main fails; the backup serves from its own pool; the main restarts",
            ((20.0, Step.KILL_MAIN), (110.0, Step.START_MAIN)),
        ),
        Scenario(
            "partition",
            "the link between the partners is lost while both run: the most dangerous fault",
            ((20.0, Step.CUT_LINK), (140.0, Step.RESTORE_LINK)),
            cable=True,
        ),
        Scenario(
            "pool-drain",
            "the main fails and many clients arrive: the backup runs out of addresses",
            ((15.0, Step.KILL_MAIN), (25.0, Step.ADD_CLIENTS), (240.0, Step.START_MAIN)),
        ),
    )
}
