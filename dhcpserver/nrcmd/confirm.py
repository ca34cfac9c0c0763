"""`failover-pair NAME confirm`: whether a pair works, after its creation and each synchronisation (R-073, R-169)."""

from collections.abc import Callable, Mapping
from typing import Any

from dhcpserver.nrcmd.answer import Answer, Status
from dhcpserver.nrcmd.api import Api, Json
from dhcpserver.nrcmd.checklist import pair_of, partners
from dhcpserver.nrcmd.grammar import Command
from dhcpserver.nrcmd.related import shown
from dhcpserver.nrcmd.synchronise import ServerOf

LINES = "200"
"""Lines of each log that are searched for errors."""
_CONTACT = " 18102 "
"""The line of the last contact: errors before it are of the time before."""


def confirm(api: Api, command: Command, server_of: ServerOf) -> Answer:
    """Check both servers; each line is a step with what was found."""
    if command.arguments:
        raise ValueError(f"confirm has no arguments; this is {command.arguments[0]!r}")
    servers = dict(zip(("main", "backup"), partners(api, command, server_of), strict=True))
    statuses = {role: server.get("/status") for role, server in servers.items()}
    lines, failed = [], 0
    for title, check in STEPS:
        wrong = [
            f"{role}: {reason}"
            for role, status in statuses.items()
            if (reason := check(status, command.name)) is not None
        ]
        failed += bool(wrong)
        lines.append(f"{title}: {'; '.join(wrong) or 'yes'}")
    errors = [f"{role}: {line}" for role, server in servers.items() for line in _errors(server)]
    failed += bool(errors)
    lines.append(f"the logs have no new error: {errors[-1] if errors else 'yes'}")
    lines.append(_clients(statuses, command.name))
    lines.append("by hand: have a client of each relay get a lease")
    if failed:
        return Answer(Status.WARNINGS, f"{failed} of {len(STEPS) + 1} steps failed", tuple(lines))
    return Answer(detail="the pair works", lines=tuple(lines))


def _reachable(status: Json, name: str) -> str | None:
    found = pair_of(status, name).get("communications")
    return None if found == "ok" else f"communications are {shown(found)}"


def _normal(status: Json, name: str) -> str | None:
    state = pair_of(status, name).get("state")
    return None if state == "NORMAL" else f"it is {shown(state)}"


def _serves(status: Json, name: str) -> str | None:
    server = status.get("server", {})
    return None if server.get("serving") is True else str(server.get("not_serving_reason") or "it does not serve")


def _in_use(status: Json, name: str) -> str | None:
    return "a reload is pending" if status.get("server", {}).get("reload_pending") else None


def _same(status: Json, name: str) -> str | None:
    found = pair_of(status, name).get("config_mismatch")
    return f"it reports {shown(found)}" if found else None


STEPS: tuple[tuple[str, Callable[[Json, str], str | None]], ...] = (
    ("the servers reach each other", _reachable),
    ("both are in NORMAL", _normal),
    ("both serve clients", _serves),
    ("both use the configuration that they have stored", _in_use),
    ("both have the same configuration", _same),
)
"""What is checked at each server: a title, and what returns the reason of a failure."""


def _errors(server: Api) -> list[str]:
    """Return the errors in a log since the last contact."""
    page = server.get("/log", {"limit": LINES})
    lines = [str(each.get("text", "")) for each in page.get("lines", [])]
    last = max((place for place, line in enumerate(lines) if _CONTACT in line), default=-1)
    return [line for line in lines[last + 1 :] if " Error " in line]


def _clients(statuses: Mapping[str, Json], name: str) -> str:
    pools: list[Any] = [pool for status in statuses.values() for pool in pair_of(status, name).get("pools") or ()]
    count = sum(int(pool.get("new_clients_15m") or 0) for pool in pools)
    return f"new clients that got leases in the last 15 minutes: {count}"
