"""5.6 and 5.7: a server returns without its lease data, or with an old copy. Played by keys alone."""

from pathlib import Path

from dhcpserver.failover.states import State
from tests.console.incidents.proofs import whole
from tests.console.incidents.stage import BACKUP, MAIN, Incident, playing


async def gone(incident: Incident) -> None:
    """The main has died, and both have noticed."""
    incident.world.main.crash()
    await incident.later(90, lambda: "no contact" in incident.verdict)


@whole("5.6")
async def test_a_lost_database_comes_back_from_the_partner(tmp_path: Path) -> None:
    """R-195, R-214, R-215, R-218: preflight, startup-wait, RECOVER, the wait until a second that is shown, NORMAL."""
    async with playing(tmp_path) as incident:
        await gone(incident)
        await incident.follow("Return without lease data")
        incident.sees("✔ GATE dhcp-a is not running", "✔ GATE dhcp-b runs, serves and can be reached")
        await incident.press("y", "y", "y")
        incident.sees("Start dhcp-a", "STOP if dhcp-a becomes PARTNER-DOWN")
        host = incident.world.main
        host.disk.lose(b"another".ljust(16, b"\0"))
        host.start(startup_wait=True)
        await incident.later(60, lambda: incident.state(MAIN) is State.RECOVER_WAIT)
        await incident.later(2)
        deadline = incident.recovered(MAIN)
        incident.sees("GATE Both NORMAL" if incident.both_normal() else "dhcp-a waits until")
        await incident.press("escape", "escape")
        incident.counts_down("MCLT wait over: dhcp-a may serve", deadline)
        incident.says("dhcp-a is recovering (RECOVER-WAIT)", "the other one serves")
        incident.sees("waits for MCLT before it serves: this is normal")

        # A reload now would throw the transfer away.
        await incident.press("o", *["down"] * 4)
        incident.sees("✘ dhcp-a: dhcp-a is RECOVER-WAIT")
        await incident.press("enter")
        await incident.aim(MAIN)
        await incident.is_blocked("dhcp-a is RECOVER-WAIT")
        await incident.press("escape", "escape")
        await incident.later(deadline - incident.now + 30, incident.both_normal)
        await incident.press("r", "enter")
        await incident.later(60)
        incident.sees("COMPLETE")
        assert len(incident.world.main.book.leases) >= 12
        await incident.press("escape", "escape")
        incident.says("Protected: both NORMAL")
        await incident.timeline_shows("dhcp-a RECOVER -> RECOVER-WAIT", "jo: runbook-start lost-database")


@whole("5.7")
async def test_an_old_copy_without_failover_recover_is_stopped_at_the_gate(tmp_path: Path) -> None:
    """R-196: the gate does not open without it; with it, everything is asked for; afterwards it is unset."""
    async with playing(tmp_path) as incident:
        host = incident.world.main
        image = host.disk.image(int(host.now))
        await incident.later(200)
        served = int(host.now) + 1
        await gone(incident)
        incident.says("dhcp-b has no contact with dhcp-a", "serves its own pool")
        incident.counts_down("safe period ends: dhcp-b", incident.safe_period_ends(BACKUP))
        await incident.follow("Return with an old copy")
        incident.sees("GATE dhcp-b runs, serves")
        await incident.press("y", "y", "y")
        host.disk.restore(image)
        host.start()
        await incident.later(3)
        incident.sees("dhcp-a runs WITHOUT failover-recover: stop it now", "STOP if It runs without failover-recover")
        await incident.press("y")
        incident.sees("LOCKED: dhcp-a runs WITHOUT failover-recover")

        host.stop(long=False)
        await incident.later(5, lambda: not host.running)
        host.disk.restore(image)
        host.start(recover=served)
        await incident.later(30, lambda: incident.state(MAIN) is State.RECOVER_WAIT)
        await incident.later(2)
        deadline = incident.recovered(MAIN)
        await incident.press("escape", "escape")
        incident.says("dhcp-a is recovering (RECOVER-WAIT)", "the other one serves")
        incident.counts_down("MCLT wait over: dhcp-a may serve", deadline)
        await incident.press("o", *["down"] * 3, "enter")
        await incident.aim(BACKUP)
        await incident.is_blocked("dhcp-a is RECOVER-WAIT")
        await incident.press("escape", "escape", "r", "enter")
        await incident.later(deadline - incident.now - 2)
        assert incident.state(MAIN) is State.RECOVER_WAIT
        await incident.later(400, incident.both_normal)
        await incident.later(30)
        incident.sees("dhcp-a has failover-recover set still")
        host.recover = 0
        incident.main.reload_pending = True
        await incident.press("enter", "enter")
        await incident.confirm("unset")
        incident.sees("✔ dhcp-a has started over")
        await incident.press("escape")
        await incident.later(60, incident.both_normal)
        await incident.later(30)
        incident.sees("COMPLETE")
        await incident.press("escape", "escape")
        incident.says("Protected: both NORMAL")
        await incident.timeline_shows("reload dhcp-a done", "dhcp-a RECOVER -> RECOVER-WAIT")
