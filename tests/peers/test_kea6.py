"""A pair of real Kea servers of DHCPv6: states, addresses, delegated prefixes and their leases."""

from pathlib import Path

import pytest

from console.model.leases import LeaseQuery
from console.model.picture import PairPicture
from tests.peers.kea import kea_pair
from tests.peers.test_kea import kinds, watched

pytestmark = [pytest.mark.peer, pytest.mark.live]

DUID = "00:01:02:03:04:05:06"
LEASE = {"duid": DUID, "preferred-lft": 300, "valid-lft": 600}


async def test_the_daemons_of_both_families_are_one_server(tmp_path: Path) -> None:
    """Each family has its own pair of daemons; the server shows the worse state, with its daemon."""
    for name in ("v4", "v6"):
        (tmp_path / name).mkdir()
    ports4, ports6 = (8485, 8486, 8487, 8488), (8491, 8492, 8493, 8494)
    with (
        kea_pair(tmp_path / "v4", "load-balancing", ports4) as four,
        kea_pair(tmp_path / "v6", "load-balancing", ports6, service="dhcp6") as six,
    ):
        four.further = [{"service": "both", "api6": f"http://127.0.0.1:{port}"} for port in ports6[:2]]
        for number in (1, 2):
            four.start(number)
            six.start(number)
        async with watched(four) as watch:
            calm = await watch.until("protected", lambda _: watch.sentence.startswith("Protected: both NORMAL"))
            main = calm.servers["server1"].facts
            assert main is not None
            families = [each.family for each in main.pools or ()]
            assert families == ["dhcp4", "dhcp4", "dhcp6-na", "dhcp6-pd"]
            six.kill("server2")
            await watch.until("the other daemon is missed", lambda pair: "(DHCPv6)" in _word(pair, "server1"))
            assert "DHCPv6: " in (watch.picture.pairs["campus"].servers["server2"].error or "")


def _word(pair: PairPicture, server: str) -> str:
    facts = pair.servers[server].facts
    return "" if facts is None else facts.word


async def test_addresses_and_delegated_prefixes_of_a_hot_standby_pair(tmp_path: Path) -> None:
    """The counts of DHCPv6 have other columns than those of DHCPv4, and prefixes are pools of their own."""
    with kea_pair(tmp_path, "hot-standby", (8481, 8482, 8483, 8484), service="dhcp6") as pair:
        pair.start(1)
        pair.start(2)
        async with watched(pair) as watch:
            calm = await watch.until("protected", lambda _: watch.sentence.startswith("Protected: server1 serves all"))
            assert kinds(calm) == set()
            source = watch.sources["server1"]
            client = source._client  # type: ignore[attr-defined]
            await client.command("lease6-add", {**LEASE, "ip-address": "2001:db8:1::11", "iaid": 8, "subnet-id": 1})
            prefix = {"ip-address": "2001:db8:8000:100::", "type": "IA_PD", "prefix-len": 56, "iaid": 7, "subnet-id": 2}
            await client.command("lease6-add", {**LEASE, **prefix})
            counted = await watch.poll()
            facts = counted.servers["server1"].facts
            assert facts is not None
            assert facts.misfits == ()
            assert [
                (each.name, each.family, each.total, each.leased, each.available) for each in facts.pools or ()
            ] == [
                ("2001:db8:1::/48", "dhcp6-na", 10, 1, 9),
                ("2001:db8:2::/48 prefixes", "dhcp6-pd", 256, 1, 255),
            ]
            (found,) = await source.leases(LeaseQuery("2001:db8:8000:100::/56", by_address=True))
            assert (found.address, found.scope, found.association, found.client_id) == (
                "2001:db8:8000:100::/56",
                "2001:db8:2::/48 prefixes",
                "IA_PD 7",
                DUID,
            )
            both = await source.leases(LeaseQuery(DUID, by_address=False))
            assert {each.address for each in both} == {"2001:db8:1::11", "2001:db8:8000:100::/56"}
            pages = [each.address async for page in source.lease_pages("2001:db8:1::/48") for each in page]
            assert pages == ["2001:db8:1::11"]
