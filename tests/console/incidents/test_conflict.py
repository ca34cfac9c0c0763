"""5.5: both servers served alone, and compare their leases. Operated by keys alone."""

from pathlib import Path

from console.insight.runbooks.listing import fitting
from dhcpserver.failover.states import State
from tests.console.incidents.proofs import covers
from tests.console.incidents.stage import BACKUP, MAIN, IncidentSite, open_incident

EARLY = IncidentSite(safe_period=60)
"""Both take over before MCLT has passed."""


@covers("5.5")
async def test_a_conflict_is_waited_out_and_closed(tmp_path: Path) -> None:
    """R-145, R-185, R-194: no service and the progress, the main first, no action that would restart the resolution."""
    async with open_incident(tmp_path, EARLY, latency=1.5) as incident:
        incident.world.link.cut()
        await incident.advance(60, lambda: "race" in incident.banner_kinds)
        first = min(incident.safe_period_ends(MAIN), incident.safe_period_ends(BACKUP))
        incident.verdict_has("BOTH servers run but have lost contact: act before")
        incident.countdown_ends("safe period ends: dhcp-", first)
        await incident.advance(700, lambda: incident.state(MAIN) is incident.state(BACKUP) is State.PARTNER_DOWN)
        await incident.advance(2)
        incident.verdict_has("BOTH servers are PARTNER-DOWN")
        for name in (MAIN, BACKUP):
            incident.countdown_ends(f"MCLT ends: {name} may lease", incident.pool_usable(name))
        incident.world.link.mend()
        await incident.advance(60, lambda: "no-service" in incident.banner_kinds)
        incident.verdict_has("No server serves clients: both are resolving conflicts")
        incident.shows("Do not restart either")
        best, _ = fitting(incident.pair, incident.now, incident.store.zone)[0]
        assert best.name == "potential-conflict"
        await incident.press("r", "enter", "enter")
        incident.shows("GATE It ends without help", "is POTENTIAL-CONFLICT")
        await incident.press("s")
        incident.shows("LOCKED: dhcp-a is POTENTIAL-CONFLICT")
        await incident.press("escape", "escape", "o", *["down"] * 4)
        incident.shows("dhcp-a is resolving conflicts: it would start again")
        await incident.press("enter")
        await incident.check_blocked("dhcp-a is resolving conflicts: it would start again")
        await incident.press("escape", "escape")
        await incident.advance(300, incident.both_normal)
        await incident.advance(60)
        await incident.press("r", "enter")
        incident.shows("Two clients may have had the same address")
        await incident.press("y")
        incident.shows("COMPLETE")
        await incident.press("x")
        await incident.press("escape")
        # While it lasted, the forecast had addresses that left the pools: it is over with the window of the forecast.
        await incident.advance(1200, lambda: not incident.pair.open_alarms)
        incident.verdict_has("Protected: both NORMAL")
        await incident.timeline_shows("jo: runbook-step potential-conflict/losers", "jo: runbook-end")
