"""Runbooks for planned work: a restart, an upgrade (R-186 to R-188, R-207 to R-209)."""

from console.insight.runbooks.checks import both_normal, every, phase_is, settled, silent, started_since
from console.insight.runbooks.evidence import states
from console.insight.runbooks.steps import BACKUP, MAIN, Runbook, Scene, Stage, Step
from console.model.action_names import ActionName
from console.model.phases import INTERRUPTED, Phase

_BEFORE = Step(
    "before", "both", "Start only when both are NORMAL with nothing unacknowledged.", check=settled, gate=True
)
_START = ("pairwatch serve --data DATA", "systemctl start pairwatch")
_PARTNERS = {MAIN: BACKUP, BACKUP: MAIN}


def calm(scene: Scene) -> bool:
    """Whether both are NORMAL, so that planned work can begin."""
    return both_normal(scene) is None


def down_and_up(role: str, absence: str, *between: Step) -> tuple[Step, ...]:
    """The steps to stop one server, do the work `between`, start it again, and wait until both are NORMAL."""
    other = _PARTNERS[role]
    gone_to = (*INTERRUPTED, Phase.TAKEN_OVER)
    return (
        Step(
            f"stop-{role}",
            role,
            f"Stop {{{role}}} for a {absence} time: {{{other}}} is informed.",
            check=silent(role),
            remedy=(ActionName.STOP, role, absence),
            evidence=states,
        ),
        Step(f"covered-{role}", other, f"{{{other}}} serves until then.", check=phase_is(other, *gone_to), gate=True),
        *between,
        Step(f"start-{role}", role, f"Start {{{role}}}.", _START, check=started_since(role, f"stop-{role}")),
        Step(
            f"whole-{role}",
            "both",
            "Both NORMAL, nothing unacknowledged. Do not continue before.",
            check=every(settled, started_since(role, f"stop-{role}")),
            gate=True,
            evidence=states,
        ),
    )


PLANNED_RESTART = Runbook(
    "planned-restart",
    "Planned restart",
    "a server must be restarted, and both are NORMAL",
    lambda scene: 10 if calm(scene) else 0,
    (
        Stage(
            "The backup first",
            (_BEFORE, *down_and_up(BACKUP, "short")),
            "{main} serves clients. Start {backup} again.",
        ),
        Stage("Then the main", down_and_up(MAIN, "short"), "{backup} serves its own addresses. Start {main} again."),
    ),
)


def _archive(role: str) -> Step:
    return Step(
        f"archive-{role}",
        role,
        f"Make a copy of the data of {{{role}}} while it is stopped.",
        ("pairwatch archive create --data DATA /var/backups/pairwatch-data.tar.gz",),
    )


def _install(role: str) -> Step:
    return Step(
        f"install-{role}",
        role,
        f"Install the new version on {{{role}}}.",
        ("pip install --upgrade pairwatch",),
        stop="If it does not start, install the old version again and restore the data (R-209): "
        "pairwatch archive restore --data DATA --replace /var/backups/pairwatch-data.tar.gz",
    )


PLANNED_UPGRADE = Runbook(
    "planned-upgrade",
    "Planned upgrade",
    "a new version, one partner after the other",
    lambda scene: 9 if calm(scene) else 0,
    (
        Stage(
            "The backup first",
            (_BEFORE, *down_and_up(BACKUP, "long", _archive(BACKUP), _install(BACKUP))),
            "{main} serves all clients. {backup} can stay off, or return to the old version with the copy of its data.",
        ),
        Stage(
            "Then the main",
            down_and_up(MAIN, "long", _archive(MAIN), _install(MAIN)),
            "{backup} serves all clients with the new version. {main} can stay off, or return to the old version.",
        ),
    ),
)
