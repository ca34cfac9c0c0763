"""5.4: one side was changed and the other was not, so that they refuse each other. Played by keys alone."""

from pathlib import Path

from console.insight.runbooks.listing import fitting
from dhcpserver.failover.states import State
from tests.console.incidents.proofs import whole
from tests.console.incidents.stage import BACKUP, MAIN, playing


@whole("5.4")
async def test_a_changed_mclt_keeps_the_link_down_until_both_have_it(tmp_path: Path) -> None:
    """R-047, R-139, R-228: what differs, the countdown that runs meanwhile, edit, reload, NORMAL."""
    async with playing(tmp_path) as incident:
        incident.configure(MAIN, mclt=240)
        incident.restart(MAIN)
        await incident.later(60, lambda: incident.state(MAIN) is State.COMMUNICATIONS_INTERRUPTED)
        await incident.later(10)
        first = min(incident.safe_period_ends(MAIN), incident.safe_period_ends(BACKUP))
        incident.says("BOTH servers answer us but not each other: act before")
        incident.counts_down("safe period ends: dhcp-", first)
        assert "failover-config-mismatch" in {alarm.kind for alarm in incident.pair.open_alarms}
        best, _ = fitting(incident.pair, incident.now, incident.store.zone)[0]
        assert best.name == "config-mismatch"

        # Both run and serve: that is no case for Set Partner Down.
        await incident.press("d")
        await incident.is_blocked("dhcp-a answers and is COMMUNICATIONS-INTERRUPTED")
        await incident.press("escape")

        await incident.follow("Configurations differ")
        incident.sees("these differ", "mclt")
        await incident.press("y")
        incident.sees("no file has been changed yet")
        incident.configure(BACKUP, mclt=240)
        await incident.later(2)
        incident.sees("Reload dhcp-b, if its file was changed")
        await incident.press("enter")
        incident.sees("RELOAD A SERVER", "on dhcp-b", "? CONFIRM dhcp-a is COMMUNICATIONS-INTERRUPTED, not NORMAL")
        await incident.press("enter")
        # A soft guard wants a reason: without one it is refused, and nothing is sent.
        await incident.confirm()
        incident.sees("REFUSED on dhcp-b, nothing was sent", "give a reason to continue")
        await incident.press("escape", "enter", "enter")
        await incident.confirm("mclt")
        incident.sees("✔ dhcp-b has started over with its configuration")
        await incident.press("escape")
        await incident.later(90, incident.both_normal)
        await incident.later(10)
        incident.sees("COMPLETE")
        assert "failover-config-mismatch" not in {alarm.kind for alarm in incident.pair.open_alarms}
        await incident.press("escape", "escape")
        incident.says("Protected: both NORMAL")
        await incident.timeline_shows("reload dhcp-b done")
        enabled = [line.text for line in incident.pair.logs if "04092" in line.text or "is enabled" in line.text]
        assert any("mclt = 240" in line for line in enabled)
