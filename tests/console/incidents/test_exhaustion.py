"""5.3: the backup, alone, runs out of addresses; and so that it does not happen again. Played by keys alone."""

from pathlib import Path

from console.insight.runbooks.listing import fitting
from tests.console.incidents.proofs import whole
from tests.console.incidents.stage import BACKUP, MAIN, Premises, playing

TIGHT = Premises(near=14, far=10, backup_pct=20, safe_period=2000)
"""The backup has two or three addresses in each scope."""


@whole("5.3")
async def test_a_backup_without_addresses_gets_its_partners(tmp_path: Path) -> None:
    """R-105, R-142, R-144, R-151, R-220: what exists and whose it is, then Set Partner Down, then a larger share."""
    async with playing(tmp_path, TIGHT, clients=8) as incident:
        incident.world.main.crash(vanish=True)
        await incident.later(90, lambda: "no contact" in incident.verdict)
        incident.says("dhcp-b has no contact with dhcp-a", "serves its own pool")
        for customer in incident.world.clients.all:
            # New faces: nobody asks for what they had.
            customer.machine.leave()
        incident.newcomers(6)
        await incident.later(40, lambda: incident.own(BACKUP, "far") == 0)
        best, _ = fitting(incident.pair, incident.now, incident.store.zone)[0]
        assert best.name == "pool-exhaustion"

        await incident.press("r")
        incident.sees("▶ Addresses run out MATCHES NOW")
        await incident.press("enter", "enter")
        others = incident.others(BACKUP)
        assert others > 0
        incident.sees("far: 0 free of its own", "that are dhcp-a's")
        await incident.press("y", "enter")
        incident.sees("SET PARTNER DOWN dhcp-b treats dhcp-a as dead")
        await incident.press("enter", "enter", "down", "enter", "tab")
        await incident.confirm("no power")
        incident.sees("✔ dhcp-b is PARTNER-DOWN")
        await incident.press("escape")
        usable = incident.pool_usable(BACKUP)
        incident.sees("Wait until dhcp-a's addresses can be given out")
        await incident.press("escape", "escape")
        incident.says("dhcp-b serves all clients: dhcp-a was declared down")
        incident.counts_down("MCLT over: dhcp-b may give out dhcp-a's", usable)
        await incident.press("o", *["down"] * 3, "enter", "s")
        await incident.is_blocked("cannot see dhcp-a: nobody may be left to serve clients")
        await incident.press("escape", "escape", "r", "enter")
        await incident.later(usable - incident.now + 2)
        incident.sees("GATE Both NORMAL again")
        await incident.press("y")
        incident.sees("LOCKED: cannot see dhcp-a")

        incident.world.main.start()
        await incident.later(400, incident.both_normal)
        await incident.later(20)
        incident.sees("Raise backup-pct on dhcp-a")
        incident.configure(MAIN, backup_pct=50)
        await incident.press("y")
        await incident.later(2)
        incident.sees("Reload dhcp-a")
        await incident.press("enter", "enter")
        await incident.confirm("pct")
        incident.sees("✔ dhcp-a has started over with its configuration")
        await incident.press("escape")
        await incident.later(60, incident.both_normal)
        await incident.later(60)
        incident.sees("COMPLETE", "All steps are done")
        await incident.press("escape", "escape")
        done = ("set-partner-down dhcp-b done", "reload dhcp-a done", "jo: runbook-start pool-exhaustion")
        await incident.timeline_shows(*done)
