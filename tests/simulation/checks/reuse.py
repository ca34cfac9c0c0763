"""I5 and I10: no address goes to another client too early, and no server uses its partner's share too early.

A server gives an address to a second client only after its partner agreed that the first binding has ended, or sent
that itself; or, in PARTNER-DOWN, after every promise that either server could have made has ended. In PARTNER-DOWN it
may use the partner's share after the partner-down time plus MCLT; in any other state, and in a scope with dynamic BOOTP
(I10), never. The promises are taken from the messages, not from the server's records.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.failover.states import State
from dhcpserver.leases.keys import Kind, kind_of
from dhcpserver.leases.lease import PENDING, Status
from dhcpserver.wire.failover4 import Message
from dhcpserver.wire.failover4_bindings import BindingAck, BindingUpdate
from tests.simulation import texts
from tests.simulation.checks.base import Check, Violation, update_of
from tests.simulation.disk import Row, Written, client_of
from tests.simulation.site import FAR

if TYPE_CHECKING:
    from tests.simulation.host import Host
    from tests.simulation.world import World

FREE = frozenset((Status.FREE, Status.BACKUP))
OVER = PENDING | FREE


@dataclass(slots=True)
class Binding:
    """One server's record of an address.

    Attributes:
        key: its last client.
        promised: the latest end that the servers may have sent to each other, 0 for none.
        over: whether both agree that it has ended.
        left: whether the client has given it up by itself, also after a NAK.
    """

    key: bytes
    promised: int = 0
    over: bool = False
    left: bool = False


class Reuse(Check):
    """Compares each stored change with the messages between the servers."""

    name = "I5"

    def __init__(self, world: "World") -> None:
        super().__init__(world)
        self._bindings: dict[tuple[str, int], Binding] = {}
        self._sent_updates: dict[tuple[str, int, tuple[int, int]], tuple[Binding, int]] = {}
        self._unknown = {"main", "backup"}
        self._ending: dict[tuple[str, int], tuple[int, int]] = {}
        """The update with the end of a lease that a server has sent, until it has an answer."""

    def data_replaced(self, host: "Host") -> None:
        """Read the disk at the next start."""
        self._unknown.add(host.name)

    def started(self, host: "Host") -> None:
        """Read the disk, if it was replaced."""
        if host.name not in self._unknown:
            return
        self._unknown.discard(host.name)
        self._bindings = {slot: found for slot, found in self._bindings.items() if slot[0] != host.name}
        self._ending = {slot: sent for slot, sent in self._ending.items() if slot[0] != host.name}
        for address, row in host.disk.rows.items():
            key = client_of(row)
            if row[1] not in FREE and key is not None:
                self._bindings[host.name, address] = Binding(key, max(row[5:8]))

    def message_sent(self, host: "Host", message: Message) -> None:
        """Record a promise, or that the partner is asked to agree to an end."""
        if not isinstance(message, BindingUpdate) or isinstance(message, BindingAck):
            return
        if message.status in PENDING:
            self._ending[host.name, message.address] = update_of(message)
        binding = self._bindings.get((host.name, message.address))
        if binding is None:
            return
        if message.status == Status.ACTIVE:
            binding.promised = max(binding.promised, message.potential)
        self._sent_updates[host.name, host.life, update_of(message)] = (binding, message.status)

    def stored(self, host: "Host", written: Sequence[Written], record: FailoverRecord | None) -> None:
        """Apply the partner's messages first, then the server's changes."""
        partner_updates: dict[int, BindingUpdate] = {}
        for message in host.received:
            if isinstance(message, BindingAck):
                self._acknowledged(host, message)
            elif isinstance(message, BindingUpdate):
                partner_updates[message.address] = message
                self._ending.pop((host.name, message.address), None)
                binding = self._bindings.get((host.name, message.address))
                if binding is not None and message.status in OVER:
                    binding.over = True
        for old, new in written:
            sent = partner_updates.get(new[0])
            if new[1] == Status.ACTIVE:
                self._bound(host, old, new, sent)
            elif new[1] in FREE:
                self._freed(host, old, new)
            elif new[1] == Status.ABANDONED and new[0] in host.returned_addresses():
                binding = self._bindings.get((host.name, new[0]))
                if binding is not None:
                    binding.promised = 0  # Its client declined it, and no other client had it.

    def lease_ended(self, key: bytes, address: int) -> None:
        """The client no longer has the address: the end of its lease protects nobody."""
        for host in self.world.hosts:
            binding = self._bindings.get((host.name, address))
            if binding is not None and binding.key == key:
                binding.left = True

    def _acknowledged(self, host: "Host", ack: BindingAck) -> None:
        if self._ending.get((host.name, ack.address)) == update_of(ack):
            del self._ending[host.name, ack.address]
        sent_update = self._sent_updates.pop((host.name, host.life, update_of(ack)), None)
        if sent_update is not None and ack.reject is None and sent_update[1] in OVER:
            sent_update[0].over = True

    def _bound(self, host: "Host", old: Row | None, new: Row, sent: BindingUpdate | None) -> None:
        """Handle a new lease: from the partner's update, or granted by the server itself."""
        address, key = new[0], client_of(new)
        assert key is not None
        binding = self._bindings.get((host.name, address))
        if sent is not None and sent.status == Status.ACTIVE and sent.key == key:
            if binding is None or binding.key != key or binding.over:
                binding = self._bindings[host.name, address] = Binding(key)
            binding.promised = max(binding.promised, sent.potential)
            return
        status = Status.FREE if old is None else Status(old[1])
        own = Status.FREE if host.main else Status.BACKUP
        if sent is not None and sent.status == own:
            status = own  # The partner gave it in this turn; a DHCPv6 client can get it in the same one.
        if status is not Status.ACTIVE:
            self._share(host, address, status)
        if status in PENDING and (host.name, address) in self._ending:
            self._given_again(host, address, key)
        if binding is None or binding.key != key:
            if binding is not None and not binding.over:
                self._alone(host, old or new, binding, f"gives {texts.dotted(address)} to {texts.client(key)}")
            self._bindings[host.name, address] = Binding(key)
        elif binding.over:
            self._bindings[host.name, address] = Binding(key)
        else:
            binding.left = False

    def _given_again(self, host: "Host", address: int, key: bytes) -> None:
        """Check a lease whose end was sent: the partner has perhaps freed it, so it must be this server's own then."""
        owner_is_main = bool(address & 1) if kind_of(address) is Kind.ADDRESS6 else True
        alone = State.PARTNER_DOWN in (host.before, host.state)
        if owner_is_main is not host.main and not alone and not host.site.is_reserved(address):
            what = f"{texts.dotted(address)} again to {texts.client(key)}"
            self.fail(
                f"{host.name} gives {what}; its partner may have agreed to the end and given it to another client"
            )

    def _share(self, host: "Host", address: int, status: Status) -> None:
        """Check that the address was in a share that the server may use."""
        if host.site.is_reserved(address) or status is not (Status.BACKUP if host.main else Status.FREE):
            return
        if kind_of(address) is Kind.ADDRESS6:
            return  # Parity decides, and not the status; see `parity`.
        record = host.disk.record
        if self.world.site.dynamic_bootp and address & 0xFFFFFF00 == FAR:
            what = f"{host.name} gives {texts.dotted(address)} of a dynamic BOOTP scope, which is its partner's"
            raise Violation("I10", what)
        if host.state is State.PARTNER_DOWN and record is not None:
            usable = record.partner_down_time + host.site.mclt
            if host.now >= usable:
                return
            self.fail(f"{host.name} uses {texts.dotted(address)}, its partner's until {texts.moment(usable)}")
        self.fail(f"{host.name} uses {texts.dotted(address)}, its partner's, in {host.state.value}")

    def _freed(self, host: "Host", old: Row | None, new: Row) -> None:
        """Check that an address may be free again."""
        binding = self._bindings.get((host.name, new[0]))
        if binding is None or old is None or old[1] in FREE:
            return
        if not binding.over:
            self._alone(host, old, binding, f"frees {texts.dotted(new[0])}")
            binding.over = True

    def _alone(self, host: "Host", old: Row, binding: Binding, what: str) -> None:
        """Check the times of a change without the partner's agreement."""
        record = host.disk.record
        down = record.partner_down_time if record is not None else 0
        given_up = binding.left or old[0] in host.returned_addresses() or old[1] == Status.ABANDONED
        usable = 0 if given_up else old[4]
        if binding.promised:
            usable = host.site.mclt + max(usable, binding.promised, down)
        text = f"{host.name} in {host.state.value} {what}; {texts.client(binding.key)} may have it"
        if host.now < usable:
            self.fail(f"{text} until {texts.moment(usable)}")
        if State.PARTNER_DOWN not in (host.before, host.state):
            self.fail(f"{text}, and the partner has not agreed that it is over")
