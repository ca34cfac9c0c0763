"""Requests by OMAPI to a stand-in: keys, connections that end, and servers that do not answer in time."""

from dataclasses import replace

import pytest

from console.errors import Refused, Unanswered
from console.makes.isc.client import OmapiClient
from console.makes.isc.omapi import Key
from tests.console.makes.isc.dhcpd import KEY, Dhcpd, number

SHORT_SECONDS = 0.2


async def test_one_connection_serves_all_requests() -> None:
    async with Dhcpd().serving() as server:
        client = OmapiClient("127.0.0.1", server.port, KEY)
        for _ in range(3):
            found = await client.open("failover-state", name=b"campus")
            assert found is not None
            assert found.values == server.state
        assert await client.open("failover-state", name=b"other") is None
        await client.update(2, {"local-state": number(4)})
        assert server.changes == [{"local-state": number(4)}]
        assert server.connections == 1
        await client.close()


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (None, "the server requires an OMAPI key"),
        (replace(KEY, name="other"), "the server has no OMAPI key other with hmac-sha256"),
        (replace(KEY, algorithm="hmac-md5"), "the server has no OMAPI key watch with hmac-md5"),
    ],
)
async def test_a_request_without_the_right_key_is_refused(key: Key | None, words: str) -> None:
    async with Dhcpd().serving() as server:
        client = OmapiClient("127.0.0.1", server.port, key)
        with pytest.raises(Refused, match=words):
            await client.open("failover-state", name=b"campus")
        await client.close()


async def test_a_wrong_secret_is_not_taken_for_an_answer() -> None:
    async with Dhcpd(silent=False).serving() as server:
        client = OmapiClient("127.0.0.1", server.port, replace(KEY, secret=b"wrong"), timeout=SHORT_SECONDS)
        with pytest.raises((Refused, Unanswered)):
            await client.open("failover-state", name=b"campus")
        await client.close()


async def test_a_restart_of_the_server_costs_no_poll_and_repeats_no_change() -> None:
    async with Dhcpd().serving() as server:
        client = OmapiClient("127.0.0.1", server.port, KEY)
        await client.open("failover-state", name=b"campus")
        server.drop()
        assert await client.open("failover-state", name=b"campus") is not None
        assert server.connections == 2
        server.drop()
        with pytest.raises(Unanswered, match="closed the connection"):
            await client.update(2, {"local-state": number(4)})
        assert server.changes == []
        await client.close()


@pytest.mark.parametrize("server", [Dhcpd(silent=True), Dhcpd(trickle=0.01)], ids=["silent", "an octet at a time"])
async def test_an_answer_that_is_late_as_a_whole_is_no_answer(server: Dhcpd) -> None:
    """A time limit for each part would never end with a server that sends an octet now and then."""
    async with server.serving():
        client = OmapiClient("127.0.0.1", server.port, KEY, timeout=SHORT_SECONDS)
        with pytest.raises(Unanswered, match="no answer in time"):
            await client.open("failover-state", name=b"campus")
        await client.close()


async def test_a_port_where_nothing_listens_is_named() -> None:
    async with Dhcpd().serving() as server:
        port = server.port
    client = OmapiClient("127.0.0.1", port, KEY)
    with pytest.raises(Unanswered, match=rf"Connection refused \(127.0.0.1:{port}\)"):
        await client.open("failover-state", name=b"campus")
