"""The faults that the demo can play: what happens when, as tables."""

from dataclasses import dataclass
from enum import Enum


class Act(Enum):
    """One thing that a scenario does, and how it is told."""

    KILL_MAIN = "dhcp-a is killed (kill -9)"
    START_MAIN = "dhcp-a is started again"
    CUT_LINK = "the failover link is cut; both servers live and reach their clients"
    MEND_LINK = "the failover link is mended"
    CROWD = "a crowd of new clients arrives"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A name, what it shows, and its acts by seconds since the pair was NORMAL; `cable`: the link can be cut."""

    name: str
    shows: str
    acts: tuple[tuple[float, Act], ...] = ()
    cable: bool = False


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("steady", "a healthy pair with clients that come, renew and go"),
        Scenario(
            "main-down",
            "the main dies; the backup serves from its own pool; the main comes back by itself",
            ((20.0, Act.KILL_MAIN), (110.0, Act.START_MAIN)),
        ),
        Scenario(
            "partition",
            "the link between the partners is lost while both live: the dangerous one",
            ((20.0, Act.CUT_LINK), (140.0, Act.MEND_LINK)),
            cable=True,
        ),
        Scenario(
            "pool-drain",
            "the main dies and a crowd arrives: the backup's pool drains",
            ((15.0, Act.KILL_MAIN), (25.0, Act.CROWD), (240.0, Act.START_MAIN)),
        ),
    )
}
