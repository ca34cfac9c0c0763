"""5.8: failover was switched off on the backup while the main was out; both are led back to their roles by keys alone.

What is typed at the machines, outside of the console, the test does in its place, when the runbook says so.
"""

from pathlib import Path

from console.insight.runbooks.listing import fitting
from dhcpserver.failover.states import State
from tests.console.incidents.proofs import whole
from tests.console.incidents.stage import BACKUP, MAIN, Incident, playing


def at_the_machine(incident: Incident, name: str, **changes: object) -> None:
    """Edit config.toml and restart, or start."""
    incident.configure(name, **changes)
    incident.restart(name)


@whole("5.8")
async def test_the_six_phases(tmp_path: Path) -> None:
    """R-205, R-219 to R-227: each gate opens by what is true, and both end NORMAL in their old roles."""
    async with playing(tmp_path) as incident:
        incident.world.main.crash(vanish=True)
        await incident.later(90, lambda: "no contact" in incident.verdict)
        at_the_machine(incident, BACKUP, failover=False)
        await incident.later(10)
        best, _ = fitting(incident.pair, incident.now, incident.store.zone)[0]
        assert best.name == "role-reversal"

        # 1: the backup becomes the main.
        await incident.press("r", "enter", "enter")
        incident.sees("✔ GATE dhcp-a is down and its product stopped", "roles swapped")
        at_the_machine(incident, BACKUP, swapped=True)
        await incident.press("y")
        incident.sees("dhcp-b: On dhcp-b: failover on, reload")
        await incident.press("x")
        incident.sees("To stop here: dhcp-b serves everyone, alone. dhcp-a must stay off")
        await incident.press("escape")
        at_the_machine(incident, BACKUP, failover=True)
        await incident.later(60, lambda: incident.state(BACKUP) is State.PARTNER_DOWN)
        await incident.later(3)
        incident.sees("2 dhcp-a without clients", "Keep clients from dhcp-a")
        assert incident.roles()[1] == "main"
        await incident.press("escape", "escape")
        incident.says("dhcp-b serves all clients: dhcp-a was declared down")
        incident.counts_down("MCLT over: dhcp-b may give out dhcp-a's", incident.pool_usable(BACKUP))
        await incident.press("o", *["down"] * 3, "enter", "s")
        await incident.is_blocked("cannot see dhcp-a: nobody may be left to serve clients")
        await incident.press("escape", "escape", "r", "enter")

        # 2 and 3: the old main comes back empty, as the backup.
        await incident.press("y", "y")
        incident.sees("3 dhcp-a comes back empty")
        incident.configure(MAIN, swapped=True)
        await incident.press("y")
        incident.sees("✔ GATE The server is not running on dhcp-a")
        await incident.press("y")
        incident.sees("rm -f DATA/leases.db* DATA/state.json # on dhcp-a ONLY")
        incident.world.main.disk.lose(b"another".ljust(16, b"\0"))
        await incident.press("y")
        incident.restart(MAIN)
        await incident.later(2)
        incident.sees("4 both learn")

        # 4: nobody goes on before both are NORMAL.
        if not incident.both_normal():
            await incident.press("y", "k")
            incident.sees("4 both learn")
        await incident.later(400, incident.both_normal)
        await incident.later(30)

        # 5: the old roles again.
        incident.sees("5 the old roles again", "NO SERVER SERVES")
        for name in (MAIN, BACKUP):
            host = incident.machine(name).host
            host.stop(long=False)
            await incident.later(10, lambda host=host: not host.running)  # type: ignore[misc]
            await incident.later(5)
        incident.sees("roles straight, failover off, start. It is the sole server")
        assert "Cannot see" in incident.verdict
        at_the_machine(incident, MAIN, swapped=False, failover=False)
        await incident.later(5)
        incident.sees("On dhcp-a: failover on, reload")
        at_the_machine(incident, MAIN, failover=True)
        await incident.later(60, lambda: incident.state(MAIN) is State.PARTNER_DOWN)
        await incident.later(5)
        incident.sees("On dhcp-b: roles straight, failover on, start")
        at_the_machine(incident, BACKUP, swapped=False)
        await incident.later(5)

        # 6: whole again.
        incident.sees("6 done")
        await incident.later(600, incident.both_normal)
        await incident.later(60)
        incident.sees("COMPLETE")
        assert incident.roles() == ("main", "backup")
        await incident.press("escape", "escape")
        incident.says("Protected: both NORMAL")
        steps = ("swap-b", "isolate", "remove", "both-normal", "sole-a", "normal-again")
        await incident.timeline_shows(*(f"runbook-step role-reversal/{step}" for step in steps))
