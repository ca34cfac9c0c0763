"""The transport of the failover link: the race of both families, one connection, and only the partner's addresses."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable

import pytest

from dhcpserver.runtime.link import FailoverLinks
from dhcpserver.service.turn import DialFailed, LinkData, LinkDown, LinkEvent, LinkUp

Address = tuple[str, int]


def free_port(host: str) -> Address:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.bind((host, 0))
        return host, probe.getsockname()[1]


class End:
    """One server's end: its links and their reports."""

    def __init__(self, ends: list[tuple[Address, Address]]) -> None:
        self.events: asyncio.Queue[LinkEvent] = asyncio.Queue()
        self.links = FailoverLinks(ends, self.events.put_nowait)

    async def next(self) -> LinkEvent:
        async with asyncio.timeout(10):
            return await self.events.get()

    async def up(self) -> LinkUp:
        event = await self.next()
        assert isinstance(event, LinkUp)
        return event


Make = Callable[[list[tuple[Address, Address]]], End]


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    made: list[End] = []

    def one(ends: list[tuple[Address, Address]]) -> End:
        made.append(End(ends))
        return made[-1]

    yield one
    for end in made:
        await end.links.shut()


async def test_octets_flow_in_both_directions_and_the_end_is_reported(make: Make) -> None:
    """R-002: over IPv4."""
    a, b = free_port("127.0.0.1"), free_port("127.0.0.1")
    main, backup = make([(a, b)]), make([(b, a)])
    await backup.links.listen()
    main.links.dial()
    here, there = await main.up(), await backup.up()
    assert (here.transport, here.outbound, there.outbound) == ("ipv4", True, False)
    main.links.transmit(here.connection, b"hello")
    assert await backup.next() == LinkData(there.connection, b"hello")
    backup.links.close(there.connection)
    down = await main.next()
    assert isinstance(down, LinkDown)
    assert down.connection == here.connection


async def test_with_both_families_open_one_connection_is_made(make: Make) -> None:
    """R-003, R-004, R-039, R-057: the first handshake is used, and nothing is sent on the other connection."""
    a4, b4 = free_port("127.0.0.1"), free_port("127.0.0.1")
    a6, b6 = free_port("::1"), free_port("::1")
    main, backup = make([(a6, b6), (a4, b4)]), make([(b6, a6), (b4, a4)])
    await backup.links.listen()
    main.links.dial()
    assert (await main.up()).transport == (await backup.up()).transport == "ipv6"
    await asyncio.sleep(0.4)  # Longer than the delay of the second family, which must not connect.
    assert main.events.empty()
    assert backup.events.empty()


@pytest.mark.parametrize("blocked", ["ipv4", "ipv6"])
async def test_the_other_family_connects_if_one_is_blocked(make: Make, blocked: str) -> None:
    """R-004, R-039, R-057: with one family blocked, the other one connects."""
    a4, b4 = free_port("127.0.0.1"), free_port("127.0.0.1")
    a6, b6 = free_port("::1"), free_port("::1")
    main = make([(a6, b6), (a4, b4)])
    backup = make([(b4, a4)] if blocked == "ipv6" else [(b6, a6)])
    await backup.links.listen()
    main.links.dial()
    assert (await main.up()).transport != blocked


async def test_a_failed_connect_is_reported_with_the_reason(make: Make) -> None:
    main = make([(free_port("127.0.0.1"), free_port("127.0.0.1"))])
    main.links.dial()
    event = await main.next()
    assert isinstance(event, DialFailed)
    assert "Connection refused" in event.cause


async def test_a_connection_from_another_address_is_closed_unread(make: Make) -> None:
    """Only addresses of the configured partner are accepted."""
    b = free_port("127.0.0.1")
    backup = make([(b, ("127.0.0.7", 1))])
    await backup.links.listen()
    reader, writer = await asyncio.open_connection(*b)
    with contextlib.suppress(ConnectionError):
        assert await reader.read() == b""
    writer.close()
    assert backup.events.empty()


async def test_nothing_is_read_while_too_much_waits(make: Make) -> None:
    """The kernel then stops the partner; nothing is lost."""
    a, b = free_port("127.0.0.1"), free_port("127.0.0.1")
    main, backup = make([(a, b)]), make([(b, a)])
    await backup.links.listen()
    main.links.dial()
    sending, receiving = await main.up(), await backup.up()
    backup.links.read(False)
    main.links.transmit(sending.connection, b"x" * 100)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await backup.events.get()
    backup.links.read(True)
    event = await backup.next()
    assert event == LinkData(receiving.connection, b"x" * 100)


async def test_a_partner_that_does_not_read_its_answers_is_not_read_either(make: Make) -> None:
    """Its unread answers would fill the memory."""
    a, b = free_port("127.0.0.1"), free_port("127.0.0.1")
    main, backup = make([(a, b)]), make([(b, a)])
    await backup.links.listen()
    main.links.dial()
    sending, receiving = await main.up(), await backup.up()
    main.links.read(False)
    backup.links.transmit(receiving.connection, b"y" * 20_000_000)
    main.links.transmit(sending.connection, b"x" * 100)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await backup.events.get()
    main.links.read(True)
    received = 0
    while received < 20_000_000:
        event = await main.next()
        assert isinstance(event, LinkData)
        received += len(event.octets)
    assert await backup.next() == LinkData(receiving.connection, b"x" * 100)
