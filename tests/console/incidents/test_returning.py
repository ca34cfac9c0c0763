"""5.6 and 5.7: a server returns without its lease data, or with an old copy. Operated by keys alone."""

from pathlib import Path

from dhcpserver.failover.states import State
from tests.console.incidents.proofs import covers
from tests.console.incidents.stage import BACKUP, MAIN, Incident, open_incident


async def lose_main(incident: Incident) -> None:
    """Crash the main, and wait until it is detected."""
    incident.world.main.crash()
    await incident.advance(90, lambda: "lost contact" in incident.verdict)


@covers("5.6")
async def test_restores_a_lost_database_from_the_partner(tmp_path: Path) -> None:
    """R-195, R-214, R-215, R-218: preflight, startup-wait, RECOVER, a wait whose end is shown, NORMAL."""
    async with open_incident(tmp_path) as incident:
        await lose_main(incident)
        await incident.start_runbook("Return without lease data")
        incident.shows("▶ GATE dhcp-a is not running", "CANNOT TELL: cannot see dhcp-a", "verify it yourself, then y")
        await incident.press("s")
        incident.shows("LOCKED: cannot see dhcp-a")
        await incident.press("y", "y")
        incident.shows("✔ GATE [done", "✔ GATE dhcp-b runs, serves and can be reached")
        await incident.press("y", "y", "y")
        incident.shows("Start dhcp-a", "CAUTION: If dhcp-a becomes PARTNER-DOWN")
        host = incident.world.main
        host.disk.lose(b"another".ljust(16, b"\0"))
        host.start(startup_wait=True)
        await incident.advance(60, lambda: incident.state(MAIN) is State.RECOVER_WAIT)
        await incident.advance(2)
        deadline = incident.recovery_ends(MAIN)
        incident.shows("GATE Both NORMAL" if incident.both_normal() else "dhcp-a waits until")
        await incident.press("escape", "escape")
        incident.countdown_ends("MCLT wait ends: dhcp-a may serve", deadline)
        incident.verdict_has("dhcp-a is recovering (RECOVER-WAIT)", "dhcp-b serves clients")
        incident.shows("waits for MCLT before it serves clients: this is normal")

        # A reload now would restart the transfer.
        await incident.press("o", *["down"] * 4)
        incident.shows("✘ dhcp-a: dhcp-a is RECOVER-WAIT")
        await incident.press("enter")
        await incident.select_server(MAIN)
        await incident.check_blocked("dhcp-a is RECOVER-WAIT")
        await incident.press("escape", "escape")
        await incident.advance(deadline - incident.now + 30, incident.both_normal)
        await incident.press("r", "enter")
        await incident.advance(60)
        incident.shows("COMPLETE")
        assert len(incident.world.main.book.leases) >= 12
        await incident.press("escape", "escape")
        incident.verdict_has("Protected: both NORMAL")
        await incident.timeline_shows("dhcp-a RECOVER -> RECOVER-WAIT", "jo: runbook-start lost-database")


@covers("5.7")
async def test_stops_an_old_copy_without_failover_recover_at_the_gate(tmp_path: Path) -> None:
    """R-196: the gate stays closed without it; with it, all leases are requested; afterwards it is unset."""
    async with open_incident(tmp_path) as incident:
        host = incident.world.main
        image = host.disk.image(int(host.now))
        await incident.advance(200)
        served = int(host.now) + 1
        await lose_main(incident)
        incident.verdict_has("dhcp-b lost contact with dhcp-a", "serves its own pool")
        incident.countdown_ends("safe period ends: dhcp-b", incident.safe_period_ends(BACKUP))
        await incident.start_runbook("Return with an old copy")
        incident.shows("▶ GATE dhcp-a is not running")
        await incident.press("y", "y")
        incident.shows("GATE dhcp-b runs, serves")
        await incident.press("y", "y", "y")
        host.disk.restore(image)
        host.start()
        await incident.advance(3)
        incident.shows(
            "dhcp-a runs WITHOUT failover-recover: stop it now", "CAUTION: If it runs without failover-recover"
        )
        await incident.press("y")
        incident.shows("LOCKED: dhcp-a runs WITHOUT failover-recover")

        host.stop(long=False)
        await incident.advance(5, lambda: not host.running)
        host.disk.restore(image)
        host.start(recover=served)
        await incident.advance(30, lambda: incident.state(MAIN) is State.RECOVER_WAIT)
        await incident.advance(2)
        deadline = incident.recovery_ends(MAIN)
        await incident.press("escape", "escape")
        incident.verdict_has("dhcp-a is recovering (RECOVER-WAIT)", "dhcp-b serves clients")
        incident.countdown_ends("MCLT wait ends: dhcp-a may serve", deadline)
        await incident.press("o", *["down"] * 3, "enter")
        await incident.select_server(BACKUP)
        await incident.check_blocked("dhcp-a is RECOVER-WAIT")
        await incident.press("escape", "escape", "r", "enter")
        await incident.advance(deadline - incident.now - 2)
        assert incident.state(MAIN) is State.RECOVER_WAIT
        await incident.advance(400, incident.both_normal)
        await incident.advance(30)
        incident.shows("failover-recover is still set on dhcp-a")
        host.recover = 0
        incident.main.reload_pending = True
        await incident.press("enter", "enter")
        await incident.confirm("unset")
        incident.shows("✔ dhcp-a has restarted")
        await incident.press("escape")
        await incident.advance(60, incident.both_normal)
        await incident.advance(30)
        incident.shows("COMPLETE")
        await incident.press("escape", "escape")
        incident.verdict_has("Protected: both NORMAL")
        await incident.timeline_shows("reload dhcp-a done", "dhcp-a RECOVER -> RECOVER-WAIT")
