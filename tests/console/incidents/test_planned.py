"""5.9: planned work, one partner after the other. Played by keys alone."""

import json
from pathlib import Path

from dhcpserver.failover.states import State
from tests.console.incidents.proofs import whole
from tests.console.incidents.stage import BACKUP, MAIN, playing


@whole("5.9")
async def test_both_are_restarted_one_after_the_other(tmp_path: Path) -> None:
    """R-188, R-191: PAUSED, the partner waits; nobody goes on before both are NORMAL."""
    async with playing(tmp_path) as incident:
        await incident.follow("Planned restart")
        for name, other in ((BACKUP, MAIN), (MAIN, BACKUP)):
            incident.sees(f"Stop {name} for a short while")
            await incident.press("enter")
            incident.sees("STOP A SERVER: SHORT", f"on {name}", f"{other} is told (PAUSED)")
            await incident.press("enter")
            await incident.confirm("kernel")
            incident.sees(f"✔ {name} has stopped; {other} is COMMUNICATIONS-INTERRUPTED")
            await incident.press("escape")
            await incident.later(10)
            incident.sees(f"Start {name}")

            # The one that is left cannot be stopped meanwhile.
            await incident.press("escape", "escape")
            incident.says(f"{other} has no contact with {name}", "serves its own pool")
            incident.counts_down(f"safe period ends: {other}", incident.safe_period_ends(other))
            await incident.press("o", *["down"] * 3)
            incident.sees(f"{other}: cannot see {name}: nobody may be left to serve clients")
            await incident.press("enter")
            await incident.aim(other)
            await incident.is_blocked(f"cannot see {name}: nobody may be left to serve clients")
            await incident.press("escape", "escape")
            incident.restart(name)
            await incident.later(60, incident.both_normal)
            await incident.press("r", "enter")
            await incident.later(20)
        incident.sees("COMPLETE")
        await incident.press("escape", "escape")
        incident.says("Protected: both NORMAL")
        await incident.timeline_shows(*(f"jo: stop {name}: kernel" for name in (BACKUP, MAIN)))


async def test_an_upgrade_waits_at_each_gate(tmp_path: Path) -> None:
    """R-186, R-187, R-207: SHUTDOWN, the partner takes over at once; the second only after the first."""
    async with playing(tmp_path) as incident:
        await incident.follow("Planned upgrade")
        for name, other in ((BACKUP, MAIN), (MAIN, BACKUP)):
            await incident.press("enter")
            incident.sees("STOP A SERVER: LONG", f"{other} is told (SHUTDOWN)")
            await incident.press("enter")
            await incident.confirm("v2")
            incident.sees(f"✔ {name} has stopped; {other} is PARTNER-DOWN")
            await incident.press("escape")
            assert incident.state(other) is State.PARTNER_DOWN
            await incident.later(3)
            incident.sees(f"Keep a copy of the data of {name}")
            await incident.press("y")
            incident.sees(f"Install the new version on {name}", "put the old version and the copy")
            await incident.press("y")
            await incident.press("escape", "escape")
            incident.says(f"{other} serves everyone: {name} is declared down")
            incident.counts_down(f"MCLT over: {other} may give out {name}'s", incident.pool_usable(other))
            await incident.press("r", "enter")
            incident.restart(name)
            await incident.later(300, incident.both_normal)
            await incident.later(20)
        incident.sees("COMPLETE")
        await incident.press("escape", "escape")
        incident.says("Protected: both NORMAL")
        await incident.timeline_shows(*(f"jo: stop {name}: v2" for name in (BACKUP, MAIN)))
    acts = [json.loads(line) for line in incident.audit.read_text().splitlines()]
    assert [act["choice"] for act in acts if act.get("event") == "attempt"] == ["long", "long"]
