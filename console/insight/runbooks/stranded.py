"""Runbook for a server that recovers and has lost its partner for good: it answers no new client (R-150, R-213).

The server waits for its partner in RECOVER, RECOVER-WAIT and RECOVER-DONE. The ways out are the partner, a copy of the
partner's data, and Set Partner Down.
"""

from console.insight.runbooks.checks import (
    both_normal,
    lost_in_recovery,
    partner_pool_usable,
    phase_is,
    probes_over,
)
from console.insight.runbooks.evidence import states, transfer
from console.insight.runbooks.outage import SETTLED, START_AGAIN
from console.insight.runbooks.steps import GONE, LEFT, Runbook, Scene, Stage, Step
from console.model.action_names import ActionName
from console.model.phases import Phase


def _fits(scene: Scene) -> int:
    return 85 if lost_in_recovery(scene) is None else 0


def _no_longer_alone(scene: Scene) -> bool:
    return scene.facts(GONE) is not None


LOST_IN_RECOVERY = Runbook(
    "lost-in-recovery",
    "Partner lost during recovery",
    "a server recovers and its partner is gone: no server answers new clients",
    _fits,
    (
        Stage(
            "Get the partner back",
            (
                Step(
                    "alone",
                    "left",
                    "{left} recovers without {gone}. It answers no new client, however long you wait.",
                    check=lost_in_recovery,
                    evidence=states,
                ),
                Step(
                    "bring-back",
                    "you",
                    "Start {gone}, or repair the link: the recovery then goes on. This is the only way without risk.",
                    ("ping {gone}", "ssh {gone} systemctl start pairwatch"),
                    needless=_no_longer_alone,
                    stop="If {gone} starts, do not use Set Partner Down: wait until both are NORMAL.",
                ),
                Step(
                    "copy",
                    "you",
                    "If its disk is lost and there is a copy: start {gone} from it (runbook restored-database), with "
                    "failover-recover. Skip this step if there is none.",
                    needless=_no_longer_alone,
                ),
            ),
            "Nothing was changed. {left} answers renewals in RECOVER-DONE only, and no client before that.",
        ),
        Stage(
            "Serve without it",
            (
                Step(
                    "prove",
                    "you",
                    "Make sure that {gone} is off, or cut off from all clients, and stays so.",
                    needless=_no_longer_alone,
                    stop="If you cannot be sure, do not continue: one address can be leased twice.",
                ),
                Step(
                    "down",
                    "left",
                    "Use Set Partner Down on {left}. In RECOVER it lacks leases of {gone} and needs expert mode: it "
                    "then probes each address before it gives it.",
                    check=phase_is(LEFT, Phase.TAKEN_OVER),
                    remedy=(ActionName.SET_PARTNER_DOWN, LEFT, ""),
                    needless=_no_longer_alone,
                    stop="If it is refused because it cannot send ICMP, start {left} as root or with CAP_NET_RAW.",
                ),
                Step(
                    "usable",
                    "left",
                    "Wait until {left} may lease the addresses of {gone}.",
                    check=partner_pool_usable,
                    needless=_no_longer_alone,
                ),
                Step(
                    "probes",
                    "left",
                    "{left} probes addresses until the longest lease has passed. A client that does not answer a probe "
                    "can lose its address: watch for address conflicts until then.",
                    check=probes_over,
                    needless=_no_longer_alone,
                ),
            ),
            "{left} serves all clients. {gone} must stay off until it can reach {left}.",
        ),
        Stage(
            "Start it again",
            (
                START_AGAIN,
                Step(
                    "recover",
                    "both",
                    "The recovery ends: both NORMAL.",
                    check=both_normal,
                    evidence=transfer,
                ),
                SETTLED,
            ),
            "{left} serves clients. {gone} can be stopped and started again; the transfer then starts again.",
        ),
    ),
)
