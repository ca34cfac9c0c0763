"""Commands on the running server, the failover pair and the configuration as a whole."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from dhcpserver.nrcmd.answer import Answer, Status
from dhcpserver.nrcmd.api import Api
from dhcpserver.nrcmd.dates import parse_date
from dhcpserver.nrcmd.grammar import Command
from dhcpserver.nrcmd.objects import fault_lines, in_path
from dhcpserver.nrcmd.related import full, shown, table

ABSENCES = ("short", "long")


def reload(api: Api, command: Command, now: float) -> Answer:
    """`dhcp reload`: the saved configuration is read. `-force`: in RECOVER too."""
    _no_arguments(command)
    query = "?force=true" if command.force else ""
    return Answer(detail=str(api.post(f"/reload{query}", {}).get("result", "")))


def stop(api: Api, command: Command, now: float) -> Answer:
    """`dhcp stop [short | long]`: after `long` the partner takes over."""
    absence = command.arguments[0].lower() if command.arguments else ABSENCES[0]
    if absence not in ABSENCES or len(command.arguments) > 1:
        raise ValueError(f"stop takes one of {', '.join(ABSENCES)}")
    query = "?force=true" if command.force else ""
    return Answer(detail=str(api.post(f"/stop{query}", {"absence": absence}).get("result", "")))


def related_servers(api: Api, command: Command, now: float) -> Answer:
    """`dhcp getRelatedServers [full | column-separator=TEXT]`."""
    status = api.get("/status")
    if not command.arguments:
        return Answer(lines=tuple(table(status)))
    (argument, *more) = command.arguments
    name, _, separator = argument.partition("=")
    if argument.lower() == "full" and not more:
        return Answer(lines=tuple(full(status)))
    if name.lower() == "column-separator" and separator and not more:
        return Answer(lines=tuple(table(status, separator)))
    raise ValueError("getRelatedServers takes full, or column-separator=TEXT")


def health(api: Api, command: Command, now: float) -> Answer:
    """`dhcp getHealth`: whether it serves, and why not."""
    _no_arguments(command)
    server = api.get("/status").get("server", {})
    if server.get("serving") is True:
        return Answer(detail="the server serves clients")
    reason = server.get("not_serving_reason") or "it did not report why"
    return Answer(Status.WARNINGS, f"the server does not serve clients: {reason}")


def statistics(api: Api, command: Command, now: float) -> Answer:
    """`dhcp getStats`: the messages of clients and of the failover link, since the start."""
    _no_arguments(command)
    status = api.get("/status")
    lines: list[str] = []
    for family in ("dhcp4_messages", "dhcp6_messages"):
        for direction, counts in (status.get("server", {}).get(family) or {}).items():
            lines += [f"{direction} {name} = {count}" for name, count in counts.items()]
    for pair in status.get("pairs", []):
        lines += [f"failover {name} = {shown(count)}" for name, count in (pair.get("updates") or {}).items()]
    return Answer(lines=tuple(lines))


def set_partner_down(api: Api, command: Command, now: float) -> Answer:
    """`setPartnerDown [DATE]`: local time; `-force`: earlier than the last contact, for experts."""
    date: str | None = None
    if command.arguments:
        at = parse_date(" ".join(command.arguments), now)
        date = datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
    done = api.post(f"/pairs/{in_path(command.name)}/set-partner-down", {"date": date, "expert": command.force})
    usable = shown(done.get("partner_pool_usable_at"))
    return Answer(detail=f"{shown(done.get('state'))}; the partner's addresses can be used from {usable}")


def rebalance(api: Api, command: Command, now: float) -> Answer:
    """`rebalancePool`."""
    _no_arguments(command)
    return Answer(detail=str(api.post(f"/pairs/{in_path(command.name)}/rebalance", {}).get("result", "")))


def pair_status(api: Api, command: Command, now: float) -> Answer:
    """`getStatus`."""
    _no_arguments(command)
    return Answer(lines=tuple(full({"pairs": [_pair(api, command.name)]})))


def pool_size(api: Api, command: Command, now: float) -> Answer:
    """`getPoolSize [SCOPE | PREFIX]`."""
    pools = {str(each.get("name")): each for each in _pair(api, command.name).get("pools") or ()}
    wanted = command.arguments[0] if command.arguments else None
    if len(command.arguments) > 1 or (wanted is not None and wanted not in pools):
        return Answer(Status.NOT_FOUND, f"pools: {', '.join(pools)}")
    lines = []
    for name, pool in pools.items():
        if wanted in (None, name):
            lines.append(f"{name}:")
            lines += [
                f"    {field.replace('_', '-')} = {shown(value)}" for field, value in pool.items() if field != "name"
            ]
    return Answer(lines=tuple(lines))


def _pair(api: Api, name: str) -> Mapping[str, Any]:
    pairs = api.get("/status").get("pairs", [])
    found: Mapping[str, Any] | None = next((each for each in pairs if each.get("name") == name), None)
    if found is None:
        raise ValueError(f"this server has no failover pair {name!r}")
    return found


def save(api: Api, command: Command, now: float) -> Answer:
    """`save`: the staged configuration becomes the saved one."""
    _no_arguments(command)
    api.post("/config/save", {})
    return Answer(detail="dhcp reload puts it into use")


def discard(api: Api, command: Command, now: float) -> Answer:
    """`discard`: the staged configuration is the saved one again."""
    _no_arguments(command)
    api.post("/config/discard", {})
    return Answer()


def changes(api: Api, command: Command, now: float) -> Answer:
    """`changes`: what has been edited and not saved."""
    _no_arguments(command)
    staged = api.get("/config/staged")
    faults = fault_lines(staged)
    lines = tuple(str(each) for each in staged.get("changes", []))
    if faults:
        return Answer(Status.WARNINGS, "it cannot be saved yet", (*lines, *faults))
    return Answer(lines=lines)


def _no_arguments(command: Command) -> None:
    if command.arguments:
        raise ValueError(f"{command.verb} has no arguments; this is {command.arguments[0]!r}")


SERVER_VERBS: Mapping[tuple[str, str], Callable[[Api, Command, float], Answer]] = {
    ("server", "reload"): reload,
    ("server", "stop"): stop,
    ("server", "getRelatedServers"): related_servers,
    ("server", "getHealth"): health,
    ("server", "getStats"): statistics,
    ("failover-pair", "setPartnerDown"): set_partner_down,
    ("failover-pair", "rebalancePool"): rebalance,
    ("failover-pair", "getStatus"): pair_status,
    ("failover-pair", "getPoolSize"): pool_size,
    ("", "save"): save,
    ("", "discard"): discard,
    ("", "changes"): changes,
}
"""Commands by class and verb."""
