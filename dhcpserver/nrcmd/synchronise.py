"""`failover-pair NAME sync OPERATION [DIRECTION] [-report]` (R-060, R-071, R-075)."""

from collections.abc import Callable

from dhcpserver.nrcmd.answer import Answer, Status
from dhcpserver.nrcmd.api import Api, Json
from dhcpserver.nrcmd.grammar import Command
from dhcpserver.nrcmd.objects import path_of

OPERATIONS = ("update", "complete", "exact")
DIRECTIONS = ("main-to-backup", "backup-to-main")
EXPECTED = f"sync {{{'|'.join(OPERATIONS)}}} [{'|'.join(DIRECTIONS)}] [-report]"

ServerOf = Callable[[str], Api]
"""Returns the API of the server that a cluster names. Raises ValueError where it is not known."""


def sync(api: Api, command: Command, server_of: ServerOf) -> Answer:
    """Copy the configuration of one partner to the other, where it is then staged; `-report` shows it alone."""
    words = [each.lower() for each in command.arguments]
    if not words or len(words) > 2 or words[0] not in OPERATIONS or (len(words) == 2 and words[1] not in DIRECTIONS):
        raise ValueError(f"write {EXPECTED}")
    operation, direction = words[0], words[1] if len(words) == 2 else DIRECTIONS[0]
    pair = api.get(path_of(command)).get("values", {})
    main, backup = server_of(str(pair.get("main"))), server_of(str(pair.get("backup")))
    source, target = (main, backup) if direction == DIRECTIONS[0] else (backup, main)
    document = source.get("/config/document", {"copy": "saved"})["document"]
    body = {"source": document, "operation": operation, "apply": False}
    report = target.post("/config/sync", body)
    lines = (*report.get("changes", []), *report.get("notes", []))
    more = _left_by_update(target, body, report) if operation == OPERATIONS[0] else ""
    counts = ", ".join(f"{number} to {action}" for action, number in report.get("counts", {}).items() if number)
    if command.report or not report.get("changes"):
        return _answer(counts or "nothing to change", more, lines)
    if operation == "exact" and report["counts"].get("remove") and not command.confirmed:
        return Answer(Status.REFUSED, f"{counts}: repeat the command with -yes", lines)
    target.post("/config/sync", {**body, "apply": True, "target": report["target"]})
    return _answer(f"{counts}; save and dhcp reload at the target put it into use", more, lines)


def _left_by_update(target: Api, body: Json, report: Json) -> str:
    """Return a warning if update leaves differences that complete would copy (R-064); "" if there are none."""
    complete = target.post("/config/sync", {**body, "operation": OPERATIONS[1]})
    left = set(complete.get("changes", [])) - set(report.get("changes", []))
    if not left:
        return ""
    return f"update leaves {len(left)} differences: for the first synchronisation use complete or exact"


def _answer(detail: str, warning: str, lines: tuple[str, ...]) -> Answer:
    if not warning:
        return Answer(detail=detail, lines=lines)
    return Answer(Status.WARNINGS, f"{detail}; {warning}", lines)
