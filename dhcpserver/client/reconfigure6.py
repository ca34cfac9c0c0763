"""The key by which a client recognises a RECONFIGURE of its server (RFC 8415 section 20.4.3)."""

from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.dhcp6 import Message
from dhcpserver.wire.dhcp6auth import is_signed, read_authentication


class ReconfigureKey:
    """The key of the last REPLY that had one, and the greatest number that was received with it."""

    __slots__ = ("_key", "_replay")

    def __init__(self) -> None:
        self._key: bytes | None = None
        self._replay = -1

    def take(self, message: Message) -> None:
        """Take the key of a REPLY, if it has one."""
        found = read_authentication(message.get(o6.AUTHENTICATION))
        if found is not None and found.key is not None:
            self._key, self._replay = found.key, found.replay

    def accepts(self, message: Message) -> bool:
        """Return whether a RECONFIGURE is signed with the key and is not a repetition."""
        found = read_authentication(message.get(o6.AUTHENTICATION))
        if self._key is None or found is None or found.replay <= self._replay or not is_signed(message, self._key):
            return False
        self._replay = found.replay
        return True
