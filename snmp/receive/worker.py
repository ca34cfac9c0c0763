"""The second of the receiver's two child processes: it decides and decodes, so that its parent need not.

It reads the drain's frames from its standard input, applies `intake`, answers informs from the socket that they came
to, and writes reports to its standard output. A parent that does not read holds it up, and it then stops reading: what
comes meanwhile waits in the drain's queue, which is bounded and knows what to give up. It ends when the drain does.
"""

import contextlib
import gc
import os
import select
import signal
import socket
import sys
import time
from collections import Counter

from snmp.receive import drain, handover
from snmp.receive.drain import Datagram
from snmp.receive.handover import Counts, Report
from snmp.receive.intake import MAXIMUM_WAITING, Intake
from snmp.receive.reasons import DROPPED_QUEUE, Rejection
from snmp.receive.settings import ReceiverSettings
from snmp.security.enginestate import EngineState

_READ_OCTETS = 1024 * 1024
NOTIFICATIONS_PER_REPORT = 256
_GARBAGE = (50_000, 20, 100)
"""Nearly nothing here is cyclic but what the SNMPv3 stack leaves, and collections are dear in a storm."""
COUNTS_SECONDS = 0.1
"""How long counts may be told late when there is nothing else to tell."""


class Worker:
    """From frames to reports. Has the sockets only to answer from."""

    def __init__(self, settings: ReceiverSettings, state: EngineState | None, sockets: list[socket.socket]) -> None:
        usm = None
        if settings.users and state is not None:
            from snmp.receive.usm import UsmIntake  # A third of a second, for those who use it.

            usm = UsmIntake(settings.users, state)
        self.intake = Intake(settings.communities, settings.sources, settings.window_seconds, usm, settings.per_second)
        self._sockets = sockets
        self._unread = bytearray()
        self._drained = drain.Drained([], 0, 0, {})
        self._told = Counts()

    def feed(self, octets: bytes) -> None:
        """Take in what the drain wrote: every frame that is whole."""
        self._unread += octets
        position, header = 0, drain.FRAME.size
        while len(self._unread) - position >= header:
            (length,) = drain.FRAME.unpack_from(self._unread, position)
            end = position + header + length
            if len(self._unread) < end:
                break
            self._frame(drain.drained(bytes(self._unread[position + header : end])))
            position = end
        del self._unread[:position]

    def report(self, now: float) -> Report | None:
        """What there is to tell at `now`; None when it is nothing new."""
        counts = self.counts()
        due = self.intake.due(now, NOTIFICATIONS_PER_REPORT)
        if not due and counts == self._told:
            return None
        self._told = counts
        causes = Counter(self.intake.causes)
        rejections = self.intake.rejections()
        if self._drained.dropped:
            causes[DROPPED_QUEUE] = self._drained.dropped
            dropped_of = self._drained.dropped_of.items()
            rejections += tuple(Rejection(host, DROPPED_QUEUE, count) for host, count in dropped_of)
        return Report(due, counts, dict(causes), rejections)

    def counts(self) -> Counts:
        counted = self.intake.counts
        return Counts(
            self._drained.passed + self._drained.dropped,
            counted["decoded"],
            counted["coalesced"],
            counted["rejected"],
            counted["dropped"] + self._drained.dropped,
        )

    def _frame(self, said: drain.Drained) -> None:
        take = self.intake.take
        now = time.monotonic()
        clock = time.time() - now
        for item in said.items:
            arrived, listener, host, port, data = item
            for answer in take(Datagram(clock + arrived, arrived, listener, host, port, data), now):
                with contextlib.suppress(OSError):  # Its sender is gone, or asks again.
                    self._sockets[listener].sendto(answer, (host, port))
        dropped_of = said.dropped_of or self._drained.dropped_of
        self._drained = drain.Drained([], said.passed, said.dropped, dropped_of)


def work(worker: Worker, source: int, sink: int) -> None:
    """Until the drain ends."""
    os.set_blocking(sink, False)
    poller = select.poll()
    unwritten = memoryview(b"")
    told = 0.0
    ended = False
    while not ended:
        now = time.monotonic()
        if not unwritten and (worker.intake.is_due(now) or now - told >= COUNTS_SECONDS):
            report = worker.report(now)
            told = now
            unwritten = memoryview(handover.pack(report) if report is not None else b"")
        reads = worker.intake.waiting < MAXIMUM_WAITING
        poller.register(source, select.POLLIN if reads else 0)
        if unwritten:
            poller.register(sink, select.POLLOUT)
        ready = dict(poller.poll(_milliseconds(worker, now, bool(unwritten))))
        if unwritten:
            poller.unregister(sink)
            if sink in ready:
                with contextlib.suppress(BlockingIOError):
                    unwritten = unwritten[os.write(sink, unwritten) :]
        if source in ready and reads:
            octets = os.read(source, _READ_OCTETS)
            worker.feed(octets)
            ended = not octets
        elif ready.get(source, 0) & select.POLLHUP and not reads:
            time.sleep(0.001)  # It has ended, and there is still to be read; not before there is room.
    os.set_blocking(sink, True)
    while unwritten:
        unwritten = unwritten[os.write(sink, unwritten) :]
    while (report := worker.report(float("inf"))) is not None:
        last = memoryview(handover.pack(report))
        while last:
            last = last[os.write(sink, last) :]


def _milliseconds(worker: Worker, now: float, waits_for_parent: bool) -> float:
    """How long there is nothing to do unless something comes."""
    if waits_for_parent:
        return 1000.0
    due = worker.intake.next_due()
    wait = COUNTS_SECONDS if due is None else min(COUNTS_SECONDS, due - now)
    return max(0.0, wait * 1000 + 0.5)


def main(arguments: list[str]) -> int:
    """Arguments: descriptor to read the settings from, engine ID and boots or two dashes, descriptors of sockets."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with contextlib.suppress(OSError, AttributeError):  # Not Linux.
        # The drain goes first: what it does not read in time is lost, what is decoded later is not.
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    gc.set_threshold(*_GARBAGE)
    with os.fdopen(int(arguments[0]), encoding="utf-8") as pipe:
        settings = ReceiverSettings.from_json(pipe.read())
    state = None if arguments[1] == "-" else EngineState(bytes.fromhex(arguments[1]), int(arguments[2]))
    sockets = [socket.socket(fileno=int(each)) for each in arguments[3:]]
    with contextlib.suppress(BrokenPipeError):  # The parent is gone.
        work(Worker(settings, state, sockets), sys.stdin.fileno(), sys.stdout.fileno())
    return 0
