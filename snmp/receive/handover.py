"""What the receiver's worker tells its parent, and how it is written on the pipe between them."""

import marshal
import struct
from typing import Any, NamedTuple

from snmp.mib.notification import Notification, Varbind
from snmp.receive.reasons import Rejection

FRAME = struct.Struct("!I")
"""Octets that follow."""


class Counts(NamedTuple):
    """Datagrams since the worker began: received = decoded + coalesced + rejected + dropped."""

    received: int = 0
    decoded: int = 0
    coalesced: int = 0
    rejected: int = 0
    dropped: int = 0


class Report(NamedTuple):
    """One frame. The counts are as of its last notification."""

    notifications: list[Notification]
    counts: Counts
    causes: dict[str, int]
    """rejected and dropped by cause."""
    rejections: tuple[Rejection, ...]


def pack(report: Report) -> bytes:
    """The octets of one frame."""
    body = marshal.dumps(
        (
            [_packed(each) for each in report.notifications],
            tuple(report.counts),
            report.causes,
            [(each.source, each.reason, each.count) for each in report.rejections],
        )
    )
    return FRAME.pack(len(body)) + body


def unpack(body: bytes) -> Report:
    """What a frame says, its length taken off. Only for what this machine's own worker wrote."""
    notifications, counts, causes, rejections = marshal.loads(body)
    return Report(
        [_unpacked(each) for each in notifications],
        Counts(*counts),
        causes,
        tuple(Rejection(*each) for each in rejections),
    )


def _packed(told: Notification) -> tuple[object, ...]:
    varbinds = tuple(map(tuple, told.varbinds))
    return (
        told.name,
        told.oid,
        told.source,
        told.agent,
        told.version,
        told.received_at,
        told.uptime_centiseconds,
        varbinds,
        told.count,
        told.inform,
        told.user,
        told.level,
        told.engine_id,
    )


def _unpacked(packed: Any) -> Notification:
    fields = list(packed)
    fields[7] = tuple(map(Varbind._make, fields[7]))
    return Notification(*fields)
