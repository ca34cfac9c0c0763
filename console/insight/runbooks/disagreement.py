"""The two do not agree: on their configuration, or on who has which address (R-047, R-185, R-194)."""

from console.insight.runbooks.checks import (
    every,
    mismatch,
    no_conflict,
    reloaded,
    same_configuration,
    settled,
    states,
    told_same_configuration,
    transfer,
)
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
    "both served on their own, and compare their leases now",
    _conflict,
    (
        Stage(
            "Wait it out",
            (
                Step(
                    "silent",
                    "both",
                    "Nobody serves new clients while both compare what they gave out, the main first.",
                    check=_seen_conflict,
                    told=transfer,
                    stop="A restart of either begins the comparison anew.",
                ),
                Step(
                    "resolved",
                    "both",
                    "It ends by itself: the main serves first, then the backup.",
                    check=no_conflict,
                    told=transfer,
                    gate=True,
                    stop="No progress for two minutes: mend the link; without contact both serve from their own again.",
                ),
            ),
            "Nobody serves new clients until it is over; clients keep their leases. Leave both running.",
        ),
        Stage(
            "Who lost an address",
            (
                Step(
                    "losers",
                    "you",
                    "Two clients may have had one address: find the one that lost it and have it ask anew.",
                    ("pairwatch status {pair}",),
                    told=_losers,
                ),
                SETTLED,
            ),
            "The pair serves. A client that lost its address notices at its next renewal at the latest.",
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
    return "no server says that the configurations differ"


def _edited(scene: Scene) -> str | None:
    reports = [scene.facts(role) for role in (MAIN, BACKUP)]
    if any(facts is not None and facts.reload_pending for facts in reports):
        return None
    missing = told_same_configuration(scene)
    return None if missing is None else f"no file has been changed yet; {missing}"


CONFIG_MISMATCH = Runbook(
    "config-mismatch",
    "Configurations differ",
    "the servers say that their configurations differ, or one waits for a reload",
    _differs,
    (
        Stage(
            "Compare",
            (
                Step("differs", "both", "The servers name what differs.", check=_different, told=mismatch),
                Step(
                    "compare",
                    "you",
                    "Which side is right, and which changed last? A changed file that was not read is the usual cause.",
                    (
                        "curl -su USER https://{main}:8067/api/v1/config >main.json",
                        "curl -su USER https://{backup}:8067/api/v1/config >backup.json",
                        "diff main.json backup.json",
                    ),
                    told=mismatch,
                ),
            ),
            "Nothing was changed. A wrong MCLT or load balancing keeps the link down: the safe period then counts.",
        ),
        Stage(
            "Make them the same",
            (
                Step(
                    "edit",
                    "you",
                    "Make config.toml of the wrong side like the other: [[failover-pair]], [[scope]], [[policy]]. "
                    "backup-pct of the backup is no mismatch.",
                    ("edit DATA/config.toml",),
                    check=_edited,
                    told=mismatch,
                ),
                Step(
                    "reload-main",
                    "main",
                    "Reload {main}, if its file was changed.",
                    check=reloaded(MAIN),
                    remedy=(ActionName.RELOAD, MAIN, ""),
                ),
                Step(
                    "reload-backup",
                    "backup",
                    "Reload {backup}, if its file was changed.",
                    check=reloaded(BACKUP),
                    remedy=(ActionName.RELOAD, BACKUP, ""),
                ),
                Step(
                    "same",
                    "both",
                    "Neither complains any more, both are NORMAL.",
                    check=every(same_configuration, settled),
                    gate=True,
                    told=states,
                ),
            ),
            "Both run with what they read last. An edited file changes nothing until a reload.",
        ),
    ),
)
