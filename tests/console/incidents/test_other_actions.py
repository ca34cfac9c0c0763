"""What helps in many incidents: more time, an address given back, shares made exact. Played by keys alone."""

from ipaddress import IPv4Address
from pathlib import Path

from dhcpserver.failover.states import State
from tests.console.incidents.stage import BACKUP, MAIN, Premises, playing


async def test_more_time_on_both_servers(tmp_path: Path) -> None:
    """R-137, R-141: the race goes on, its end is moved, to the second."""
    async with playing(tmp_path) as incident:
        incident.world.link.cut()
        await incident.later(60, lambda: "race" in incident.banner_kinds)
        before = {name: incident.safe_period_ends(name) for name in (MAIN, BACKUP)}
        await incident.press("o", "down", "down", "enter")
        incident.sees("EXTEND THE SAFE PERIOD", "✘ dhcp-a NOT YET", "How long after the loss of contact?")
        await incident.type("5m")
        await incident.press("enter")
        incident.sees("BLOCKED: it is 8 min on dhcp-a already: name a longer one")
        await incident.press("ctrl+u")
        await incident.type("20m")
        await incident.press("enter")
        await incident.confirm("fibre")
        incident.sees("✔ the safe period of dhcp-a is 20 min", "✔ the safe period of dhcp-b is 20 min")
        for name, end in before.items():
            assert incident.safe_period_ends(name) == end + 12 * 60
        await incident.press("escape", "escape")
        incident.counts_down("safe period ends: dhcp-", min(before.values()) + 12 * 60)
        await incident.later(max(before.values()) - incident.now + 10)
        assert incident.state(MAIN) is incident.state(BACKUP) is State.COMMUNICATIONS_INTERRUPTED
        for name in before:
            assert f"extend-safe-period {name} done" in incident.story


async def test_a_declined_address_is_given_back(tmp_path: Path) -> None:
    """An address that somebody else answered on, until a person has looked."""
    async with playing(tmp_path, Premises(unavailable_timeout=90000)) as incident:
        customer = incident.world.clients.all[2]
        assert customer.lease is not None
        address = str(IPv4Address(customer.lease.address))
        incident.world.clients.decline(customer)
        await incident.later(10)
        await incident.press("o", *["down"] * 6)
        incident.sees("Force an address available ✔ offered on dhcp-a, dhcp-b")
        await incident.press("enter")
        await incident.type(address)
        await incident.press("enter")
        await incident.press("tab")
        await incident.confirm("seen idle")
        incident.sees("REFUSED on dhcp-a, nothing was sent", f"not confirmed that {address} is idle")
        await incident.press("escape", "enter")
        await incident.type(address)
        await incident.press("enter", "space", "tab", "tab")
        await incident.type("lab")
        await incident.press("enter")
        incident.sees(f"✔ {address} can be used again; 0 still unavailable on dhcp-a")


async def test_the_shares_are_made_exact(tmp_path: Path) -> None:
    """R-110, R-200: below the threshold nothing moves by itself."""
    async with playing(tmp_path, Premises(backup_pct=50)) as incident:
        await incident.press("o", *["down"] * 5)
        incident.sees("Rebalance now ✔ offered on dhcp-a")
        await incident.press("enter", "enter")
        await incident.confirm()
        incident.sees("✔ dhcp-a has shared the free addresses out as configured")
        after = incident.pair.servers[MAIN].facts
        assert after is not None
        for pool in after.pools or ():
            assert pool.available is not None
            assert pool.other_available is not None
            assert abs(pool.available - pool.other_available) <= 3
        await incident.press("escape")
        incident.sees("the backup has its percentage in every scope: nothing would move")
