"""The second of the receiver's two child processes: it decides about each datagram and decodes it.

It reads the drain's frames from its standard input, applies `intake`, answers informs from the socket that received
them, and writes reports to its standard output. While its parent does not read, it stops reading too. The datagrams
then wait in the drain's queue, which is bounded. The worker ends when the drain ends.
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

from snmp.modules.loading import load
from snmp.receive import drain, report
from snmp.receive.datagram import Datagram
from snmp.receive.drain import DrainReport
from snmp.receive.intake import MAXIMUM_PENDING, Intake
from snmp.receive.reasons import DROPPED_QUEUE, Rejection
from snmp.receive.report import Counts, Report
from snmp.receive.settings import ReceiverSettings
from snmp.security.enginestate import EngineState

_READ_OCTETS = 1024 * 1024
NOTIFICATIONS_PER_REPORT = 256
_GARBAGE = (50_000, 20, 100)
"""Thresholds of the garbage collector: only the SNMPv3 stack leaves cycles, and a collection delays a storm."""
COUNTS_SECONDS = 0.1
"""Longest delay of changed counts when there is no notification to report."""


class Worker:
    """Makes reports from frames. The sockets are for answers only."""

    def __init__(self, settings: ReceiverSettings, state: EngineState | None, sockets: list[socket.socket]) -> None:
        usm = None
        if settings.users and state is not None:
            from snmp.receive.usm import UsmIntake  # pysnmp takes a third of a second to import.

            usm = UsmIntake(settings.users, state)
        loaded = load(settings.mib_directories, settings.mibs, settings.state_directory)
        self._faults = loaded.faults
        self.intake = Intake(
            settings.communities,
            settings.sources,
            settings.window_seconds,
            usm,
            settings.per_second,
            settings.keeps_octets,
            loaded.tables,
        )
        self._sockets = sockets
        self._unread = bytearray()
        self._drain_report = DrainReport([], 0, 0, {})
        self._reported = Counts()
        self._reported_faults: tuple[str, ...] = ()

    def feed(self, octets: bytes) -> None:
        """Read every complete frame of what the drain wrote."""
        self._unread += octets
        position, header = 0, drain.FRAME.size
        while len(self._unread) - position >= header:
            (length,) = drain.FRAME.unpack_from(self._unread, position)
            end = position + header + length
            if len(self._unread) < end:
                break
            self._handle_frame(drain.unpack(bytes(self._unread[position + header : end])))
            position = end
        del self._unread[:position]

    def next_report(self, now: float) -> Report | None:
        """Return the due notifications and the counts at `now`; None if nothing is new."""
        counts = self.counts()
        due = self.intake.due(now, NOTIFICATIONS_PER_REPORT)
        if not due and counts == self._reported and self._faults == self._reported_faults:
            return None
        self._reported, self._reported_faults = counts, self._faults
        causes = Counter(self.intake.causes)
        rejections = self.intake.rejections()
        if self._drain_report.dropped:
            causes[DROPPED_QUEUE] = self._drain_report.dropped
            dropped_of = self._drain_report.dropped_of.items()
            rejections += tuple(Rejection(host, DROPPED_QUEUE, count) for host, count in dropped_of)
        return Report(due, counts, dict(causes), rejections, self._faults)

    def counts(self) -> Counts:
        counted = self.intake.counts
        return Counts(
            self._drain_report.passed + self._drain_report.dropped,
            counted["decoded"],
            counted["coalesced"],
            counted["rejected"],
            counted["dropped"] + self._drain_report.dropped,
        )

    def _handle_frame(self, frame: DrainReport) -> None:
        handle = self.intake.handle
        now = time.monotonic()
        clock = time.time() - now
        for item in frame.items:
            arrived, listener, host, port, data = item
            for answer in handle(Datagram(clock + arrived, arrived, listener, host, port, data), now):
                with contextlib.suppress(OSError):  # The sender has ended, or will send the inform again.
                    self._sockets[listener].sendto(answer, (host, port))
        dropped_of = frame.dropped_of or self._drain_report.dropped_of
        self._drain_report = DrainReport([], frame.passed, frame.dropped, dropped_of)


def work(worker: Worker, source: int, sink: int) -> None:
    """Handle frames from `source` and write reports to `sink` until the drain ends."""
    os.set_blocking(sink, False)
    poller = select.poll()
    unwritten = memoryview(b"")
    last_report = 0.0
    ended = False
    while not ended:
        now = time.monotonic()
        if not unwritten and (worker.intake.is_due(now) or now - last_report >= COUNTS_SECONDS):
            due = worker.next_report(now)
            last_report = now
            unwritten = memoryview(b"" if due is None else report.pack(due))
        reads = worker.intake.pending < MAXIMUM_PENDING
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
            time.sleep(0.001)  # The drain has ended, but its last frames must wait until there is room.
    os.set_blocking(sink, True)
    while unwritten:
        unwritten = unwritten[os.write(sink, unwritten) :]
    while (final := worker.next_report(float("inf"))) is not None:
        last = memoryview(report.pack(final))
        while last:
            last = last[os.write(sink, last) :]


def _milliseconds(worker: Worker, now: float, waits_for_parent: bool) -> float:
    """Return how long the worker can wait for input."""
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
        # The drain has priority: what it does not read in time is lost; decoding can wait.
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    gc.set_threshold(*_GARBAGE)
    with os.fdopen(int(arguments[0]), encoding="utf-8") as pipe:
        settings = ReceiverSettings.from_json(pipe.read())
    state = None if arguments[1] == "-" else EngineState(bytes.fromhex(arguments[1]), int(arguments[2]))
    sockets = [socket.socket(fileno=int(each)) for each in arguments[3:]]
    with contextlib.suppress(BrokenPipeError):  # The parent has ended.
        work(Worker(settings, state, sockets), sys.stdin.fileno(), sys.stdout.fileno())
    return 0
