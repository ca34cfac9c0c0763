"""`SentRecently`: recognises a notification that was forwarded and has come back. Pure.

A recipient can forward to this receiver, directly or through others, and then a trap would circulate for ever. A relay
can change the version, the community and the request ID. It keeps the OID, the uptime and the varbinds. So a
notification is held back if within `LOOP_SECONDS` before it the same octets were forwarded, or the same contents
and it names the same device, or comes from a recipient or from the same source. A device that sends the same trap
again has another uptime.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Collection

from snmp.mib import standard
from snmp.mib.notification import Notification

LOOP_SECONDS = 60.0
MAXIMUM_SENT = 16_384
_ADDED_BY_RELAYS = frozenset((standard.TRAP_ADDRESS, standard.TRAP_COMMUNITY, standard.TRAP_ENTERPRISE))

_Key = tuple[str, bytes]


class SentRecently:
    """The notifications that were forwarded lately, in a bounded table.

    `recipients` are the addresses that notifications are forwarded to.
    """

    def __init__(self, recipients: Collection[str]) -> None:
        self._recipients = frozenset(recipients)
        self._until: OrderedDict[_Key, float] = OrderedDict()

    def has(self, notification: Notification, now: float) -> bool:
        """Whether this is a notification that was forwarded; `now` in monotonic seconds."""
        keys = [("octets", _digest(notification.octets)), (notification.device, _contents(notification))]
        if notification.source[0] in self._recipients:
            keys.append(("", _contents(notification)))
        return any(self._until.get(key, 0.0) > now for key in keys)

    def add(self, notification: Notification, now: float) -> None:
        """Remember a notification that is forwarded."""
        contents = _contents(notification)
        for key in (("octets", _digest(notification.octets)), (notification.device, contents), ("", contents)):
            self._until.pop(key, None)
            self._until[key] = now + LOOP_SECONDS
        while len(self._until) > MAXIMUM_SENT:
            self._until.popitem(last=False)


def _digest(octets: bytes) -> bytes:
    return hashlib.blake2b(octets, digest_size=16).digest()


def _contents(notification: Notification) -> bytes:
    varbinds = [(each.oid, each.value) for each in notification.varbinds if each.oid not in _ADDED_BY_RELAYS]
    return _digest(repr((notification.oid, notification.uptime_centiseconds, varbinds)).encode())
