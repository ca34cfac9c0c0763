"""5.8: failover was switched off on the backup during an outage of the main; both return to their roles by keys alone.

The test itself runs the commands that an operator types on the hosts, when the runbook shows them.
"""

from pathlib import Path

from console.insight.runbooks.listing import fitting
from dhcpserver.failover.states import State
from tests.console.incidents.proofs import covers
from tests.console.incidents.stage import BACKUP, MAIN, Incident, open_incident


def at_the_machine(incident: Incident, name: str, **changes: object) -> None:
    """Edit config.toml and restart or start the server."""
    incident.configure(name, **changes)
    incident.restart(name)


@covers("5.8")
async def test_passes_the_six_phases(tmp_path: Path) -> None:
    """R-205, R-219 to R-227: each gate opens by facts, and both end NORMAL in their old roles."""
    async with open_incident(tmp_path) as incident:
        incident.world.main.crash(vanish=True)
        await incident.advance(90, lambda: "lost contact" in incident.verdict)
        at_the_machine(incident, BACKUP, failover=False)
        await incident.advance(10)
        best, _ = fitting(incident.pair, incident.now, incident.store.zone)[0]
        assert best.name == "role-reversal"

        # 1: the backup becomes the main.
        await incident.press("r", "enter", "enter")
        incident.shows("▶ GATE dhcp-a is down", "CANNOT TELL: cannot see dhcp-a")
        await incident.press("y", "y")
        incident.shows("dhcp-a is down or its DHCP server is stopped", "roles swapped")
        await incident.press("enter")
        incident.shows("EXCHANGE THE ROLES: MAIN", "on dhcp-b", "cannot see dhcp-a: make sure that it is stopped")
        incident.shows("dhcp-b discards what it has stored of its state in this pair (R-205). It loses no lease")
        await incident.press("enter", "space", "tab")
        await incident.confirm("dhcp-a is off")
        incident.shows("✔ dhcp-b has the role main in its configuration; failover is off there")
        await incident.press("escape")
        await incident.advance(3)
        await incident.press("y")
        incident.shows("dhcp-b: On dhcp-b: failover on, reload")
        await incident.press("x")
        incident.shows("To stop here: dhcp-b serves all clients, alone. dhcp-a must stay off")
        await incident.press("escape")
        await incident.press("enter")
        incident.shows("FAILOVER OFF / ON: ON", "on dhcp-b", "It is part of the pair again, and contacts dhcp-a")
        await incident.press("enter", "space", "tab")
        await incident.confirm("dhcp-b is the main")
        incident.shows("✔ failover is on at dhcp-b")
        await incident.press("escape")
        await incident.advance(60, lambda: incident.state(BACKUP) is State.PARTNER_DOWN)
        await incident.advance(3)
        incident.shows("2 dhcp-a without clients", "Before you switch dhcp-a on, cut it off from clients")
        assert incident.roles()[1] == "main"
        await incident.press("escape", "escape")
        incident.verdict_has("dhcp-b serves all clients: dhcp-a was declared down")
        incident.countdown_ends("MCLT ends: dhcp-b may lease dhcp-a's", incident.pool_usable(BACKUP))
        await incident.press("o", *["down"] * 3, "enter", "s")
        await incident.check_blocked("cannot see dhcp-a: perhaps no server would serve clients")
        await incident.press("escape", "escape", "r", "enter")

        # 2 and 3: the old main returns without data, as the backup.
        await incident.press("y", "y")
        incident.shows("3 dhcp-a returns without leases")
        incident.configure(MAIN, swapped=True)
        await incident.press("y")
        incident.shows("▶ GATE The server is not running on dhcp-a", "CANNOT TELL: cannot see dhcp-a")
        await incident.press("y", "y")
        await incident.press("y")
        incident.shows("rm -f DATA/leases.db* DATA/state.json # on dhcp-a ONLY")
        incident.world.main.disk.lose(b"another".ljust(16, b"\0"))
        await incident.press("y")
        incident.restart(MAIN)
        await incident.advance(2)
        incident.shows("4 transfer of the leases")

        # 4: the runbook continues only when both are NORMAL.
        if not incident.both_normal():
            await incident.press("y", "s")
            incident.shows("4 transfer of the leases")
        await incident.advance(400, incident.both_normal)
        await incident.advance(30)

        # 5: the old roles again.
        incident.shows("5 the old roles again", "NO SERVER SERVES")
        for name in (MAIN, BACKUP):
            host = incident.machine(name).host
            host.stop(long=False)
            await incident.advance(10, lambda host=host: not host.running)  # type: ignore[misc]
            await incident.advance(5)
            if name == MAIN:
                # The backup reports that its partner has stopped. Nobody reports that the backup has.
                incident.shows("Stop dhcp-b. NO DHCP SERVICE")
        incident.shows("CANNOT TELL: cannot see dhcp-b")
        await incident.press("y", "y")
        incident.shows("old roles, failover off, start. It is the only server")
        assert "No answer from" in incident.verdict
        at_the_machine(incident, MAIN, swapped=False, failover=False)
        await incident.advance(5)
        incident.shows("On dhcp-a: failover on, reload")
        await incident.press("enter")
        incident.shows("FAILOVER OFF / ON: ON", "on dhcp-a")
        await incident.press("enter", "space", "tab")
        await incident.confirm("dhcp-b is off")
        incident.shows("✔ failover is on at dhcp-a")
        await incident.press("escape")
        await incident.advance(60, lambda: incident.state(MAIN) is State.PARTNER_DOWN)
        await incident.advance(5)
        incident.shows("On dhcp-b: old roles, failover on, start")
        at_the_machine(incident, BACKUP, swapped=False)
        await incident.advance(5)

        # 6: done.
        incident.shows("6 done")
        await incident.advance(600, incident.both_normal)
        await incident.advance(60)
        incident.shows("COMPLETE")
        assert incident.roles() == ("main", "backup")
        await incident.press("escape", "escape")
        incident.verdict_has("Protected: both NORMAL")
        steps = ("swap-b", "isolate", "remove", "both-normal", "sole-a", "normal-again")
        await incident.timeline_shows(*(f"runbook-step role-reversal/{step}" for step in steps))
