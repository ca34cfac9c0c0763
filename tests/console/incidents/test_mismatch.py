"""5.4: one server's configuration was changed and the other's was not, so that the link is refused. By keys alone."""

from pathlib import Path

from console.insight.runbooks.listing import fitting
from dhcpserver.failover.states import State
from tests.console.incidents.proofs import covers
from tests.console.incidents.stage import BACKUP, MAIN, open_incident


@covers("5.4")
async def test_a_changed_mclt_keeps_the_link_down_until_both_servers_have_it(tmp_path: Path) -> None:
    """R-047, R-139, R-206, R-228: the difference, the countdown that runs meanwhile, edit, reload, NORMAL."""
    async with open_incident(tmp_path) as incident:
        incident.configure(MAIN, mclt=240)
        incident.restart(MAIN)
        await incident.advance(60, lambda: incident.state(MAIN) is State.COMMUNICATIONS_INTERRUPTED)
        await incident.advance(10)
        first = min(incident.safe_period_ends(MAIN), incident.safe_period_ends(BACKUP))
        incident.verdict_has("BOTH servers run but have lost contact: act before")
        incident.countdown_ends("safe period ends: dhcp-", first)
        assert "failover-config-mismatch" in {alarm.kind for alarm in incident.pair.open_alarms}
        best, _ = fitting(incident.pair, incident.now, incident.store.zone)[0]
        assert best.name == "config-mismatch"

        # Both run and serve: Set Partner Down is blocked.
        await incident.press("d")
        await incident.check_blocked("dhcp-a answers and is COMMUNICATIONS-INTERRUPTED")
        await incident.press("escape")

        await incident.start_runbook("Configurations differ")
        incident.shows("the configurations differ", "mclt")
        await incident.press("y")
        incident.shows("no configuration has been changed yet")
        incident.configure(BACKUP, mclt=240)
        await incident.advance(2)
        incident.shows("Reload dhcp-b, if you changed its configuration")
        await incident.press("enter")
        incident.shows("RELOAD A SERVER", "on dhcp-b", "? CONFIRM dhcp-a is COMMUNICATIONS-INTERRUPTED, not NORMAL")
        await incident.press("enter")
        # A soft guard requires a reason: without one it refuses, and nothing is sent.
        await incident.confirm()
        incident.shows("REFUSED on dhcp-b, nothing was sent", "give a reason to continue")
        await incident.press("escape", "enter", "enter")
        await incident.confirm("mclt")
        incident.shows("✔ dhcp-b has restarted with its configuration")
        await incident.press("escape")
        await incident.advance(90, incident.both_normal)
        await incident.advance(10)
        incident.shows("COMPLETE")
        assert "failover-config-mismatch" not in {alarm.kind for alarm in incident.pair.open_alarms}
        await incident.press("escape", "escape")
        incident.verdict_has("Protected: both NORMAL")
        await incident.timeline_shows("reload dhcp-b done")
        enabled = [line.text for line in incident.pair.logs if "04092" in line.text or "is enabled" in line.text]
        assert any("mclt = 240" in line for line in enabled)
