"""One server is gone, or they cannot hear each other: the first hour of an incident (R-134 to R-155, R-177)."""

from console.insight.runbooks.checks import (
    answers,
    both_alone,
    both_normal,
    every,
    in_contact,
    missing_partner,
    partner_pool_usable,
    phase_is,
    pools,
    reloaded,
    safe_period,
    settled,
    shares_even,
    started_since,
    states,
    transfer,
)
from console.insight.runbooks.steps import BACKUP, GONE, LEFT, MAIN, Runbook, Scene, Stage, Step
from console.insight.shares import moves
from console.model.action_names import ActionName
from console.model.phases import INTERRUPTED, Phase

DOWN = Phase.TAKEN_OVER
OPERATIONAL = (*INTERRUPTED, DOWN)

SETTLED = Step("settled", "both", "Both NORMAL, nothing unacknowledged, same configuration.", check=settled, gate=True)


def _back(scene: Scene) -> bool:
    return both_normal(scene) is None


MAIN_DOWN = Runbook(
    "main-down",
    "One server is gone",
    "one server does not answer, and the other has no contact with it",
    lambda scene: 65 if missing_partner(scene) else 0,
    (
        Stage(
            "Find out",
            (
                Step(
                    "alone",
                    "left",
                    "{left} serves without {gone}.",
                    check=phase_is(LEFT, *OPERATIONAL, Phase.NORMAL),
                    told=states,
                ),
                Step(
                    "look",
                    "you",
                    "Is {gone} off, or only out of sight? Look at its power, its console port, its switch port.",
                    ("ping {gone}", "ssh {gone} systemctl status pairwatch"),
                    needless=_back,
                    stop="{gone} runs and only the link is down: go to the runbook race.",
                ),
            ),
            "Nothing was changed. {left} serves its own addresses; {gone} back before MCLT leaves nothing to do.",
        ),
        Stage(
            "Take over",
            (
                Step(
                    "prove",
                    "you",
                    "Make sure that {gone} is off or cut off from every client, and stays so.",
                    needless=_back,
                    stop="You cannot be sure: leave the safe period running, or switch it off on both.",
                ),
                Step(
                    "down",
                    "left",
                    "Set Partner Down on {left}, with the time when {gone} last worked.",
                    check=phase_is(LEFT, DOWN),
                    remedy=(ActionName.SET_PARTNER_DOWN, LEFT, ""),
                    needless=_back,
                    stop="{gone} answers: never both.",
                ),
                Step(
                    "usable",
                    "left",
                    "Wait until {left} may give out {gone}'s addresses (MCLT); it serves its own meanwhile.",
                    check=partner_pool_usable,
                    told=pools,
                    needless=_back,
                ),
            ),
            "{left} serves everyone it has addresses for. {gone} must stay off until it can contact {left}.",
        ),
        Stage(
            "Bring it back",
            (
                Step(
                    "start",
                    "gone",
                    "Repair {gone}. Start it only where it reaches {left}.",
                    ("pairwatch serve --data DATA",),
                    check=answers(GONE),
                    stop="{gone} becomes PARTNER-DOWN: it did not reach {left}. Stop it at once.",
                ),
                Step(
                    "recover",
                    "gone",
                    "{gone} takes in what it missed: RECOVER, RECOVER-WAIT, RECOVER-DONE, NORMAL.",
                    check=both_normal,
                    told=transfer,
                    stop="{gone} PARTNER-DOWN, or no progress for two minutes.",
                ),
                SETTLED,
            ),
            "{left} serves. {gone} can be stopped and started again; the transfer begins anew.",
        ),
    ),
)


def _race(scene: Scene) -> int:
    return 80 if both_alone(scene) is None else 0


RACE = Runbook(
    "race",
    "Both alive, link lost",
    "both servers answer the console and not each other",
    _race,
    (
        Stage(
            "Stop the clock",
            (
                Step("seen", "both", "Both answer, and not each other.", check=both_alone, told=states),
                Step(
                    "off-main",
                    "main",
                    "Switch the safe period off on {main}. Or stop one server (o, Stop a server) and skip this.",
                    check=safe_period(MAIN, False),
                    remedy=(ActionName.SAFE_PERIOD, MAIN, "off"),
                    needless=_back,
                ),
                Step(
                    "off-backup",
                    "backup",
                    "Switch the safe period off on {backup} too: one tick is half the work.",
                    check=safe_period(BACKUP, False),
                    remedy=(ActionName.SAFE_PERIOD, BACKUP, "off"),
                    needless=_back,
                ),
            ),
            "No duplicates until the first PARTNER-DOWN. A server that is not switched off takes over "
            "when its countdown ends.",
        ),
        Stage(
            "Mend the link",
            (
                Step(
                    "mend",
                    "network",
                    "Have the way between them mended: the failover port (TCP 647), filters, the clock of both (NTP).",
                    ("nc -vz {backup} 647", "chronyc tracking"),
                    check=in_contact,
                    told=states,
                ),
                Step(
                    "normal",
                    "both",
                    "Both return to NORMAL by themselves.",
                    check=both_normal,
                    told=transfer,
                    gate=True,
                ),
            ),
            "Both serve their own addresses; leases shrink towards MCLT. It can stay so while addresses last.",
        ),
        Stage(
            "Put back",
            (
                Step(
                    "on",
                    "both",
                    "Switch the safe period on again, on both.",
                    check=every(safe_period(MAIN, True), safe_period(BACKUP, True)),
                    remedy=(ActionName.SAFE_PERIOD, MAIN, "on"),
                ),
                SETTLED,
            ),
            "The pair is whole; without the safe period nobody takes over by itself at the next outage.",
        ),
    ),
)


def _runs_out(scene: Scene) -> int:
    facts = scene.facts(LEFT)
    if facts is None or facts.phase not in INTERRUPTED:
        return 0
    return 70 if any(not pool.available and pool.total for pool in facts.pools or ()) else 0


def _resolved(scene: Scene) -> str | None:
    if _back(scene) or scene.phase(LEFT) is DOWN:
        return None
    return f"{scene.at(LEFT).name} is {scene.word(LEFT)}, with its own addresses alone"


POOL_EXHAUSTION = Runbook(
    "pool-exhaustion",
    "Addresses run out",
    "a server without its partner has no free address left in a scope",
    _runs_out,
    (
        Stage(
            "More addresses now",
            (
                Step(
                    "look",
                    "you",
                    "Which scope, and whose are the addresses that exist? n has the forecast of each.",
                    told=pools,
                    needless=_back,
                ),
                Step(
                    "more",
                    "left",
                    "Bring {gone} back; or prove it dead and Set Partner Down: its addresses are {left}'s after MCLT.",
                    check=_resolved,
                    remedy=(ActionName.SET_PARTNER_DOWN, LEFT, ""),
                    told=pools,
                    stop="{gone} may be alive: never Set Partner Down while it reaches clients.",
                ),
                Step(
                    "usable",
                    "left",
                    "Wait until {gone}'s addresses can be given out.",
                    check=partner_pool_usable,
                    told=pools,
                    needless=_back,
                ),
                Step(
                    "settled",
                    "both",
                    "Both NORMAL again, nothing unacknowledged.",
                    check=settled,
                    gate=True,
                    told=states,
                ),
            ),
            "{left} renews whom it knows; only new clients get nothing in that scope.",
        ),
        Stage(
            "So that it does not happen again",
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
                    needless=lambda scene: bool((facts := scene.facts(MAIN)) and not moves(facts)),
                ),
            ),
            "The pair is whole; only the share of the backup is as small as it was.",
        ),
    ),
)
