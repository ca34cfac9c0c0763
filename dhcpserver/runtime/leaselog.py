"""The lease log: who had which address when, a JSON object a line and, if wanted, lines in the form of the log.

The JSON lines are read again to answer who had an address at a time.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from dhcpserver.contract.messages import LEASE_EVENT
from dhcpserver.failover.effects import log_line
from dhcpserver.runtime.logfile import format_line
from dhcpserver.runtime.rotation import RotatedFile, rotations

JSON_NAME, LINES_NAME = "leases.jsonl", "name_dhcp_1_leases"


class LeaseLog:
    """The lease log of one server in `directory`. `forms`: `json`, `lines`, or both."""

    def __init__(self, directory: Path, server: str, forms: tuple[str, ...], size: int, count: int) -> None:
        self._server = server
        self._json = RotatedFile(directory / JSON_NAME, size, count) if "json" in forms else None
        self._lines = RotatedFile(directory / LINES_NAME, size, count) if "lines" in forms else None

    @property
    def wanted(self) -> bool:
        """Whether anything is written at all."""
        return self._json is not None or self._lines is not None

    def write(self, now: float, events: Sequence[dict[str, Any]]) -> None:
        """Write the events of a turn."""
        if self._json is not None:
            self._json.write(json.dumps(event, separators=(",", ":"), ensure_ascii=True) for event in events)
        if self._lines is not None:
            self._lines.write(format_line(now, self._server, log_line(LEASE_EVENT, **_words(each))) for each in events)

    @property
    def lost(self) -> int:
        """Lines that could not be written."""
        return sum(each.lost for each in (self._json, self._lines) if each is not None)

    def close(self) -> None:
        """Close the files."""
        for each in (self._json, self._lines):
            if each is not None:
                each.close()


def _words(event: dict[str, Any]) -> dict[str, str]:
    return {name: "none" if value is None else value for name, value in event.items()}


def events_of(directory: Path, address: str, count: int) -> Iterator[dict[str, Any]]:
    """Return the events of an address in the JSON lines, in order of time. What cannot be read is left out."""
    path = directory / JSON_NAME
    sought = f'"address":"{address}"'
    for each in reversed([path, *rotations(path, count)]):
        try:
            file = each.open(encoding="utf-8", errors="replace")
        except OSError:
            continue
        with file:
            for line in file:
                if sought not in line:
                    continue
                try:
                    event = json.loads(line)
                except ValueError:
                    continue
                if isinstance(event, dict) and event.get("address") == address:
                    yield event


def begin_of(directory: Path, count: int) -> str | None:
    """Return the time of the oldest line; None without one."""
    path = directory / JSON_NAME
    for each in reversed([path, *rotations(path, count)]):
        try:
            with each.open(encoding="utf-8", errors="replace") as file:
                first = json.loads(file.readline())
        except (OSError, ValueError):
            continue
        if isinstance(first, dict) and isinstance(first.get("at"), str):
            return str(first["at"])
    return None
