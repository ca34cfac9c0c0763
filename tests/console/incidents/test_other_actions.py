"""Actions for many incidents: a longer safe period, a forced address, a rebalance. Operated by keys alone."""

from ipaddress import IPv4Address
from pathlib import Path

from dhcpserver.failover.states import State
from tests.console.incidents.stage import BACKUP, MAIN, IncidentSite, open_incident


async def test_extends_the_safe_period_on_both_servers(tmp_path: Path) -> None:
    """R-137, R-141: the race continues, and its end moves, exact to the second."""
    async with open_incident(tmp_path) as incident:
        incident.world.link.cut()
        await incident.advance(60, lambda: "race" in incident.banner_kinds)
        before = {name: incident.safe_period_ends(name) for name in (MAIN, BACKUP)}
        await incident.press("o", "down", "down", "enter")
        incident.shows("EXTEND THE SAFE PERIOD", "✘ dhcp-a NOT YET", "How long after the loss of contact?")
        await incident.type("5m")
        await incident.press("enter")
        incident.shows("BLOCKED: the safe period is already 8 min on dhcp-a: write a longer one")
        await incident.press("ctrl+u")
        await incident.type("20m")
        await incident.press("enter")
        await incident.confirm("fibre")
        incident.shows("✔ the safe period of dhcp-a is 20 min", "✔ the safe period of dhcp-b is 20 min")
        for name, end in before.items():
            assert incident.safe_period_ends(name) == end + 12 * 60
        await incident.press("escape", "escape")
        incident.countdown_ends("safe period ends: dhcp-", min(before.values()) + 12 * 60)
        await incident.advance(max(before.values()) - incident.now + 10)
        assert incident.state(MAIN) is incident.state(BACKUP) is State.COMMUNICATIONS_INTERRUPTED
        for name in before:
            assert f"extend-safe-period {name} done" in incident.timeline_text


async def test_forces_a_declined_address_available(tmp_path: Path) -> None:
    """An address that another host has used stays unavailable until a person has checked it."""
    async with open_incident(tmp_path, IncidentSite(unavailable_timeout=90000)) as incident:
        customer = incident.world.clients.all[2]
        assert customer.lease is not None
        address = str(IPv4Address(customer.lease.address))
        incident.world.clients.decline(customer)
        await incident.advance(10)
        await incident.press("o", *["down"] * 6)
        incident.shows("Force an address available ✔ offered on dhcp-a, dhcp-b")
        await incident.press("enter")
        await incident.type(address)
        await incident.press("enter")
        await incident.press("tab")
        await incident.confirm("seen idle")
        incident.shows("REFUSED on dhcp-a, nothing was sent", f"not confirmed that {address} is unused")
        await incident.press("escape", "enter")
        await incident.type(address)
        await incident.press("enter", "space", "tab", "tab")
        await incident.type("lab")
        await incident.press("enter")
        incident.shows(f"✔ {address} can be leased again; 0 still unavailable on dhcp-a")


async def test_rebalances_the_shares_exactly(tmp_path: Path) -> None:
    """R-110, R-200: below the threshold no address is moved automatically."""
    async with open_incident(tmp_path, IncidentSite(backup_pct=50)) as incident:
        await incident.press("o", *["down"] * 5)
        incident.shows("Rebalance now ✔ offered on dhcp-a")
        await incident.press("enter", "enter")
        await incident.confirm()
        incident.shows("✔ dhcp-a has balanced the free addresses as configured")
        after = incident.pair.servers[MAIN].facts
        assert after is not None
        for pool in after.pools or ():
            assert pool.available is not None
            assert pool.other_available is not None
            assert abs(pool.available - pool.other_available) <= 3
        await incident.press("escape")
        incident.shows("the backup has its percentage in every scope: no address would move")
