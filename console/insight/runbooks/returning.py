"""Runbooks for a server that returns without its lease data, or with an old copy (R-195, R-196, R-213 to R-218)."""

from console.insight.runbooks.checks import (
    answers,
    both_normal,
    phase_is,
    recover_set,
    recover_unset,
    silent,
    went_through,
)
from console.insight.runbooks.evidence import missing_partner, states, transfer
from console.insight.runbooks.outage import OPERATIONAL, SETTLED
from console.insight.runbooks.steps import GONE, LEFT, Runbook, Scene, Stage, Step
from console.model.action_names import ActionName
from console.model.phases import Phase

_OFF = Step("off", "gone", "{gone} is not running.", check=silent(GONE), evidence=states, gate=True, by_word=True)
_PARTNER = Step(
    "partner",
    "left",
    "{left} runs, serves and can be reached: without it {gone} would act as a new server.",
    check=phase_is(LEFT, *OPERATIONAL),
    evidence=states,
    gate=True,
)
_SAME = Step(
    "same",
    "you",
    "{gone} has its old address and the configuration of {left}, except for its own name in [server].",
    ("scp {left}:DATA/config.toml DATA/config.toml", "edit DATA/config.toml: [server] name"),
)
_WRONG_PATH = (
    "If {gone} becomes PARTNER-DOWN, it did not reach {left} and leases addresses without its data: stop it NOW."
)
_RECOVERS = (
    Step(
        "recover",
        "gone",
        "{gone} requests all leases: RECOVER.",
        check=went_through(GONE, Phase.RETURNING),
        evidence=transfer,
        stop=_WRONG_PATH,
    ),
    Step(
        "wait",
        "gone",
        "{gone} has all leases and waits MCLT from the time of failure: RECOVER-WAIT, RECOVER-DONE.",
        check=went_through(GONE, Phase.RETURNED),
        evidence=transfer,
        stop=_WRONG_PATH,
    ),
    Step("normal", "both", "Both NORMAL.", check=both_normal, evidence=transfer, gate=True),
)
_TIDY = Step(
    "tidy",
    "gone",
    "Remove startup-wait and failover-recover from the file, and reload.",
    ("edit DATA/config.toml: without startup-wait and failover-recover",),
    check=recover_unset,
    remedy=(ActionName.RELOAD, GONE, ""),
)
_KEEPS_SERVING = (
    "{left} serves clients. {gone} may be stopped at any time; at its next start the transfer starts again."
)


def _lost(scene: Scene) -> int:
    if missing_partner(scene):
        return 40
    return 60 if scene.phase(GONE) is Phase.RETURNING else 0


LOST_DATABASE = Runbook(
    "lost-database",
    "Return without lease data",
    "a server was reinstalled, or its disk was lost",
    _lost,
    (
        Stage(
            "Before it starts",
            (
                _OFF,
                _PARTNER,
                _SAME,
                Step(
                    "empty",
                    "gone",
                    "Remove old lease data. To use an old copy, follow the runbook restored-database.",
                    ("ls DATA", "rm -f DATA/leases.db* DATA/state.json"),
                ),
                Step(
                    "hold",
                    "gone",
                    "Make it wait for its partner: startup-wait = true in [[failover-pair]].",
                    ("edit DATA/config.toml: [[failover-pair]] startup-wait = true",),
                ),
            ),
            "{left} serves clients and {gone} is off. Nothing happens until it is started.",
        ),
        Stage(
            "Start and watch",
            (
                Step(
                    "start",
                    "gone",
                    "Start {gone}.",
                    ("pairwatch serve --data DATA",),
                    check=answers(GONE),
                    stop=_WRONG_PATH,
                ),
                *_RECOVERS,
            ),
            _KEEPS_SERVING,
        ),
        Stage("Clean up", (_TIDY, SETTLED), "The pair is NORMAL; few free addresses at first are normal (R-230)."),
    ),
)

RESTORED_DATABASE = Runbook(
    "restored-database",
    "Return with an old copy",
    "the lease data of a server was restored from a copy",
    lambda scene: 35 if missing_partner(scene) else 0,
    (
        Stage(
            "Before it starts",
            (
                _OFF,
                _PARTNER,
                _SAME,
                Step(
                    "restore",
                    "gone",
                    "Put the copy in place, and note when it was made.",
                    ("rm -f DATA/leases.db* DATA/state.json", "cp COPY/leases.db COPY/state.json DATA/"),
                ),
                Step(
                    "recover-set",
                    "gone",
                    "Set failover-recover to the time of the copy. NEVER start it without: it would request too few "
                    "updates, and lease addresses that other clients have.",
                    (
                        "date -d 'TIME OF THE COPY' +%s",
                        "edit DATA/config.toml: [server] failover-recover = THAT NUMBER",
                    ),
                    stop="If you do not have the time of the copy, use the runbook lost-database.",
                ),
            ),
            "{left} serves clients and {gone} is off. Nothing happens until it is started.",
        ),
        Stage(
            "Start and watch",
            (
                Step("start", "gone", "Start {gone}.", ("pairwatch serve --data DATA",), check=answers(GONE)),
                Step(
                    "told",
                    "gone",
                    "{gone} reports that failover-recover is set.",
                    check=recover_set(GONE),
                    gate=True,
                    stop="If it runs without failover-recover, stop it at once and start this runbook again.",
                ),
                *_RECOVERS,
            ),
            _KEEPS_SERVING,
        ),
        Stage("Clean up", (_TIDY, SETTLED), "The pair is NORMAL; few free addresses at first are normal (R-230)."),
    ),
)
