"""The listeners of bulk queries with real sockets: who is admitted, and what a faulty requester costs."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from ipaddress import IPv4Address, IPv6Address

import pytest

from dhcpserver.client.requester import query4, query6
from dhcpserver.config.classes.listener import LeasequeryListener
from dhcpserver.contract.messages import Message
from dhcpserver.runtime.bulklistener import (
    CONNECTIONS_OF_ONE_SOURCE,
    Address,
    BulkConnection,
    BulkListeners,
    Timing,
)
from dhcpserver.runtime.sockets import ListenerError
from dhcpserver.service.bulk.session import BulkSession
from dhcpserver.wire.bulkframes import pack_message
from dhcpserver.wire.dhcp6values import QUERY_BY_LINK_ADDRESS
from dhcpserver.wire.options4 import MessageType
from tests.service.bulk.test_bulk4 import ON
from tests.service.bulk.test_bulk6 import question
from tests.service.standalone import Client, Site
from tests.service.v6.pair6 import DUIDS, OFFICE, Pair6, na
from tests.service.v6.test_leasequery6 import DUID, listed


class Bench:
    """Listeners over two books: one of each family."""

    def __init__(self, timing: Timing) -> None:
        self.site = Site(ON)
        self.pair: Pair6 = listed()
        self.reason: str | None = None
        self.log: list[dict[str, object]] = []
        self.sessions: list[BulkSession] = []
        self.listeners = BulkListeners(self._admit, self._write_log, lambda: self.site.now, timing)

    def _admit(self, source: Address, own: Address) -> BulkSession | str:
        if self.reason is not None:
            return self.reason
        core = self.site.core if source.version == 4 else self.pair.main.core
        self.sessions.append(core.bulk_session(source.version, int(own)))
        return self.sessions[-1]

    def _write_log(self, message: Message, **values: object) -> None:
        self.log.append({"number": message.number, **values})

    @staticmethod
    async def until(question: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not question():  # noqa: ASYNC110 - the transports have no event for it
                await asyncio.sleep(0.01)

    async def connect(self, number: int = 0) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(*self.listeners.addresses[number])


def free_port(host: str) -> int:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.asynccontextmanager
async def opened(timing: Timing | None = None) -> AsyncIterator[Bench]:
    bench = Bench(timing or Timing())
    await bench.listeners.open(
        (
            LeasequeryListener(address=IPv4Address("127.0.0.1"), port=free_port("127.0.0.1")),
            LeasequeryListener(address=IPv6Address("::1"), port=free_port("::1")),
        )
    )
    try:
        yield bench
    finally:
        bench.listeners.close()


async def closed(reader: asyncio.StreamReader) -> bool:
    """Whether the server closes the connection without an octet."""
    async with asyncio.timeout(10):
        with contextlib.suppress(ConnectionError):
            return await reader.read() == b""
        return True


async def test_requesters_of_both_families_get_their_answers() -> None:
    async with opened() as bench:
        Client(bench.site, 5).get()
        bench.pair.main.leased(na())
        first = await asyncio.to_thread(query4, bench.listeners.addresses[0])
        assert [each.message_type for each in first.leases].count(MessageType.LEASEACTIVE) == 1
        assert (len(first.leases), first.status) == (5, 0)
        second = await asyncio.to_thread(
            query6, bench.listeners.addresses[1], DUID, QUERY_BY_LINK_ADDRESS, link_address=OFFICE
        )
        assert len(second.clients) == 1
        assert DUIDS[0] in second.clients[0]
        wrong = await asyncio.to_thread(query6, bench.listeners.addresses[1], DUID, 99)
        assert (wrong.status, wrong.text) == (7, "query type 99")


async def test_a_requester_that_is_not_admitted_gets_nothing_and_a_line_in_the_log() -> None:
    async with opened() as bench:
        bench.reason = "it is not listed"
        for _ in range(2):
            reader, writer = await bench.connect()
            assert await closed(reader)
            writer.close()
        assert bench.log == [{"number": 18241, "source": IPv4Address("127.0.0.1"), "reason": "it is not listed"}]


async def test_one_requester_has_a_few_connections() -> None:
    async with opened() as bench:
        kept = [await bench.connect() for _ in range(CONNECTIONS_OF_ONE_SOURCE)]
        reader, writer = await bench.connect()
        assert await closed(reader)
        assert bench.log[0]["reason"] == "too many connections"
        for _, each in (*kept, (reader, writer)):
            each.close()
        await bench.until(lambda: not bench.listeners.count)
        await asyncio.to_thread(query4, bench.listeners.addresses[0])


async def test_a_connection_on_which_nothing_is_asked_is_closed() -> None:
    async with opened(Timing(idle=0.1)) as bench:
        reader, writer = await bench.connect()
        assert await closed(reader)
        writer.close()


@pytest.mark.parametrize("octets", [b"\0\1x", b"\xff\xff", pack_message(b"\0" * 300)])
async def test_what_is_not_a_query_closes_the_connection(octets: bytes) -> None:
    async with opened() as bench:
        reader, writer = await bench.connect()
        writer.write(octets)
        assert await closed(reader)
        writer.close()


async def test_a_requester_that_does_not_read_costs_bounded_memory_and_is_closed() -> None:
    """Queries that it sends on are not read while an answer waits."""
    async with opened(Timing(unread=0.5)) as bench:
        for duid in DUIDS[:40]:
            bench.pair.main.leased(na(1), na(2), na(3), duid=duid)
        with socket.socket(socket.AF_INET6) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect(bench.listeners.addresses[1])
            connection.setblocking(False)
            loop = asyncio.get_running_loop()
            with contextlib.suppress(ConnectionError, TimeoutError):
                async with asyncio.timeout(20):
                    while True:
                        await loop.sock_sendall(connection, question(QUERY_BY_LINK_ADDRESS, link=OFFICE) * 50)
            (session,) = bench.sessions
            answered = session.answered
            await asyncio.sleep(0.1)
            assert session.answered == answered, "the connection is closed"
            assert answered * 40 * 100 < 8_000_000, "most of its queries were never read"


class Transport(asyncio.Transport):
    """A connection that takes no more octets when a test says so."""

    def __init__(self) -> None:
        super().__init__({"peername": ("::1", 5), "sockname": ("::1", 6)})
        self.written = b""

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def is_reading(self) -> bool:
        return True

    def abort(self) -> None:
        pass


async def test_the_next_piece_is_made_when_the_one_before_it_was_sent() -> None:
    async with opened() as bench:
        bench.pair.main.leased(na())
        connection, transport = BulkConnection(bench.listeners), Transport()
        connection.connection_made(transport)
        connection.pause_writing()
        connection.data_received(question(QUERY_BY_LINK_ADDRESS, link=OFFICE))
        await asyncio.sleep(0.1)
        assert (transport.written, bench.sessions[0].answered) == (b"", 0)
        connection.resume_writing()
        await bench.until(lambda: bench.sessions[0].answered == 1)
        assert DUIDS[0] in transport.written
        connection.connection_lost(None)


async def test_what_was_asked_before_the_end_of_the_requests_is_answered() -> None:
    async with opened() as bench:
        bench.pair.main.leased(na())
        reader, writer = await bench.connect(1)
        writer.write(question(QUERY_BY_LINK_ADDRESS, link=OFFICE) * 3)
        writer.write_eof()
        async with asyncio.timeout(10):
            octets = await reader.read()
        assert bench.sessions[0].answered == 3
        assert octets.count(DUIDS[0]) == 3
        writer.close()


async def test_all_connections_are_closed_when_the_server_stops_serving() -> None:
    async with opened() as bench:
        reader, writer = await bench.connect()
        await bench.until(lambda: bool(bench.sessions))
        bench.listeners.close_connections()
        assert await closed(reader)
        writer.close()


async def test_an_address_that_cannot_be_used_is_named() -> None:
    async with opened() as bench:
        port = bench.listeners.addresses[0][1]
        with pytest.raises(ListenerError, match=rf"cannot listen on 127.0.0.1 port {port} \(TCP\)"):
            await bench.listeners.open((LeasequeryListener(address=IPv4Address("127.0.0.1"), port=port),))
