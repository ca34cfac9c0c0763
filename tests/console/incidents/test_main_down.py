"""5.1: the main loses its power. Played by keys alone."""

import json
from pathlib import Path

from dhcpserver.failover.states import State
from tests.console.incidents.proofs import whole
from tests.console.incidents.stage import BACKUP, MAIN, Incident, playing


async def power_lost(incident: Incident) -> None:
    """The main is gone, and both the backup and the console have noticed."""
    incident.world.main.crash(vanish=True)
    await incident.later(90, lambda: "no contact" in incident.verdict)


@whole("5.1")
async def test_a_dead_main_is_declared_down_and_comes_back(tmp_path: Path) -> None:
    """R-136, R-148, R-150, R-151, R-177, R-193: alarm, proof, Set Partner Down, return, NORMAL."""
    async with playing(tmp_path) as incident:
        await power_lost(incident)
        incident.says("dhcp-b has no contact with dhcp-a", "serves its own pool")
        incident.sees("cannot see dhcp-a", "down or cut off: unknown")
        incident.counts_down("safe period ends: dhcp-b", incident.safe_period_ends(BACKUP))

        # Nobody would be left to serve: the backup cannot be stopped.
        await incident.press("o", "down", "down", "down", "enter", "s")
        await incident.is_blocked("cannot see dhcp-a: nobody may be left to serve clients")
        await incident.press("escape", "escape")
        assert incident.world.backup.running

        # A date before the last contact is refused outside expert mode.
        await incident.press("d", "enter", "end", "ctrl+u")
        await incident.type("-2h")
        incident.sees("refused: before contact was lost")
        await incident.is_blocked("before contact was lost")
        await incident.press("end", "ctrl+u")
        await incident.type("now")
        incident.sees(f"{incident.others(BACKUP)} free addresses")
        await incident.press("enter", "down", "enter", "tab")
        await incident.confirm("burnt")
        incident.sees("✔ dhcp-b is PARTNER-DOWN")
        assert incident.state(BACKUP) is State.PARTNER_DOWN
        await incident.press("escape")
        incident.says("dhcp-b serves all clients: dhcp-a was declared down")
        incident.counts_down("MCLT over: dhcp-b may give out", incident.pool_usable(BACKUP))

        await incident.later(incident.world.site.mclt + 60)
        incident.world.main.start()
        await incident.later(300, incident.both_normal)
        incident.says("Protected: both NORMAL")
        await incident.press("4")
        incident.sees("dhcp-a RECOVER-DONE -> NORMAL")
        await incident.timeline_shows(
            "jo: set-partner-down dhcp-b: powered off: burnt",
            "dhcp-b COMMUNICATIONS-INTERRUPTED -> PARTNER-DOWN",
            "set-partner-down dhcp-b done",
            "dhcp-a STARTUP -> RECOVER",
        )
    events = [json.loads(line)["event"] for line in incident.audit.read_text().splitlines()]
    assert events[-2:] == ["attempt", "outcome"]


async def test_a_main_that_is_back_within_mclt_needs_nothing(tmp_path: Path) -> None:
    """R-177, R-191: COMMUNICATIONS-INTERRUPTED and NORMAL again, without a command."""
    async with playing(tmp_path) as incident:
        await power_lost(incident)
        incident.world.main.start()
        await incident.later(60, incident.both_normal)
        incident.sees("Protected: both NORMAL")
        assert not incident.audit.exists()
        assert "dhcp-b COMMUNICATIONS-INTERRUPTED -> NORMAL" in incident.story


async def test_when_nobody_acts_the_backup_takes_over_at_the_second_that_was_shown(tmp_path: Path) -> None:
    """R-137, R-139, R-144: the countdown is the truth, and the partner's addresses are usable at once."""
    async with playing(tmp_path) as incident:
        await power_lost(incident)
        shown = incident.safe_period_ends(BACKUP)
        incident.counts_down("safe period ends: dhcp-b", shown)
        await incident.later(shown - incident.now - 1)
        assert incident.state(BACKUP) is State.COMMUNICATIONS_INTERRUPTED
        await incident.later(3)
        assert incident.state(BACKUP) is State.PARTNER_DOWN
        assert "automatic-takeover" in incident.banner_kinds
        incident.sees("dhcp-b serves all clients", "took over by itself; nobody proved that dhcp-a stopped")
        assert MAIN in incident.screen
