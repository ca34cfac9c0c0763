"""Runbooks for the first hour of an outage: a server is down, the link is lost, addresses run out.

Sources: R-134 to R-155, R-177.
"""

from console.insight.runbooks.checks import (
    answers,
    both_alone,
    both_normal,
    every,
    in_contact,
    partner_pool_usable,
    phase_is,
    reloaded,
    safe_period,
    settled,
    shares_even,
    started_since,
)
from console.insight.runbooks.evidence import missing_partner, pools, states, transfer
from console.insight.runbooks.steps import BACKUP, GONE, LEFT, MAIN, Runbook, Scene, Stage, Step
from console.insight.shares import moves, own
from console.model.action_names import ActionName
from console.model.phases import INTERRUPTED, Phase

DOWN = Phase.TAKEN_OVER
OPERATIONAL = (*INTERRUPTED, DOWN)

START_AGAIN = Step(
    "start",
    "gone",
    "Repair {gone}. Start it only when it can reach {left}.",
    ("pairwatch serve --data DATA",),
    check=answers(GONE),
    stop="If {gone} becomes PARTNER-DOWN, it did not reach {left}: stop it at once.",
)
SETTLED = Step("settled", "both", "Both NORMAL, nothing unacknowledged, same configuration.", check=settled, gate=True)


def _back(scene: Scene) -> bool:
    return both_normal(scene) is None


MAIN_DOWN = Runbook(
    "main-down",
    "One server is down",
    "one server does not answer, and the other has lost contact with it",
    lambda scene: 65 if missing_partner(scene) else 0,
    (
        Stage(
            "Find the cause",
            (
                Step(
                    "alone",
                    "left",
                    "{left} serves without {gone}.",
                    check=phase_is(LEFT, *OPERATIONAL, Phase.NORMAL),
                    evidence=states,
                ),
                Step(
                    "look",
                    "you",
                    "Check whether {gone} is off or only cut off: its power, its console port, its switch port.",
                    ("ping {gone}", "ssh {gone} systemctl status pairwatch"),
                    needless=_back,
                    stop="If {gone} runs and only the link is lost, use the runbook race.",
                ),
            ),
            "Nothing was changed. {left} serves its own addresses. If {gone} returns before MCLT, you are done.",
        ),
        Stage(
            "Take over",
            (
                Step(
                    "prove",
                    "you",
                    "Make sure that {gone} is off, or cut off from all clients, and stays so.",
                    needless=_back,
                    stop="If you cannot be sure, leave the safe period running, or switch it off on both servers.",
                ),
                Step(
                    "down",
                    "left",
                    "Use Set Partner Down on {left}, with the time when {gone} last worked.",
                    check=phase_is(LEFT, DOWN),
                    remedy=(ActionName.SET_PARTNER_DOWN, LEFT, ""),
                    needless=_back,
                    stop="If {gone} answers, do not continue: both servers would serve all clients.",
                ),
                Step(
                    "usable",
                    "left",
                    "Wait until {left} may lease {gone}'s addresses (MCLT). Until then it serves its own.",
                    check=partner_pool_usable,
                    evidence=pools,
                    needless=_back,
                ),
            ),
            "{left} serves all clients for which it has addresses. {gone} must stay off until it can reach {left}.",
        ),
        Stage(
            "Start it again",
            (
                START_AGAIN,
                Step(
                    "recover",
                    "gone",
                    "{gone} receives the updates that it missed: RECOVER, RECOVER-WAIT, RECOVER-DONE, NORMAL.",
                    check=both_normal,
                    evidence=transfer,
                    stop="If {gone} becomes PARTNER-DOWN, or there is no progress for two minutes, stop it.",
                ),
                SETTLED,
            ),
            "{left} serves clients. {gone} can be stopped and started again; the transfer then starts again.",
        ),
    ),
)


def _race(scene: Scene) -> int:
    return 80 if both_alone(scene) is None else 0


RACE = Runbook(
    "race",
    "Both servers run, link lost",
    "both servers answer the console and have lost contact with each other",
    _race,
    (
        Stage(
            "Stop the countdown",
            (
                Step("seen", "both", "Both servers answer and have lost contact.", check=both_alone, evidence=states),
                Step(
                    "off-main",
                    "main",
                    "Switch the safe period off on {main}. Or stop one server (o, Stop a server) and skip this step.",
                    check=safe_period(MAIN, False),
                    remedy=(ActionName.SAFE_PERIOD, MAIN, "off"),
                    needless=_back,
                ),
                Step(
                    "off-backup",
                    "backup",
                    "Switch the safe period off on {backup} too: both servers must be changed.",
                    check=safe_period(BACKUP, False),
                    remedy=(ActionName.SAFE_PERIOD, BACKUP, "off"),
                    needless=_back,
                ),
            ),
            "No duplicate addresses until the first PARTNER-DOWN. A server whose safe period is on takes over "
            "when its countdown ends.",
        ),
        Stage(
            "Repair the link",
            (
                Step(
                    "mend",
                    "network",
                    "Repair the path between the servers: failover port (TCP 647), filters, both clocks (NTP).",
                    ("nc -vz {backup} 647", "chronyc tracking"),
                    check=in_contact,
                    evidence=states,
                ),
                Step(
                    "normal",
                    "both",
                    "Both servers return to NORMAL without help.",
                    check=both_normal,
                    evidence=transfer,
                    gate=True,
                ),
            ),
            "Both servers serve their own addresses; leases shrink to MCLT. This can continue while addresses last.",
        ),
        Stage(
            "Restore the settings",
            (
                Step(
                    "on",
                    "both",
                    "Switch the safe period on again, on both servers.",
                    check=every(safe_period(MAIN, True), safe_period(BACKUP, True)),
                    remedy=(ActionName.SAFE_PERIOD, MAIN, "on"),
                ),
                SETTLED,
            ),
            "The pair is NORMAL. Without the safe period no server takes over automatically at the next outage.",
        ),
    ),
)


def _runs_out(scene: Scene) -> int:
    facts = scene.facts(LEFT)
    if facts is None or facts.phase not in INTERRUPTED:
        return 0
    return 70 if any(not own(pool) and pool.total for pool in facts.pools or ()) else 0


def _resolved(scene: Scene) -> str | None:
    if _back(scene) or scene.phase(LEFT) is DOWN:
        return None
    return f"{scene.at(LEFT).name} is {scene.word(LEFT)}, with only its own addresses"


POOL_EXHAUSTION = Runbook(
    "pool-exhaustion",
    "Addresses run out",
    "a server without its partner has no free address in a scope",
    _runs_out,
    (
        Stage(
            "Get more addresses now",
            (
                Step(
                    "look",
                    "you",
                    "Find the scope, and which server has its free addresses. Press n for the forecast of each scope.",
                    evidence=pools,
                    needless=_back,
                ),
                Step(
                    "more",
                    "left",
                    "Start {gone} again. Or prove that it is off and use Set Partner Down: {left} may lease its "
                    "addresses after MCLT.",
                    check=_resolved,
                    remedy=(ActionName.SET_PARTNER_DOWN, LEFT, ""),
                    evidence=pools,
                    stop="If {gone} may run, do not use Set Partner Down while it reaches clients.",
                ),
                Step(
                    "usable",
                    "left",
                    "Wait until {left} may lease {gone}'s addresses.",
                    check=partner_pool_usable,
                    evidence=pools,
                    needless=_back,
                ),
                Step(
                    "settled",
                    "both",
                    "Both NORMAL again, nothing unacknowledged.",
                    check=settled,
                    gate=True,
                    evidence=states,
                ),
            ),
            "{left} renews existing leases; only new clients get no address in that scope.",
        ),
        Stage(
            "Prevent it next time",
            (
                Step(
                    "percentage",
                    "main",
                    "Raise backup-pct on {main}, so that the backup has enough for the longest outage.",
                    ("edit config.toml of {main}: [[failover-pair]] backup-pct = N",),
                ),
                Step(
                    "reload",
                    "main",
                    "Reload {main}.",
                    check=every(started_since(MAIN, "percentage"), reloaded(MAIN)),
                    remedy=(ActionName.RELOAD, MAIN, ""),
                ),
                Step(
                    "shares",
                    "main",
                    "The main gives the backup its new share.",
                    check=shares_even,
                    remedy=(ActionName.REBALANCE, MAIN, ""),
                    needless=lambda scene: bool((facts := scene.facts(MAIN)) and moves(facts) == ()),
                ),
            ),
            "The pair is NORMAL; the share of the backup is still as small as before.",
        ),
    ),
)
