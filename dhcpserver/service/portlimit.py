"""Limits of what the clients behind one port may do in a minute (declines, new clients).

A port is a relay and its option 82, which has the circuit where the relay adds it; clients without a relay share one.
"""

from ipaddress import IPv4Address

WINDOW = 60.0
"""Seconds."""
PORTS = 10_000
"""Ports that are counted; the one whose window is the oldest is forgotten first."""

Port = tuple[int, bytes | None]


class PortLimit:
    """At most `most` events of one port in a minute; 0 for no limit."""

    __slots__ = ("_ports", "most")

    def __init__(self, most: int) -> None:
        self.most = most
        self._ports: dict[Port, tuple[float, int]] = {}

    def allows(self, port: Port, now: float) -> bool:
        """Count an event; return whether it is within the limit."""
        if not self.most:
            return True
        began, count = self._ports.get(port, (now, 0))
        if now - began >= WINDOW:
            began, count = now, 0
        if not count:
            self._ports.pop(port, None)
            if len(self._ports) >= PORTS:
                del self._ports[next(iter(self._ports))]
        self._ports[port] = began, count + 1
        return count < self.most

    def shift(self, step: float) -> None:
        """Follow a step of the clock."""
        self._ports = {port: (began + step, count) for port, (began, count) in self._ports.items()}


def port_text(port: Port) -> str:
    """Return a port for people: the relay's address, and option 82 in hexadecimal."""
    relay, info = port
    where = f"relay {IPv4Address(relay)}" if relay else "the local link"
    return f"{where}, port {info.hex(':')}" if info else where
