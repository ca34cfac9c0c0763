"""`Report`: what the worker sends to its parent process, and its encoding on the pipe between them."""

import marshal
import struct
from typing import Any, NamedTuple

from snmp.mib.notification import Notification, Varbind
from snmp.receive.reasons import Rejection

FRAME = struct.Struct("!I")
"""The number of octets that follow."""


class Counts(NamedTuple):
    """Datagrams since the start of the worker: received = decoded + coalesced + rejected + dropped."""

    received: int = 0
    decoded: int = 0
    coalesced: int = 0
    rejected: int = 0
    dropped: int = 0


class Report(NamedTuple):
    """The contents of one frame. The counts are those at its last notification."""

    notifications: list[Notification]
    counts: Counts
    causes: dict[str, int]
    """Rejected and dropped datagrams by cause."""
    rejections: tuple[Rejection, ...]
    faults: tuple[str, ...] = ()
    """Faults of MIB modules."""


def pack(report: Report) -> bytes:
    """Return the octets of one frame."""
    body = marshal.dumps(
        (
            [_packed(each) for each in report.notifications],
            tuple(report.counts),
            report.causes,
            [(each.source, each.reason, each.count) for each in report.rejections],
            report.faults,
        )
    )
    return FRAME.pack(len(body)) + body


def unpack(body: bytes) -> Report:
    """Return the contents of a frame, given without its length. Only for frames that this module wrote."""
    notifications, counts, causes, rejections, faults = marshal.loads(body)
    return Report(
        [_unpacked(each) for each in notifications],
        Counts(*counts),
        causes,
        tuple(Rejection(*each) for each in rejections),
        faults,
    )


def _packed(notification: Notification) -> tuple[object, ...]:
    varbinds = tuple(map(tuple, notification.varbinds))
    return (
        notification.name,
        notification.oid,
        notification.source,
        notification.agent,
        notification.version,
        notification.received_at,
        notification.uptime_centiseconds,
        varbinds,
        notification.count,
        notification.inform,
        notification.user,
        notification.level,
        notification.engine_id,
        notification.octets,
        notification.bindings,
    )


def _unpacked(packed: Any) -> Notification:
    fields = list(packed)
    fields[7] = tuple(map(Varbind._make, fields[7]))
    return Notification(*fields)
