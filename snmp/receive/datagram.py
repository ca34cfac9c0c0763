"""`Datagram`: one datagram as a listener received it."""

from typing import NamedTuple


class Datagram(NamedTuple):
    """A datagram, its arrival and its source."""

    received_at: float
    """Unix seconds."""
    arrived: float
    """The same moment in monotonic seconds."""
    listener: int
    """Number of the listener."""
    host: str
    port: int
    data: bytes

    @property
    def source(self) -> tuple[str, int]:
        return (self.host, self.port)
