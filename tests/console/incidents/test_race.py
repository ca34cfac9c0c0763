"""5.2: the link between two living servers is lost, and a clock runs on both. Played by keys alone."""

import json
from pathlib import Path

from dhcpserver.failover.states import State
from tests.console.incidents.proofs import whole
from tests.console.incidents.stage import BACKUP, MAIN, Incident, playing


async def link_lost(incident: Incident) -> None:
    incident.world.link.cut()
    await incident.later(60, lambda: "race" in incident.banner_kinds)


@whole("5.2")
async def test_the_safe_period_is_switched_off_on_both_and_the_link_mended(tmp_path: Path) -> None:
    """R-137, R-140, R-141, R-145: Set Partner Down is blocked while both run; two ticks end the race."""
    async with playing(tmp_path) as incident:
        await link_lost(incident)
        first = min(incident.safe_period_ends(MAIN), incident.safe_period_ends(BACKUP))
        incident.says("BOTH servers answer us but not each other: act before")
        incident.sees("Both alive, link between them lost.")
        incident.counts_down("safe period ends: dhcp-", first)

        # Both run: neither may treat the other as dead.
        await incident.press("d")
        await incident.is_blocked("dhcp-a answers and is COMMUNICATIONS-INTERRUPTED")
        await incident.press("escape")

        # Off on both, in one go; a wrong name does nothing.
        await incident.press("o", "down", "enter")
        incident.sees("✘ dhcp-a NOT YET: PARTNER-DOWN at", "✘ dhcp-b NOT YET: PARTNER-DOWN at")
        await incident.press("enter")
        await incident.confirm(name="la")
        incident.sees("NOT DONE: 'la' is not the pair's name lab")
        await incident.press("ctrl+u")
        await incident.type("lab")
        await incident.press("enter")
        incident.sees("✔ the safe period is off on dhcp-a", "✔ the safe period is off on dhcp-b")
        await incident.press("escape", "escape")
        await incident.later(incident.world.site.safe_period + 60)
        assert incident.state(MAIN) is incident.state(BACKUP) is State.COMMUNICATIONS_INTERRUPTED
        incident.sees("No automatic takeover is due: repair the link")

        incident.world.link.mend()
        await incident.later(60, incident.both_normal)
        incident.says("Protected: both NORMAL")
        await incident.timeline_shows(*(f"use-safe-period {server} done: the safe period" for server in (MAIN, BACKUP)))
    events = [json.loads(line)["event"] for line in incident.audit.read_text().splitlines()]
    assert events == ["refused", "refused", "attempt", "outcome", "attempt", "outcome"]


async def test_one_server_that_cannot_be_reached_stays_red_until_it_is_done_too(tmp_path: Path) -> None:
    """R-141, C-04: one tick is half the work, and the screen says when the other takes over."""
    async with playing(tmp_path) as incident:
        await link_lost(incident)
        ends = incident.safe_period_ends(MAIN)
        incident.main.reachable = False
        await incident.later(20)
        await incident.press("o", "down", "enter", "enter")
        await incident.confirm("link down")
        incident.sees("✔ the safe period is off on dhcp-b", "REFUSED on dhcp-a", "✘ dhcp-a NOT YET: PARTNER-DOWN at")
        incident.main.reachable = True
        await incident.later(5)
        assert incident.safe_period_ends(MAIN) == ends
        await incident.press("escape", "enter", "enter")
        await incident.confirm()
        incident.sees("✔ dhcp-a the safe period is off on dhcp-a", "✔ dhcp-b the safe period is off on dhcp-b")


async def test_one_is_stopped_and_then_declared_down_with_the_time_of_the_stop(tmp_path: Path) -> None:
    """R-137, R-141, R-151: the other way out of the race."""
    async with playing(tmp_path) as incident:
        await link_lost(incident)
        await incident.press("o", "down", "down", "down", "enter")
        incident.sees("STOP A SERVER: SHORT", "on dhcp-a main", "dhcp-b is told nothing and stays")
        await incident.press("c", "enter")
        await incident.confirm("split")
        incident.sees("✔ dhcp-a has stopped")
        await incident.press("escape", "escape")
        await incident.later(20)
        assert not incident.world.main.running
        await incident.press("d", "enter", "enter", "down", "down", "enter", "tab")
        await incident.confirm("stopped")
        incident.sees("✔ dhcp-b is PARTNER-DOWN")
        await incident.press("escape")
        incident.world.link.mend()
        incident.world.main.start()
        await incident.later(400, incident.both_normal)
        incident.sees("Protected: both NORMAL")
        assert "jo: stop dhcp-a: split" in incident.story
        assert "set-partner-down dhcp-b done" in incident.story


async def test_when_nobody_acts_both_take_over_and_resolve_their_conflicts(tmp_path: Path) -> None:
    """R-140, R-145, R-185, R-194: no duplicates before the first PARTNER-DOWN; then a conflict, and back."""
    async with playing(tmp_path) as incident:
        await link_lost(incident)
        assert "duplicates-now" not in incident.banner_kinds
        first = min(incident.safe_period_ends(MAIN), incident.safe_period_ends(BACKUP))
        await incident.later(first - incident.now - 1)
        assert "race" in incident.banner_kinds
        await incident.later(4)
        assert incident.banner_kinds & {"duplicates-now", "both-partner-down"}
        await incident.later(60, lambda: incident.state(MAIN) is incident.state(BACKUP) is State.PARTNER_DOWN)
        incident.sees("BOTH servers are PARTNER-DOWN")
        await incident.press("o")
        incident.sees("dhcp-b is PARTNER-DOWN already", "dhcp-a is PARTNER-DOWN already")
        await incident.press("escape")
        incident.world.link.mend()
        await incident.later(300, incident.both_normal)
        assert "POTENTIAL-CONFLICT" in incident.story
