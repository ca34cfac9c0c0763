"""SNMP notifications as observations.

The receiver drains its socket in a process of its own and is asked from a thread, so that a storm of traps
never holds the screen up. Whose a trap is follows from its source address, from the agent address that a
version 1 trap carries, or from the pair that it names.
"""

import asyncio
import importlib
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from console.config import Settings, TrapSettings, endpoint
from console.errors import SourceError
from console.model.observations import TrapSeen

WAIT_SECONDS = 0.25


class Varbind(Protocol):
    """One value of a notification: its name (or OID) and its text for a person."""

    @property
    def name(self) -> str: ...

    @property
    def text(self) -> str: ...


class Notification(Protocol):
    """What is needed of `snmp.notifications.Notification`."""

    @property
    def name(self) -> str: ...

    @property
    def oid(self) -> str: ...

    @property
    def source(self) -> tuple[str, int]: ...

    @property
    def agent(self) -> str | None: ...

    @property
    def version(self) -> str: ...

    @property
    def received_at(self) -> float: ...

    @property
    def varbinds(self) -> Sequence[Varbind]: ...

    @property
    def count(self) -> int: ...


class Counters(Protocol):
    """What became of the datagrams: received = decoded + coalesced + rejected + dropped."""

    received: int
    decoded: int
    coalesced: int
    rejected: int
    dropped: int
    kernel_drops: int


class TrapReceiver(Protocol):
    """What is needed of `snmp.receiver.Receiver`."""

    def start(self) -> tuple[str, int]: ...

    def receive(self, timeout: float) -> Sequence[Notification]: ...

    def counters(self) -> Counters: ...

    def close(self) -> None: ...


class Senders:
    """Whose a trap is: (pair, server) by address, the pair's name where the address is nobody's."""

    def __init__(self, by_address: Mapping[str, tuple[str, str]], pairs: Iterable[str]) -> None:
        self._by_address = dict(by_address)
        self._pairs = frozenset(pairs)

    @classmethod
    def configured(cls, settings: Settings) -> "Senders":
        known = {
            address: (pair.name, server.name)
            for pair in settings.pair
            for server in pair.server
            for address in server.trap_sources
        }
        return cls(known, (pair.name for pair in settings.pair))

    def whose(self, source: str, agent: str | None, named_pair: str | None) -> tuple[str, str]:
        """Pair and server, either empty when it is not known."""
        for address in (agent, source):
            if address in self._by_address:
                return self._by_address[address]
        return (named_pair, "") if named_pair in self._pairs and named_pair is not None else ("", "")


def observed(notification: Notification, senders: Senders) -> TrapSeen:
    """The notification as an observation."""
    texts = {varbind.name: varbind.text for varbind in notification.varbinds}
    host, port = notification.source[0], notification.source[1]
    pair, server = senders.whose(host, notification.agent, texts.get("failover-pair-name"))
    return TrapSeen(
        at=notification.received_at,
        pair=pair,
        server=server,
        name=notification.name,
        oid=notification.oid,
        source=f"{host}:{port}",
        version=notification.version,
        varbinds=texts,
        count=notification.count,
    )


def open_receiver(settings: TrapSettings) -> TrapReceiver:
    """A receiver on the configured address, started. Raises SourceError when it cannot listen there."""
    # Imported here: the SNMP stack costs more to load than everything else that `status` needs.
    try:
        snmp = importlib.import_module("snmp.receiver")
    except ImportError as error:
        raise SourceError(f"cannot receive traps: {error}; install pairwatch with its dependencies") from error
    receiver: TrapReceiver = snmp.Receiver(
        snmp.ReceiverSettings(listen=endpoint(settings.listen), communities=settings.communities, sources=())
    )
    try:
        receiver.start()
    except OSError as error:
        words = error.strerror or str(error)
        raise SourceError(f"cannot listen for traps on {settings.listen}: {words}; choose another port") from error
    return receiver


async def follow(receiver: TrapReceiver, senders: Senders, emit: Callable[[TrapSeen], None]) -> None:
    """Emit every notification until cancelled, then close the receiver."""
    loop = asyncio.get_running_loop()
    stopping = threading.Event()
    finished = asyncio.Event()

    def hand_over(batch: Sequence[Notification]) -> None:
        for notification in batch:
            emit(observed(notification, senders))

    def drain() -> None:
        try:
            while not stopping.is_set():
                batch = receiver.receive(WAIT_SECONDS)
                if batch and not stopping.is_set():
                    loop.call_soon_threadsafe(hand_over, batch)
        finally:
            receiver.close()
            # The loop may be gone already when the whole console stops.
            if not loop.is_closed():
                loop.call_soon_threadsafe(finished.set)

    thread = threading.Thread(target=drain, name="traps", daemon=True)
    thread.start()
    try:
        await finished.wait()
    finally:
        stopping.set()
        await asyncio.to_thread(thread.join)
