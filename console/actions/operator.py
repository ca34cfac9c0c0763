"""The operator: name and origin, for the audit log."""

import getpass
import os
import socket
import sys
from dataclasses import dataclass
from functools import cache

from console.errors import ConfigError
from console.settings.environment import OPERATOR_VARIABLE
from console.settings.outline import ASK

LONGEST_NAME = 60
QUESTION = "Your name, for the audit log: "


@dataclass(frozen=True, slots=True)
class Operator:
    """`name` is the login name, with the person's own name before it where that is known. `origin` is the remote
    address of an SSH session or the terminal, `host` this host."""

    name: str
    origin: str
    host: str

    def __str__(self) -> str:
        return self.name


def this_operator(configured: str | None = None, *, asks: bool = True) -> Operator:
    """The person at this terminal. `configured`: the setting console.operator, before which the variable of the
    environment counts. `asks`: whether a person may be asked for the name.

    Raises ConfigError if the name has to be asked, and there is no terminal.
    """
    try:
        login = getpass.getuser()
    except (OSError, KeyError):
        login = f"uid {os.getuid()}"
    own = _clean(os.environ.get(OPERATOR_VARIABLE, "")) or _clean(configured or "")
    if own == ASK:
        own = _answer() if asks else ""
    remote = os.environ.get("SSH_CONNECTION", "").split()
    origin = remote[0] if remote else _terminal()
    return Operator(login if own in ("", login) else f"{own} ({login})", origin, socket.gethostname())


@cache
def _answer() -> str:
    """The name that the person types; asked once in a process."""
    if not sys.stdin.isatty():
        raise ConfigError(f"the operator's name has to be asked, and there is no terminal: set {OPERATOR_VARIABLE}")
    while True:
        sys.stderr.write(QUESTION)
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            raise ConfigError("the operator's name was not given: nothing was opened")
        name = _clean(line)
        if name and name != ASK:
            return name


def _clean(text: str) -> str:
    """The name without what a log or a terminal could take for something else."""
    return " ".join("".join(each for each in text if each.isprintable()).split())[:LONGEST_NAME]


def _terminal() -> str:
    try:
        return os.ttyname(0)
    except OSError:
        return "no terminal"
