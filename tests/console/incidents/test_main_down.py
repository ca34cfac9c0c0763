"""5.1: the main loses its power. Operated by keys alone."""

import json
from pathlib import Path

from dhcpserver.failover.states import State
from tests.console.incidents.proofs import covers
from tests.console.incidents.stage import BACKUP, MAIN, Incident, open_incident


async def lose_main(incident: Incident) -> None:
    """Crash the main, and wait until the backup and the console have detected it."""
    incident.world.main.crash(vanish=True)
    await incident.advance(90, lambda: "lost contact" in incident.verdict)


@covers("5.1")
async def test_sets_a_failed_main_down_and_returns_to_normal(tmp_path: Path) -> None:
    """R-136, R-148, R-150, R-151, R-177, R-193: alarm, verification, Set Partner Down, return, NORMAL."""
    async with open_incident(tmp_path) as incident:
        await lose_main(incident)
        incident.verdict_has("dhcp-b lost contact with dhcp-a", "serves its own pool")
        incident.shows("cannot see dhcp-a", "down or cut off: cannot tell which")
        incident.countdown_ends("safe period ends: dhcp-b", incident.safe_period_ends(BACKUP))

        # The backup cannot be stopped, because no server would serve.
        await incident.press("o", "down", "down", "down", "enter", "s")
        await incident.check_blocked("cannot see dhcp-a: perhaps no server would serve clients")
        await incident.press("escape", "escape")
        assert incident.world.backup.running

        # A date before the last contact is refused outside expert mode.
        await incident.press("d", "enter", "end", "ctrl+u")
        await incident.type("-2h")
        incident.shows("refused: the date is before contact was lost")
        await incident.check_blocked("the date is before contact was lost")
        await incident.press("end", "ctrl+u")
        await incident.type("now")
        incident.shows(f"{incident.others(BACKUP)} free addresses")
        await incident.press("enter", "down", "enter", "tab")
        await incident.confirm("burnt")
        incident.shows("✔ dhcp-b is PARTNER-DOWN")
        assert incident.state(BACKUP) is State.PARTNER_DOWN
        await incident.press("escape")
        incident.verdict_has("dhcp-b serves all clients: dhcp-a was declared down")
        incident.countdown_ends("MCLT ends: dhcp-b may lease", incident.pool_usable(BACKUP))

        await incident.advance(incident.world.site.mclt + 60)
        incident.world.main.start()
        await incident.advance(300, incident.both_normal)
        incident.verdict_has("Protected: both NORMAL")
        await incident.press("4")
        incident.shows("dhcp-a RECOVER-DONE -> NORMAL")
        await incident.timeline_shows(
            "jo: set-partner-down dhcp-b: powered off: burnt",
            "dhcp-b COMMUNICATIONS-INTERRUPTED -> PARTNER-DOWN",
            "set-partner-down dhcp-b done",
            "dhcp-a STARTUP -> RECOVER",
        )
    events = [json.loads(line)["event"] for line in incident.audit.read_text().splitlines()]
    assert events[-2:] == ["attempt", "outcome"]


async def test_a_main_that_returns_within_mclt_needs_no_action(tmp_path: Path) -> None:
    """R-177, R-191: COMMUNICATIONS-INTERRUPTED and NORMAL again, without a command."""
    async with open_incident(tmp_path) as incident:
        await lose_main(incident)
        incident.world.main.start()
        await incident.advance(60, incident.both_normal)
        incident.shows("Protected: both NORMAL")
        assert not incident.audit.exists()
        assert "dhcp-b COMMUNICATIONS-INTERRUPTED -> NORMAL" in incident.timeline_text


async def test_without_an_operator_the_backup_takes_over_at_the_shown_second(tmp_path: Path) -> None:
    """R-137, R-139, R-144: the countdown is exact, and the partner's addresses are usable at once."""
    async with open_incident(tmp_path) as incident:
        await lose_main(incident)
        shown = incident.safe_period_ends(BACKUP)
        incident.countdown_ends("safe period ends: dhcp-b", shown)
        await incident.advance(shown - incident.now - 1)
        assert incident.state(BACKUP) is State.COMMUNICATIONS_INTERRUPTED
        await incident.advance(3)
        assert incident.state(BACKUP) is State.PARTNER_DOWN
        assert "automatic-takeover" in incident.banner_kinds
        incident.shows("dhcp-b serves all clients", "took over automatically; it is not proven that dhcp-a had stopped")
        assert MAIN in incident.screen
