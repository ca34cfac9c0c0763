"""`pairwatch who-had`: who had an address at a time, from the lease log in a data directory."""

import json
import sys
from pathlib import Path
from typing import Any

from dhcpserver.api.leasehistory import history
from dhcpserver.leases.keys import read_key, text_of
from dhcpserver.service.leaseevents import shown

FILES = 99
"""Rotated files that are read at most; `lease-log-count` cannot be higher."""
NO_CLIENT = 3
"""The exit status if no client had the address, or if the log does not show it."""


def run(data: Path, address: str, at: float, *, as_json: bool) -> int:
    """Print who had the address; return the exit status: 0 with a client, NO_CLIENT without one, 1 without a log."""
    try:
        wanted = text_of(read_key(address))
    except ValueError as error:
        return _fail(str(error))
    found = history(data / "logs", wanted, at, FILES)
    if found["begins"] is None:
        return _fail(f'{data} has no lease log: set lease-log = ["json"] in [server] of its configuration')
    print(json.dumps(found) if as_json else answer(found, at))
    return 0 if found["holder"] is not None else NO_CLIENT


def answer(found: dict[str, Any], at: float) -> str:
    """Return a history as text for people."""
    address, moment, holder = found["address"], shown(at), found["holder"]
    if holder is not None:
        lines = [f"{address} at {moment}: {holder.get('hardware') or 'no hardware address'}"]
        for name, words in (
            ("client_id", "client identifier"),
            ("host_name", "host name"),
            ("relay_agent_info", "option 82"),
            ("scope", "scope"),
            ("event", "last event"),
            ("at", "at"),
            ("until", "lease until"),
        ):
            if holder.get(name):
                lines.append(f"  {words:<18} {_plain(holder[name])}")
        return "\n".join(lines)
    if moment < found["begins"]:
        return f"{address} at {moment}: not known. The lease log begins at {found['begins']}."
    last = found["events"][-1] if found["events"] else None
    before = "" if last is None else f" The last event before was: {_plain(last['event'])} at {_plain(last['at'])}."
    return f"{address} at {moment}: no client had it, as far as this log shows.{before}"


def _plain(value: object) -> str:
    """Return a value of the log without characters that a terminal obeys."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in str(value))


def _fail(text: str) -> int:
    print(f"pairwatch: {text}", file=sys.stderr)
    return 1
