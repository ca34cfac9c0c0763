"""What a receiver is told: where to listen, to whom, and how much to keep."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from snmp.receive.listeners import RECEIVE_BUFFER_OCTETS
from snmp.security.access import Community, User


@dataclass(frozen=True, slots=True)
class ReceiverSettings:
    """Where to listen and to whom."""

    listen: tuple[tuple[str, int], ...]
    """Addresses and ports, of IPv4 and IPv6; port 0 is any free one."""
    communities: tuple[Community, ...] = (Community("public"),)
    users: tuple[User, ...] = ()
    sources: tuple[str, ...] = ()
    """Addresses or networks that may send at all; empty, all may."""
    engine_id: str | None = None
    """Ours, in hexadecimal; None, the one of the state directory."""
    state_directory: Path | None = None
    """Where the engine ID and boots are kept; None, and every start is a new engine, unknown to senders of informs."""
    window_seconds: float = 0.25
    """How long a notification waits for repetitions of itself."""
    queue_limit: int = 50_000
    """Datagrams that wait for a caller who does not call `receive`; what there is no room for is dropped, counted."""
    per_second: float = 0.0
    """Notifications a second from one source, repetitions not counted; 0, as many as come."""
    buffer_octets: int | None = RECEIVE_BUFFER_OCTETS
    """The receive buffer to ask the kernel for; None, its default."""

    def as_json(self) -> str:
        """For the child process alone: it has the secrets in it."""
        content = asdict(self)
        content["state_directory"] = None if self.state_directory is None else str(self.state_directory)
        return json.dumps(content)

    @classmethod
    def from_json(cls, text: str) -> "ReceiverSettings":
        content = json.loads(text)
        state = content["state_directory"]
        content |= {
            "listen": tuple((host, port) for host, port in content["listen"]),
            "communities": tuple(Community(each["name"], tuple(each["networks"])) for each in content["communities"]),
            "users": tuple(_user(each) for each in content["users"]),
            "sources": tuple(content["sources"]),
            "state_directory": None if state is None else Path(state),
        }
        return cls(**content)


def _user(content: dict[str, Any]) -> User:
    lists = {name: tuple(content[name]) for name in ("engine_ids", "networks")}
    return User(**{**content, **lists})
