"""`ReceiverSettings`: the addresses, the accepted senders and the limits of a receiver."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from snmp.receive.listeners import RECEIVE_BUFFER_OCTETS
from snmp.security.access import Community, User


@dataclass(frozen=True, slots=True)
class ReceiverSettings:
    """The settings of one receiver."""

    listen: tuple[tuple[str, int], ...]
    """Addresses and ports, IPv4 and IPv6; port 0 selects a free port."""
    communities: tuple[Community, ...] = (Community("public"),)
    users: tuple[User, ...] = ()
    sources: tuple[str, ...] = ()
    """Addresses or networks that may send anything; empty: all."""
    engine_id: str | None = None
    """Engine ID of the receiver, in hexadecimal; None: that of the state directory."""
    state_directory: Path | None = None
    """Where engine ID and boots are stored; None: every start is a new engine for senders of informs to discover."""
    window_seconds: float = 0.25
    """How long a notification waits for its repetitions."""
    queue_limit: int = 50_000
    """Most datagrams that wait until `receive` is called; further ones are dropped and counted."""
    per_second: float = 0.0
    """Notifications per second from one source, without repetitions; 0: no limit."""
    buffer_octets: int | None = RECEIVE_BUFFER_OCTETS
    """Size of the receive buffer to request from the kernel; None: its default."""
    keeps_octets: bool = False
    """Whether notifications have the octets that forwarding needs."""

    mib_directories: tuple[Path, ...] = ()
    """Directories with files of MIB modules."""
    mibs: tuple[str, ...] = ()
    """Names of the modules to load; empty: all in the directories."""

    def as_json(self) -> str:
        """Return the settings as JSON, for the child process only: the secrets are in it."""
        content = asdict(self)
        content["state_directory"] = None if self.state_directory is None else str(self.state_directory)
        content["mib_directories"] = [str(each) for each in self.mib_directories]
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
            "mib_directories": tuple(map(Path, content["mib_directories"])),
            "mibs": tuple(content["mibs"]),
        }
        return cls(**content)


def _user(content: dict[str, Any]) -> User:
    lists = {name: tuple(content[name]) for name in ("engine_ids", "networks")}
    return User(**{**content, **lists})
