"""5.2: the link between two running servers is lost, and both count down. Operated by keys alone."""

import json
from pathlib import Path

from dhcpserver.failover.states import State
from tests.console.incidents.proofs import covers
from tests.console.incidents.stage import BACKUP, MAIN, Incident, open_incident


async def lose_link(incident: Incident) -> None:
    incident.world.link.cut()
    await incident.advance(60, lambda: "race" in incident.banner_kinds)


@covers("5.2")
async def test_switches_the_safe_period_off_on_both_until_the_link_is_restored(tmp_path: Path) -> None:
    """R-137, R-140, R-141, R-145: Set Partner Down is blocked while both run; one action on both ends the race."""
    async with open_incident(tmp_path) as incident:
        await lose_link(incident)
        first = min(incident.safe_period_ends(MAIN), incident.safe_period_ends(BACKUP))
        incident.verdict_has("BOTH servers run but have lost contact: act before")
        incident.shows("Both servers run, but the link between them is lost.")
        incident.countdown_ends("safe period ends: dhcp-", first)

        # Both run: neither may treat the other as down.
        await incident.press("d")
        await incident.check_blocked("dhcp-a answers and is COMMUNICATIONS-INTERRUPTED")
        await incident.press("escape")

        # Off on both at once; a wrong name sends nothing.
        await incident.press("o", "down", "enter")
        incident.shows("✘ dhcp-a NOT YET: PARTNER-DOWN at", "✘ dhcp-b NOT YET: PARTNER-DOWN at")
        await incident.press("enter")
        await incident.confirm(name="la")
        incident.shows("NOT DONE: 'la' is not the pair's name lab")
        await incident.press("ctrl+u")
        await incident.type("lab")
        await incident.press("enter")
        incident.shows("✔ the safe period is off on dhcp-a", "✔ the safe period is off on dhcp-b")
        await incident.press("escape", "escape")
        await incident.advance(incident.world.site.safe_period + 60)
        assert incident.state(MAIN) is incident.state(BACKUP) is State.COMMUNICATIONS_INTERRUPTED
        incident.shows("No automatic takeover is due: repair the link")

        incident.world.link.mend()
        await incident.advance(60, incident.both_normal)
        incident.verdict_has("Protected: both NORMAL")
        await incident.timeline_shows(*(f"use-safe-period {server} done: the safe period" for server in (MAIN, BACKUP)))
    events = [json.loads(line)["event"] for line in incident.audit.read_text().splitlines()]
    assert events == ["refused", "refused", "attempt", "outcome", "attempt", "outcome"]


async def test_an_unreachable_server_stays_red_until_the_action_has_run_there(tmp_path: Path) -> None:
    """R-141, C-04: one server alone is half the work, and the screen shows when the other takes over."""
    async with open_incident(tmp_path) as incident:
        await lose_link(incident)
        ends = incident.safe_period_ends(MAIN)
        incident.main.reachable = False
        await incident.advance(20)
        await incident.press("o", "down", "enter", "enter")
        await incident.confirm("link down")
        incident.shows("✔ the safe period is off on dhcp-b", "REFUSED on dhcp-a", "✘ dhcp-a NOT YET: PARTNER-DOWN at")
        incident.main.reachable = True
        await incident.advance(5)
        assert incident.safe_period_ends(MAIN) == ends
        await incident.press("escape", "enter", "enter")
        await incident.confirm()
        incident.shows("✔ dhcp-a the safe period is off on dhcp-a", "✔ dhcp-b the safe period is off on dhcp-b")


async def test_stops_one_server_and_sets_it_down_with_the_time_of_the_stop(tmp_path: Path) -> None:
    """R-137, R-141, R-151: the other way to end the race."""
    async with open_incident(tmp_path) as incident:
        await lose_link(incident)
        await incident.press("o", "down", "down", "down", "enter")
        incident.shows("STOP A SERVER: SHORT", "on dhcp-a main", "dhcp-b is not informed of the stop and stays")
        await incident.press("c", "enter")
        await incident.confirm("split")
        incident.shows("✔ dhcp-a has stopped")
        await incident.press("escape", "escape")
        await incident.advance(20)
        assert not incident.world.main.running
        await incident.press("d", "enter", "enter", "down", "down", "enter", "tab")
        await incident.confirm("stopped")
        incident.shows("✔ dhcp-b is PARTNER-DOWN")
        await incident.press("escape")
        incident.world.link.mend()
        incident.world.main.start()
        await incident.advance(400, incident.both_normal)
        incident.shows("Protected: both NORMAL")
        assert "jo: stop dhcp-a: split" in incident.timeline_text
        assert "set-partner-down dhcp-b done" in incident.timeline_text


async def test_without_an_operator_both_take_over_and_resolve_their_conflicts(tmp_path: Path) -> None:
    """R-140, R-145, R-185, R-194: no duplicates before the first PARTNER-DOWN; then a conflict, and NORMAL."""
    async with open_incident(tmp_path) as incident:
        await lose_link(incident)
        assert "duplicates-now" not in incident.banner_kinds
        first = min(incident.safe_period_ends(MAIN), incident.safe_period_ends(BACKUP))
        await incident.advance(first - incident.now - 1)
        assert "race" in incident.banner_kinds
        await incident.advance(4)
        assert incident.banner_kinds & {"duplicates-now", "both-partner-down"}
        await incident.advance(60, lambda: incident.state(MAIN) is incident.state(BACKUP) is State.PARTNER_DOWN)
        incident.shows("BOTH servers are PARTNER-DOWN")
        await incident.press("o")
        incident.shows("dhcp-b is already PARTNER-DOWN", "dhcp-a is already PARTNER-DOWN")
        await incident.press("escape")
        incident.world.link.mend()
        await incident.advance(300, incident.both_normal)
        assert "POTENTIAL-CONFLICT" in incident.timeline_text
