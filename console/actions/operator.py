"""The operator: name and origin, for the audit log."""

import getpass
import os
import socket
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Operator:
    """`name` is the login name, `origin` the remote address of an SSH session or the terminal, `host` this
    host."""

    name: str
    origin: str
    host: str

    def __str__(self) -> str:
        return self.name


def this_operator() -> Operator:
    """The person at this terminal."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):
        name = f"uid {os.getuid()}"
    remote = os.environ.get("SSH_CONNECTION", "").split()
    origin = remote[0] if remote else _terminal()
    return Operator(name, origin, socket.gethostname())


def _terminal() -> str:
    try:
        return os.ttyname(0)
    except OSError:
        return "no terminal"
