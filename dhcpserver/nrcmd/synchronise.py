"""`failover-pair NAME sync OPERATION [DIRECTION] [-report]` (R-060, R-071, R-075)."""

from collections.abc import Callable

from dhcpserver.nrcmd.answer import Answer, Status
from dhcpserver.nrcmd.api import Api
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
    counts = ", ".join(f"{number} to {action}" for action, number in report.get("counts", {}).items() if number)
    if command.report or not report.get("changes"):
        return Answer(detail=counts or "nothing to change", lines=lines)
    if operation == "exact" and report["counts"].get("remove") and not command.confirmed:
        return Answer(Status.REFUSED, f"{counts}: repeat the command with -yes", lines)
    target.post("/config/sync", {**body, "apply": True, "target": report["target"]})
    return Answer(detail=f"{counts}; save and dhcp reload at the target put it into use", lines=lines)
