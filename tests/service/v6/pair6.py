"""One or two real cores with prefixes, connected without a network, and clients whose messages are bytes."""

import random
from collections.abc import Iterable
from ipaddress import IPv6Address

from dhcpserver.config.document import read
from dhcpserver.failover.effects import Close, Dial, LogLine, Transmit
from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.failover.states import State
from dhcpserver.leases.keys import LAST_IPV4
from dhcpserver.leases.lease import Lease
from dhcpserver.service.core import Core
from dhcpserver.service.turn import Command, DialFailed, Inputs, LinkData, LinkDown, LinkEvent, LinkUp, Moment
from dhcpserver.service.v6.query import Arrival6, Reply6
from dhcpserver.storage.leasestore import Row6, lease6_of, row6_of
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.dhcp6 import Hop, Message, encode_message, parse
from dhcpserver.wire.dhcp6ia import IA, IAKind, IALease, pack_ia
from dhcpserver.wire.dhcp6options import MessageType6, Option, read_options
from tests.failover.books import NOW

CONFIGURATION = """
[server]
name = "{name}"
{server}
{pair}
[[policy]]
name = "default"
dhcp-lease-time = "3d"
valid-lifetime = "4h"
preferred-lifetime = "2h"
default-prefix-length = 56
grace-period = 6
v6-options = {{ 23 = ["2001:db8::53"] }}
{policy}
[[link]]
name = "office"

[[prefix]]
name = "na"
address = "2001:db8:1::/64"
link = "office"
{prefix}
[[prefix]]
name = "pd"
address = "2001:db8:8000::/48"
dhcp-type = "prefix-delegation"
link = "office"
{delegation}
{more}
[[listener6]]
address = "::1"
"""
PAIR = """
[[cluster]]
name = "a"
ipaddr = "127.0.0.11"

[[cluster]]
name = "b"
ipaddr = "127.0.0.12"

[[failover-pair]]
name = "example"
main = "a"
backup = "b"
mclt = 3600
safe-period = "1d"
"""
OFFICE = int(IPv6Address("2001:db8:1::"))
RELAY = int(IPv6Address("2001:db8:ffff::1"))
OWN = int(IPv6Address("2001:db8:ff::53"))
"""The address of the servers."""
RELAYED = Arrival6(0, RELAY, 547, multicast=False, address=OWN)
DUIDS = [bytes.fromhex("00030001") + number.to_bytes(6, "big") for number in range(0x0200_0000_0001, 0x0200_0000_0080)]


class Server6:
    """A core with what it has committed."""

    def __init__(self, text: str, uid: bytes, pair: "Pair6") -> None:
        self.pair = pair
        self.text = text
        self.uid = uid
        self.alive = True
        self.starts = 0
        self.log: list[LogLine] = []
        self.sent: list[Reply6] = []
        self.answers: list[Exception | None] = []
        self.record: FailoverRecord | None = None
        self.rows: dict[int, Row6] = {}
        self.start()

    def start(self) -> None:
        """Start with what was committed."""
        self.alive = True
        self.starts += 1
        self.core = Core(read(self.text), self.uid, "1")
        self.core.can_probe = True
        leases = [lease6_of(row, self.core.book) for row in self.rows.values()]
        self.core.book.load([lease for lease in leases if lease is not None])
        self.core.start(self.record, self.pair.moment, random.Random(self.uid + bytes((self.starts,))))

    def crash(self, *, lose_disk: bool = False) -> None:
        """Stop without a word; what was not committed is lost, with `lose_disk` all of it."""
        self.alive = False
        if lose_disk:
            self.rows.clear()
            self.record = None
            self.uid = self.uid[:15] + bytes((self.starts,))
        self.pair.disconnect()

    @property
    def state(self) -> State:
        assert self.core.endpoint is not None
        return self.core.endpoint.state

    @property
    def duid(self) -> bytes:
        return b"\0\4" + self.uid

    def turn(
        self, *packets: tuple[bytes, Arrival6], link: Iterable[LinkEvent] = (), command: Command | None = None
    ) -> list[bytes]:
        """Take one turn; return the datagrams of the replies."""
        commands = [(1, command)] if command is not None else []
        out = self.core.turn(self.pair.moment, Inputs([], list(link), commands, packets6=list(packets)))
        self.log += out.lines
        self.sent += out.replies6
        self.answers += [answer for _, answer in out.answers]
        self.rows.update((lease.address, row6_of(lease)) for lease in out.changes if lease.address > LAST_IPV4)
        self.record = out.record or self.record
        self.pair.effects(self, out.link)
        return [reply.octets for reply in out.replies6]

    def lease(self, key: int) -> Lease:
        found = self.core.book.get(key)
        assert found is not None
        return found

    def ask(
        self,
        kind: MessageType6,
        *ias: IA,
        duid: bytes = DUIDS[0],
        server: bytes | None = None,
        options: Iterable[Option] = (),
        link: int = OFFICE + 1,
        hops: Iterable[Hop] | None = None,
        arrival: Arrival6 = RELAYED,
    ) -> Message | None:
        """Send a message, relayed by `hops`; return the answer."""
        packed = [(o6.CLIENT_ID, duid), *options]
        if server is not None:
            packed.append((o6.SERVER_ID, server))
        for ia in ias:
            packed += read_options(pack_ia(ia))
        hop = Hop(MessageType6.RELAY_FORW, 0, link, int(IPv6Address("fe80::1")), [(o6.INTERFACE_ID, b"port 7")])
        octets = encode_message(Message(kind, 0x123456, packed, [hop] if hops is None else hops))
        replies = self.turn((octets, arrival))
        self.pair.settle()
        return parse(replies[0]) if replies else None

    def leased(self, *ias: IA, duid: bytes = DUIDS[0], options: Iterable[Option] = ()) -> list[IA]:
        """Let a client solicit and request; return what it got."""
        advertised = self.ask(MessageType6.SOLICIT, *ias, duid=duid, options=options)
        assert advertised is not None
        reply = self.ask(MessageType6.REQUEST, *advertised.ias, duid=duid, server=self.duid, options=options)
        assert reply is not None
        return reply.ias


class Pair6:
    """A main and a backup in contact; or one server alone."""

    def __init__(self, *, alone: bool = False, **more: str) -> None:
        self.now = float(NOW)
        self.connected = True
        self.wires: list[tuple[Server6, int, bytes]] = []
        fields = {
            "pair": "" if alone else PAIR,
            "policy": "",
            "prefix": "",
            "delegation": "",
            "server": "",
            "more": "",
        } | more
        self.servers: list[Server6] = []
        self.number = 0
        for name, uid in (("a", b"A" * 16), ("b", b"B" * 16))[: 1 if alone else 2]:
            server = Server6(CONFIGURATION.format(name=name, **fields), uid, self)
            self.servers.append(server)
        self.main, self.backup = self.servers[0], self.servers[-1]
        for server in self.servers:
            server.turn()
        self.settle()
        if not alone:
            self.wait(4000)
            assert self.main.state is self.backup.state is State.NORMAL

    @property
    def moment(self) -> Moment:
        return Moment(self.now, self.now - NOW)

    def effects(self, server: Server6, effects: list[Transmit | Dial | Close]) -> None:
        other = next((each for each in self.servers if each is not server), None)
        for effect in effects:
            if isinstance(effect, Dial) and self.connected and other is not None and other.alive:
                self.number += 1
                other.turn(link=[LinkUp(self.number, False, "ipv4", "a", "b")])
                server.turn(link=[LinkUp(self.number, True, "ipv4", "a", "b")])
            elif isinstance(effect, Dial):
                server.turn(link=[DialFailed("no answer")])
            elif isinstance(effect, Transmit) and self.connected and other is not None:
                self.wires.append((other, effect.connection, effect.data))
            elif isinstance(effect, Close) and other is not None and other.alive:
                other.turn(link=[LinkDown(effect.connection, "closed")])

    def settle(self) -> None:
        """Deliver until both are silent."""
        for _ in range(10_000):
            if self.wires:
                server, connection, data = self.wires.pop(0)
                if server.alive:
                    server.turn(link=[LinkData(connection, data)])
                continue
            due = [server for server in self.servers if server.alive and self._due(server)]
            if not due:
                return
            for server in due:
                server.turn()
        raise AssertionError("no end of messages")

    def _due(self, server: Server6) -> bool:
        deadline = server.core.deadline()
        return deadline is not None and deadline <= self.moment.steady

    def wait(self, seconds: float, step: float = 5.0) -> None:
        """Let time pass."""
        end = self.now + seconds
        while self.now < end:
            self.now = min(self.now + step, end)
            for server in self.servers:
                if server.alive:
                    server.turn()
            self.settle()

    def cut(self) -> None:
        """Cut the link."""
        self.connected = False
        self.disconnect()

    def disconnect(self) -> None:
        """End the connection at both ends; what is on its way is lost."""
        self.wires.clear()
        for server in self.servers:
            if server.alive:
                server.turn(link=[LinkDown(self.number, "cut")])


def na(iaid: int = 1, *addresses: int) -> IA:
    return IA(IAKind.NA, iaid, leases=[IALease(address) for address in addresses])


def ta(iaid: int = 1, *addresses: int) -> IA:
    return IA(IAKind.TA, iaid, leases=[IALease(address) for address in addresses])


def pd(iaid: int = 1, *prefixes: tuple[int, int]) -> IA:
    return IA(IAKind.PD, iaid, leases=[IALease(value, length=length) for value, length in prefixes])
