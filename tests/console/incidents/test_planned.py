"""5.9: planned work, one partner after the other. Operated by keys alone."""

import json
from pathlib import Path

from dhcpserver.failover.states import State
from tests.console.incidents.proofs import covers
from tests.console.incidents.stage import BACKUP, MAIN, open_incident


@covers("5.9")
async def test_restarts_both_servers_one_after_the_other(tmp_path: Path) -> None:
    """R-188, R-191: PAUSED, and the partner waits; the runbook continues only when both are NORMAL."""
    async with open_incident(tmp_path) as incident:
        await incident.start_runbook("Planned restart")
        for name, other in ((BACKUP, MAIN), (MAIN, BACKUP)):
            incident.shows(f"Stop {name} for a short time")
            await incident.press("enter")
            incident.shows("STOP A SERVER: SHORT", f"on {name}", f"{other} receives PAUSED")
            await incident.press("enter")
            await incident.confirm("kernel")
            incident.shows(f"✔ {name} has stopped; {other} is COMMUNICATIONS-INTERRUPTED")
            await incident.press("escape")
            await incident.advance(10)
            incident.shows(f"Start {name}")

            # The remaining server cannot be stopped meanwhile.
            await incident.press("escape", "escape")
            incident.verdict_has(f"{other} lost contact with {name}", "serves its own pool")
            incident.countdown_ends(f"safe period ends: {other}", incident.safe_period_ends(other))
            await incident.press("o", *["down"] * 3)
            incident.shows(f"{other}: cannot see {name}: perhaps no server would serve clients")
            await incident.press("enter")
            await incident.select_server(other)
            await incident.check_blocked(f"cannot see {name}: perhaps no server would serve clients")
            await incident.press("escape", "escape")
            incident.restart(name)
            await incident.advance(60, incident.both_normal)
            await incident.press("r", "enter")
            await incident.advance(20)
        incident.shows("COMPLETE")
        await incident.press("escape", "escape")
        incident.verdict_has("Protected: both NORMAL")
        await incident.timeline_shows(*(f"jo: stop {name}: kernel" for name in (BACKUP, MAIN)))


async def test_an_upgrade_waits_at_each_gate(tmp_path: Path) -> None:
    """R-186, R-187, R-207: SHUTDOWN, and the partner takes over at once; the second server only after the first."""
    async with open_incident(tmp_path) as incident:
        await incident.start_runbook("Planned upgrade")
        for name, other in ((BACKUP, MAIN), (MAIN, BACKUP)):
            await incident.press("enter")
            incident.shows("STOP A SERVER: LONG", f"{other} receives SHUTDOWN")
            await incident.press("enter")
            await incident.confirm("v2")
            incident.shows(f"✔ {name} has stopped; {other} is PARTNER-DOWN")
            await incident.press("escape")
            assert incident.state(other) is State.PARTNER_DOWN
            await incident.advance(3)
            incident.shows(f"Make a copy of the data of {name}")
            await incident.press("y")
            incident.shows(f"Install the new version on {name}", "install the old version again and restore the data")
            await incident.press("y")
            await incident.press("escape", "escape")
            incident.verdict_has(f"{other} serves all clients: {name} was declared down")
            incident.countdown_ends(f"MCLT ends: {other} may lease {name}'s", incident.pool_usable(other))
            await incident.press("r", "enter")
            incident.restart(name)
            await incident.advance(300, incident.both_normal)
            await incident.advance(20)
        incident.shows("COMPLETE")
        await incident.press("escape", "escape")
        incident.verdict_has("Protected: both NORMAL")
        await incident.timeline_shows(*(f"jo: stop {name}: v2" for name in (BACKUP, MAIN)))
    entries = [json.loads(line) for line in incident.audit.read_text().splitlines()]
    assert [entry["choice"] for entry in entries if entry.get("event") == "attempt"] == ["long", "long"]
