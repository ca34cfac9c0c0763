"""5.5: both served on their own, and compare their leases. Played by keys alone."""

from pathlib import Path

from console.insight.runbooks.listing import fitting
from dhcpserver.failover.states import State
from tests.console.incidents.proofs import whole
from tests.console.incidents.stage import BACKUP, MAIN, Premises, playing

EARLY = Premises(safe_period=60)
"""Both take over before MCLT is over."""


@whole("5.5")
async def test_a_conflict_is_waited_out_and_closed(tmp_path: Path) -> None:
    """R-145, R-185, R-194: silence with its progress, the main first, no action that would begin it anew."""
    async with playing(tmp_path, EARLY, latency=1.5) as incident:
        incident.world.link.cut()
        await incident.later(60, lambda: "race" in incident.banner_kinds)
        first = min(incident.safe_period_ends(MAIN), incident.safe_period_ends(BACKUP))
        incident.says("BOTH servers answer us but not each other: act before")
        incident.counts_down("safe period ends: dhcp-", first)
        await incident.later(700, lambda: incident.state(MAIN) is incident.state(BACKUP) is State.PARTNER_DOWN)
        await incident.later(2)
        incident.says("BOTH servers are PARTNER-DOWN")
        for name in (MAIN, BACKUP):
            incident.counts_down(f"MCLT over: {name} may give out", incident.pool_usable(name))
        incident.world.link.mend()
        await incident.later(60, lambda: "no-service" in incident.banner_kinds)
        incident.says("No server serves clients: both are resolving conflicts")
        incident.sees("do not restart either")
        best, _ = fitting(incident.pair, incident.now, incident.store.zone)[0]
        assert best.name == "potential-conflict"
        await incident.press("r", "enter", "enter")
        incident.sees("GATE It ends by itself", "is POTENTIAL-CONFLICT")
        await incident.press("k")
        incident.sees("LOCKED: dhcp-a is POTENTIAL-CONFLICT")
        await incident.press("escape", "escape", "o", *["down"] * 4)
        incident.sees("dhcp-a is resolving conflicts: it would begin anew")
        await incident.press("enter")
        await incident.is_blocked("dhcp-a is resolving conflicts: it would begin anew")
        await incident.press("escape", "escape")
        await incident.later(300, incident.both_normal)
        await incident.later(60)
        await incident.press("r", "enter")
        incident.sees("Two clients may have had one address")
        await incident.press("y")
        incident.sees("COMPLETE")
        await incident.press("x")
        await incident.press("escape")
        incident.says("Protected: both NORMAL")
        await incident.timeline_shows("jo: runbook-step potential-conflict/losers", "jo: runbook-end")
