"""Runbooks for servers that do not agree: on their configuration, or on their leases (R-047, R-185, R-194)."""

from console.insight.reasons import kept
from console.insight.runbooks.checks import (
    every,
    no_conflict,
    reloaded,
    reported_same_configuration,
    same_configuration,
    settled,
)
from console.insight.runbooks.evidence import mismatch, states, transfer
from console.insight.runbooks.outage import SETTLED
from console.insight.runbooks.steps import BACKUP, MAIN, Runbook, Scene, Stage, Step
from console.model.action_names import ActionName
from console.model.phases import Phase


def _conflict(scene: Scene) -> int:
    words = (Phase.CONFLICT, Phase.CONFLICT_ALONE, Phase.CONFLICT_RESOLVED)
    return 90 if any(scene.phase(role) in words for role in (MAIN, BACKUP)) else 0


def _seen_conflict(scene: Scene) -> str | None:
    if any(scene.went_through(role, Phase.CONFLICT) for role in (MAIN, BACKUP)):
        return None
    return "no server is, or was, in POTENTIAL-CONFLICT"


def _losers(scene: Scene) -> str:
    found = [alarm for alarm in scene.pair.alarms.values() if alarm.kind == "address-conflict"]
    if not found:
        return "no address conflict was reported"
    return "; ".join(alarm.text for alarm in found[:3]) + (f" and {len(found) - 3} more" if len(found) > 3 else "")


POTENTIAL_CONFLICT = Runbook(
    "potential-conflict",
    "Conflict after a split",
    "both servers served without contact, and now compare their leases",
    _conflict,
    (
        Stage(
            "Wait until it ends",
            (
                Step(
                    "silent",
                    "both",
                    "No server serves new clients while both compare their leases, the main first.",
                    check=_seen_conflict,
                    evidence=transfer,
                    stop="Do not restart a server: the comparison would start again.",
                ),
                Step(
                    "resolved",
                    "both",
                    "It ends without help: the main serves first, then the backup.",
                    check=no_conflict,
                    evidence=transfer,
                    gate=True,
                    stop="If there is no progress for two minutes, repair the link. Without contact both servers serve "
                    "again.",
                ),
            ),
            "No server serves new clients until it ends; clients keep their leases. Leave both servers running.",
        ),
        Stage(
            "Find clients that lost an address",
            (
                Step(
                    "losers",
                    "you",
                    "Two clients may have had the same address: find the one that lost it, and renew its lease.",
                    ("pairwatch status {pair}",),
                    evidence=_losers,
                ),
                SETTLED,
            ),
            "The pair serves clients. A client that lost its address gets a new one at its next renewal.",
        ),
    ),
)


def _differs(scene: Scene) -> int:
    if same_configuration(scene) is not None:
        return 85
    return 20 if any((facts := scene.facts(role)) and facts.reload_pending for role in (MAIN, BACKUP)) else 0


def _different(scene: Scene) -> str | None:
    if same_configuration(scene) is not None or _differs(scene):
        return None
    return "no server reports a configuration mismatch"


def _edited(scene: Scene) -> str | None:
    reports = [scene.facts(role) for role in (MAIN, BACKUP)]
    if any(facts is not None and facts.reload_pending for facts in reports):
        return None
    missing = reported_same_configuration(scene)
    return None if missing is None else kept(missing, f"no configuration has been changed yet; {missing}")


CONFIG_MISMATCH = Runbook(
    "config-mismatch",
    "Configurations differ",
    "a server reports a configuration mismatch, or waits for a reload",
    _differs,
    (
        Stage(
            "Compare",
            (
                Step("differs", "both", "The servers report what differs.", check=_different, evidence=mismatch),
                Step(
                    "compare",
                    "you",
                    "Find the wrong server, and which changed last. The usual cause is a change that was not reloaded.",
                    (
                        "curl -su USER https://{main}:8067/api/v1/config >main.json",
                        "curl -su USER https://{backup}:8067/api/v1/config >backup.json",
                        "diff main.json backup.json",
                    ),
                    evidence=mismatch,
                ),
            ),
            "Nothing was changed. A different MCLT or load balancing keeps the link down, and the safe period runs.",
        ),
        Stage(
            "Make them the same",
            (
                Step(
                    "edit",
                    "you",
                    "Correct config.toml on the wrong server: [[failover-pair]], [[scope]], [[policy]]. "
                    "A different backup-pct on the backup does not count as a mismatch.",
                    ("edit DATA/config.toml",),
                    check=_edited,
                    evidence=mismatch,
                ),
                Step(
                    "reload-main",
                    "main",
                    "Reload {main}, if you changed its configuration.",
                    check=reloaded(MAIN),
                    remedy=(ActionName.RELOAD, MAIN, ""),
                ),
                Step(
                    "reload-backup",
                    "backup",
                    "Reload {backup}, if you changed its configuration.",
                    check=reloaded(BACKUP),
                    remedy=(ActionName.RELOAD, BACKUP, ""),
                ),
                Step(
                    "same",
                    "both",
                    "No server reports a mismatch, and both are NORMAL.",
                    check=every(same_configuration, settled),
                    gate=True,
                    evidence=states,
                ),
            ),
            "Both servers run with the configuration that they last read. A changed file has no effect until a reload.",
        ),
    ),
)
