"""The canonical form of a world: equal for worlds that behave alike.

Times are relative to now; those that are only compared with each other keep their order. Transaction ids and numbers of
connections are replaced by their order of appearance, and start numbers and numbers of changes by their place in their
sequence (`numbers`). Counters, texts for the log, and the phases of the timers that
only keep a connection open are left out, so two worlds that differ only in those count as the same. Everything else of
the core counts, also what is added to it later.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import cache
from types import FunctionType, MethodType
from typing import Any

from dhcpserver.config.objects import Configuration
from dhcpserver.failover.bindings.changenumbers import ChangeNumbers
from dhcpserver.failover.link.mismatch import MismatchReports
from dhcpserver.failover.link.skew import SkewMeter
from dhcpserver.failover.link.startnumber import StartNumbers
from dhcpserver.failover.outbox import Outbox
from dhcpserver.failover.pools.answering import AnswerRules
from dhcpserver.failover.settings import PairSettings
from dhcpserver.failover.state.notices import Notices
from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.failover.state.startup import StartUp
from dhcpserver.failover.states import State
from dhcpserver.failover.timers import Timer
from dhcpserver.failover.view import UpdateCounters
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Lease
from dhcpserver.leases.pool import Pool
from dhcpserver.service.turn import LinkData
from dhcpserver.wire.failover4 import Vendor
from dhcpserver.wire.framing import Framer
from tests.exhaustive.digest import digest
from tests.exhaustive.numbers import (
    Places,
    greatest_received,
    own_of,
    own_of_record,
    partner_of,
    places_of,
    remembered,
)
from tests.exhaustive.server import Server
from tests.exhaustive.small import Fault
from tests.exhaustive.world import World
from tests.simulation.link import frames
from tests.simulation.timeline import EPOCH

_EARLIEST, _LATEST = EPOCH - 100_000_000, EPOCH + 100_000_000
"""Numbers between these are times."""
PAST_SECONDS = 70
"""Times longer ago than MCLT and this do not matter: the backup waits 60 s for the main to expire a lease."""
APART_SECONDS = 6
"""Compared times that are further apart than the skew are just apart."""
RECENT_SECONDS = 15
"""A time of the last contact or heartbeat is about now."""

_NO_STATE = (
    Configuration,
    MismatchReports,
    Outbox,
    AnswerRules,
    PairSettings,
    Notices,
    UpdateCounters,
    SkewMeter,
    Framer,
    Vendor,
    FunctionType,
    MethodType,
)
_LEFT_OUT = frozenset(
    "_now transitions last_failure reason mismatch transport local remote received sent skew".split()  # noqa: SIM905
    + "best_skew skew_until sent_at started last_answer earliest _xid _last body time peer previous".split()  # noqa: SIM905
    + "record deadline waited_for _settings _outbox _reports _counters _encoding _entropy _book".split()  # noqa: SIM905
    + "_operator _notices notices answering _encode_ack _encode_update".split()  # noqa: SIM905
)
"""Attributes that no decision about leases reads, whose phase is left out, or that are walked once elsewhere."""
_ABOUT_NOW = frozenset(("last_contact", "_last_contact"))
_COMPARED = frozenset(("cltt", "sos", "since", "partner_since"))
_SINCE = frozenset(
    "interrupted_since _since _down_time _down_entered partner_down_time partner_down_entered".split()  # noqa: SIM905
    + "last_operational _time_of_failure".split()  # noqa: SIM905
)
"""Times from which MCLT is counted, and nothing longer. Promises are compared with them, which last no longer."""
_STATE_OF = {"since": "state", "partner_since": "partner_state"}
"""These two matter in PARTNER-DOWN only: the partner compares them with the time of its failure."""
_TOOK_OVER = (State.PARTNER_DOWN, State.SHUTDOWN)
_PHASES = frozenset((Timer.PROGRESS, Timer.RETRY, Timer.BALANCE))
_NUMBERED = (ChangeNumbers, StartNumbers, FailoverRecord)
_NUMBERS = frozenset(
    "_number _first _last_sent acknowledged own contact stored partner received complete".split()  # noqa: SIM905
    + "start contact_start contact_number acked_start acked_number partner_start partner_number".split()  # noqa: SIM905
)
"""Numbers of starts and changes in the classes above."""
_IDENTIFIERS = frozenset(("xid", "number", "connection"))


@cache
def _fields(kind: type) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for base in reversed(kind.__mro__):
        slots = base.__dict__.get("__slots__", ())
        names.update(dict.fromkeys((slots,) if isinstance(slots, str) else slots))
    return tuple(sorted(name for name in names if name not in _LEFT_OUT and not name.startswith("__")))


_known_names: dict[type, tuple[str, ...]] = {}


def _names(subject: object, kind: type) -> tuple[str, ...]:
    """Return the attributes of an object that count; all objects of a class have the same."""
    found = _known_names.get(kind)
    if found is None:
        own = getattr(subject, "__dict__", {})
        found = _fields(kind) + tuple(name for name in sorted(own) if name not in _LEFT_OUT)
        _known_names[kind] = found
    return found


class Canon:
    """Makes the canonical form of one server. `order` replaces the times that are only compared.

    `own`, `partner`: the places of the numbers of this server, and of its partner. `clocks`: whether a clock can be
    wrong.
    """

    def __init__(
        self, now: float, order: "Order", past_seconds: int, own: Places, partner: Places, *, clocks: bool = True
    ) -> None:
        self._clocks = clocks
        self._own = own
        self._partner = partner
        self._now = int(now)
        self._order = order
        self._past_seconds = past_seconds
        self._started = True
        self._seen: dict[int, tuple[int, object]] = {}
        self._identifiers: dict[object, int] = {}

    def time(self, when: float) -> float:
        """Return a time relative to now; all times that are too long ago to matter are the same."""
        return max(when - self._now, -self._past_seconds)

    def compared(self, when: int, of: int) -> float | None:
        """Return the place of a time among those that it is compared with."""
        if not when:
            return None
        place = self._order.get((of, when))
        return max(when - self._now, -APART_SECONDS) if place is None else 1000 + place

    def ends(self, end: int, sent: int, acked: int, received: int) -> tuple[Any, ...]:
        """Return the form of the ends of a lease: only the greatest potential expirations are read."""
        known = max(acked, received)
        return self.of(end), self.of(known), self.of(max(known, sent)), sent < end

    def of(self, subject: Any) -> Any:
        """Return the canonical form of anything."""
        kind = type(subject)
        if kind is int or kind is float:
            return self.time(subject) if _EARLIEST < subject < _LATEST else subject
        if subject is None or kind is bool or kind is bytes or kind is str or isinstance(subject, Enum):
            return subject
        if kind is tuple or kind is list or kind is deque:
            return tuple([self.of(each) for each in subject])
        if kind is dict:
            return tuple([(self.of(name), self.of(each)) for name, each in subject.items() if name not in _PHASES])
        if kind is set or kind is frozenset:
            return tuple(sorted([self.of(each) for each in subject], key=repr))
        if isinstance(subject, _NO_STATE) or callable(subject):
            return None
        known = self._seen.get(id(subject))
        if known is not None:
            return ("again", known[0])
        if kind is Lease:
            return ("lease", subject.address)
        if isinstance(subject, Pool):
            return ("pool", subject.name)
        if kind is StartUp and self._started:
            return None  # It is used in STARTUP only.
        self._seen[id(subject)] = len(self._seen), subject  # Kept, so that no other object gets its id.
        if kind is Book:
            return self._book(subject)
        return self._object(subject, kind)

    def _object(self, subject: Any, kind: type) -> tuple[Any, ...]:
        form: list[Any] = [kind]
        for name in _names(subject, kind):
            value = getattr(subject, name, None)
            if value is None or value is True or value is False:
                form.append(value)
            elif name in _NUMBERS and kind in _NUMBERED:
                form.append(self._own[value] if kind is ChangeNumbers else None)
            elif name in _IDENTIFIERS and type(value) is int:
                form.append(self._identifiers.setdefault((name, value), len(self._identifiers)))
            elif name in _ABOUT_NOW and type(value) in (int, float):
                age = self._now - value
                form.append(0 if 0 <= age < RECENT_SECONDS else min(age // 60, 2) if value else None)
            elif name in _COMPARED and type(value) in (int, float):
                relevant = _STATE_OF.get(name)
                if relevant is None or getattr(subject, relevant, None) in _TOOK_OVER:
                    form.append(self.compared(int(value), getattr(subject, "address", 0)))
            elif name in _SINCE and type(value) in (int, float):
                form.append(self.time(value) if value else None)
                if name == "_time_of_failure":
                    form.append(self.compared(int(value), 0))
            elif name == "_earlier":
                unmoved = [each for each in value if getattr(subject.value, each) == value[each]]
                form.append(tuple(unmoved) if self._clocks else None)  # Only a step of the clock reads it.
            elif name == "_sent" or name == "_connections":
                form.append(self.of(list(value.values())))
            elif name == "_barrier_xids":
                form.append(tuple(sorted(self._identifiers.setdefault(("xid", each), -1) for each in value)))
            else:
                form.append(self.of(value))
        if kind is StartNumbers:
            form.append(tuple([self._own[number] for number in own_of(subject)]))
            form += [self._partner[number] for number in partner_of(subject)]
        elif kind is FailoverRecord:
            form += [self._own[number] for number in own_of_record(subject)]
            form.append(self._partner[remembered(subject.partner_start, subject.partner_number)])
        return tuple(form)

    def _book(self, book: Book) -> tuple[Any, ...]:
        leases = []
        for address in sorted(book.leases):
            lease = book.leases[address]
            times = self.ends(lease.state_exp, lease.sent_pl, lease.acked_pl, lease.recv_pl)
            times += (self.of(lease.due), self.compared(lease.cltt, address), self.compared(lease.sos, address))
            number = self._own[lease.number]
            leases.append((address, lease.status, lease.key, times, lease.needs_update, number))
        offers = tuple([(each.address, each.key, self.of(each.until)) for each in book._offers.values()])
        extra = tuple([self.of(getattr(lease, name)) for lease in book.leases.values() for name in _new_fields()])
        free = tuple([(tuple(pool.free), tuple(pool.backup)) for pool in book.pools.values()])
        return (tuple(leases), offers, extra, free, self._partner[greatest_received(book)])


_LEASE_FIELDS = frozenset(
    "acked_pl address bootp client_id cltt due hardware key needs_update number pool received recv_pl".split()  # noqa: SIM905
    + "relay_info reserved sent_pl sibling sos state_exp status".split()  # noqa: SIM905
)


@cache
def _new_fields() -> tuple[str, ...]:
    """Return attributes of a lease that were added later."""
    return tuple(name for name in Lease.__slots__ if name not in _LEASE_FIELDS)


def server_form(server: Server, canon: Canon) -> object:
    """Return the canonical form of a server without its image."""
    if server.running:
        canon._started = server.state is not State.STARTUP
        stored = None if canon._started else record_form(server.disk.record, canon)
        return (canon.of(server.core.endpoint), canon.of(server.book), stored)
    return (rows_form(server.disk.rows.values(), canon), record_form(server.disk.record, canon))


def rows_form(rows: Iterable[tuple[Any, ...]], canon: Canon) -> object:
    """Return the form of stored leases."""
    found = []
    rows = list(rows)
    for row in sorted(rows, key=lambda row: int(row[0])):
        times = (canon.ends(*row[4:8]), canon.compared(row[8], row[0]), canon.compared(row[9], row[0]))
        found.append((row[:4], times, canon.of(row[10:13]), canon._own[row[13]], row[14:16], canon.of(row[17:])))
    return tuple(found), canon._partner[max((row[16] for row in rows), default=0)]


def record_form(record: FailoverRecord | None, canon: Canon) -> object:
    """Return the form of a stored record."""
    return None if record is None else canon.of(record)


Order = dict[tuple[int, int], int]
"""The place of each time that is only compared, by what it belongs to: an address, or 0 for the states.

Times further apart than the skew are just apart.
"""


def order_of(world: World) -> Order:
    """Return the places of all stored times that are only compared."""
    found: dict[int, set[int]] = {0: set()}
    for address in world.small.addresses_of_scope():
        found[address] = set()
    nows = {int(EPOCH) + world.now + server.error for server in world.servers}
    for server in world.servers:
        images = [(server.disk.rows, server.disk.record)]
        if server.image is not None:
            images.append((server.image.rows, _stored(server.image.record)))
        for rows, record in images:
            for row in rows.values():
                found[row[0]].update(row[8:10])
            if record is not None and record.state in _TOOK_OVER:
                found[0].add(record.since)
            if record is not None and record.partner_state in _TOOK_OVER:
                found[0].add(record.partner_since)
            if record is not None and (not server.running or server.state is State.STARTUP):
                found[0].add(record.last_operational)
    return {(of, time): place for of, times in found.items() for time, place in _places(times, nows)}


def _places(times: set[int], nows: set[int]) -> Iterator[tuple[int, int]]:
    place, last = 0, 0
    for time in sorted(times | nows, reverse=True):
        if time:
            place += min(last - time, APART_SECONDS) if last else 0
            yield time, place
            last = time


def _stored(record: dict[str, Any] | None) -> FailoverRecord | None:
    return None if record is None else FailoverRecord.from_json(record)


FormCache = dict[object, int]


def form(world: World, known: FormCache) -> int:
    """Return the digest of a world's canonical form. `known` keeps the forms of frozen servers."""
    order = order_of(world)
    order_name = tuple(order.items())
    now, past = world.now, world.small.mclt + PAST_SECONDS
    parts: list[object] = [world.wires.cable, world.wires.caller, world.budget, world.appeared]
    parts.append(now % world.small.tick)  # Until when the next wait lasts.
    numbers, clocks = places_of(world), Fault.CLOCK in world.small.faults
    places_name = tuple([tuple(places) for places, _ in numbers])
    parts.append(tuple([distances for _, distances in numbers]))
    for server in world.servers:
        clock = EPOCH + now + server.error
        own, partner = numbers[server.index][0], numbers[1 - server.index][0]
        canon = Canon(clock, order, past, own, partner, clocks=clocks)
        frozen_slot = (server.blob, clock, order_name, places_name)
        found = None if server.blob is None else known.get(frozen_slot)
        if found is None:
            found = digest(server_form(server, canon))
        if server.blob is not None:
            known[frozen_slot] = found
        parts.append(found)
        parts += (server.error, server.replaced)
        canon = Canon(clock, order, past, own, partner, clocks=clocks)
        if server.image is not None:
            parts.append(server.outdated)
            rows = rows_form(server.image.rows.values(), canon)
            parts += (rows, record_form(_stored(server.image.record), canon))
        parts.append(tuple([_event_form(event, canon) for event in world.wires.inboxes[server.index]]))
    for lease in world.leases:
        lasts = lease is not None and lease.until > now
        parts.append((lease.address, lease.until - now, lease.since - now, lease.server) if lease and lasts else None)
    if Fault.REPEAT in world.small.faults:
        parts.append(tuple(world.requests))
    for slot, promise in sorted(world.promises.held.items()):
        if promise.until > now:
            known_to = tuple([max(until - now, 0) for until in promise.known])
            made = (promise.at - now, promise.by)
            parts.append((slot, promise.until - now, made, known_to, bool(promise.excuse), promise.rivals))
    for takeover, server in zip(world.promises.takeovers, world.servers, strict=True):
        behind = takeover is not None and server.last_served > takeover.since
        parts.append(None if takeover is None else (max(takeover.since - now, -past), behind))
    return digest(parts)


def _event_form(event: object, canon: Canon) -> object:
    if isinstance(event, LinkData):
        return tuple([canon._object(message, type(message)) for _, message in frames(event.octets)])
    return type(event).__name__
