"""5.3: the backup is alone and runs out of addresses; then the cause is removed. Operated by keys alone."""

from pathlib import Path

from console.insight.runbooks.listing import fitting
from tests.console.incidents.proofs import covers
from tests.console.incidents.stage import BACKUP, MAIN, IncidentSite, open_incident

TIGHT = IncidentSite(near=14, far=10, backup_pct=20, safe_period=2000)
"""The backup has two or three addresses in each scope."""


@covers("5.3")
async def test_a_backup_without_addresses_gets_those_of_its_partner(tmp_path: Path) -> None:
    """R-105, R-142, R-144, R-151, R-220: the addresses and their owners, Set Partner Down, then a larger share."""
    async with open_incident(tmp_path, TIGHT, clients=8) as incident:
        incident.world.main.crash(vanish=True)
        await incident.advance(90, lambda: "lost contact" in incident.verdict)
        incident.verdict_has("dhcp-b lost contact with dhcp-a", "serves its own pool")
        for customer in incident.world.clients.all:
            # Only new clients remain: no client requests its old address.
            customer.machine.leave()
        incident.add_clients(6)
        await incident.advance(40, lambda: incident.own(BACKUP, "far") == 0)
        incident.verdict_has("EMPTY: far", "dhcp-b lost contact with dhcp-a")
        best, _ = fitting(incident.pair, incident.now, incident.store.zone)[0]
        assert best.name == "pool-exhaustion"

        await incident.press("r")
        incident.shows("▶ Addresses run out MATCHES NOW")
        await incident.press("enter", "enter")
        others = incident.others(BACKUP)
        assert others > 0
        incident.shows("far: 0 own free addresses", "of dhcp-a")
        await incident.press("y", "enter")
        incident.shows("SET PARTNER DOWN dhcp-b treats dhcp-a as down")
        await incident.press("enter", "enter", "down", "enter", "tab")
        await incident.confirm("no power")
        incident.shows("✔ dhcp-b is PARTNER-DOWN")
        await incident.press("escape")
        usable = incident.pool_usable(BACKUP)
        incident.shows("Wait until dhcp-b may lease dhcp-a's addresses")
        await incident.press("escape", "escape")
        incident.verdict_has("dhcp-b serves all clients: dhcp-a was declared down")
        incident.countdown_ends("MCLT ends: dhcp-b may lease dhcp-a's", usable)
        await incident.press("o", *["down"] * 3, "enter", "s")
        await incident.check_blocked("cannot see dhcp-a: perhaps no server would serve clients")
        await incident.press("escape", "escape", "r", "enter")
        await incident.advance(usable - incident.now + 2)
        incident.shows("GATE Both NORMAL again")
        await incident.press("y")
        incident.shows("LOCKED: cannot see dhcp-a")

        incident.world.main.start()
        await incident.advance(400, incident.both_normal)
        await incident.advance(20)
        incident.shows("Raise backup-pct on dhcp-a")
        incident.configure(MAIN, backup_pct=50)
        await incident.press("y")
        await incident.advance(2)
        incident.shows("Reload dhcp-a")
        await incident.press("enter", "enter")
        await incident.confirm("pct")
        incident.shows("✔ dhcp-a has restarted with its configuration")
        await incident.press("escape")
        await incident.advance(60, incident.both_normal)
        await incident.advance(60)
        incident.shows("COMPLETE", "All steps are done")
        await incident.press("escape", "escape")
        done = ("set-partner-down dhcp-b done", "reload dhcp-a done", "jo: runbook-start pool-exhaustion")
        await incident.timeline_shows(*done)
