"""Notifications to the service manager that started this process (sd_notify(3), systemd.service(5) Type=notify).

    NOTIFY_SOCKET    where to send them; without it, this process was not started by such a manager
    WATCHDOG_USEC    the manager restarts a process that sends no WATCHDOG=1 for that many microseconds
    WATCHDOG_PID     the process that this is asked of

WATCHDOG=1 is sent by a task of the event loop, so a loop that hangs is restarted. Both `pairwatch serve` and
`pairwatch collect` use this module; the entry point gives it to the collector.
"""

import asyncio
import os
import socket
import time
from collections.abc import Mapping

MICROSECONDS = 1_000_000
A_THIRD = 1 / 3
"""The part of the watchdog's time after which the next message is sent: two may be late."""


class Supervisor:
    """The service manager of this process. Without one, nothing is sent.

    Attributes:
        watchdog_seconds: after this time without a message the manager restarts the process; None without a watchdog.
    """

    def __init__(self, environment: Mapping[str, str], pid: int) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        self.watchdog_seconds: float | None = None
        microseconds = environment.get("WATCHDOG_USEC", "")
        meant = environment.get("WATCHDOG_PID", str(pid)) == str(pid)
        if self._address and meant and microseconds.isdecimal() and int(microseconds) > 0:
            self.watchdog_seconds = int(microseconds) / MICROSECONDS

    @classmethod
    def of_process(cls) -> "Supervisor":
        """The one that this process was started by. Its variables are removed, so that no child notifies it."""
        found = cls(os.environ, os.getpid())
        for name in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"):
            os.environ.pop(name, None)
        return found

    def ready(self) -> None:
        """The process does its work, at its start or after it read its configuration again."""
        self._send("READY=1")

    def reloading(self) -> None:
        """The process reads its configuration again; `ready` follows."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """The process ends."""
        self._send("STOPPING=1")

    async def watch(self) -> None:
        """Report that the event loop runs, until cancelled. Returns at once without a watchdog."""
        while self.watchdog_seconds is not None:
            self._send("WATCHDOG=1")
            await asyncio.sleep(self.watchdog_seconds * A_THIRD)

    def _send(self, text: str) -> None:
        """Send one message. A manager that cannot be reached does not end the service."""
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
                sock.setblocking(False)
                sock.sendto(text.encode("ascii"), address)
        except OSError:
            return
