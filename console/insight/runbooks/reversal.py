"""The main was out, and failover was switched off on the backup meanwhile: back to a pair in its old roles (R-219 to
R-227).

The backup (B) becomes main and serves alone; the old main (A) comes back empty, as its backup, and learns everything;
then both swap back. Twice a pause of MCLT. In the texts `{main}` is A and `{backup}` is B: the configured roles.
"""

from console.insight.runbooks.checks import (
    answers,
    both_normal,
    every,
    knows_no_pair,
    nothing_unacked,
    phase_is,
    role_is,
    same_leases,
    settled,
    silent,
    states,
    transfer,
    went_through,
)
from console.insight.runbooks.steps import BACKUP, MAIN, Runbook, Scene, Stage, Step
from console.model.phases import INTERRUPTED, Phase

_SWAPPED = 'edit DATA/config.toml: [[failover-pair]] main = "{backup}", backup = "{main}", failover = false'
_ON = "edit DATA/config.toml: [[failover-pair]] failover = true"
_STRAIGHT = 'edit DATA/config.toml: [[failover-pair]] main = "{main}", backup = "{backup}", failover = false'
_RELOAD = "kill -HUP PID of pairwatch serve, or: systemctl reload pairwatch"
_START = "pairwatch serve --data DATA"


def _fits(scene: Scene) -> int:
    off = knows_no_pair(BACKUP)(scene) is None and scene.facts(MAIN) is None
    reports = [scene.facts(role) for role in (MAIN, BACKUP)]
    swapped = any(
        facts is not None and facts.role != scene.at(role).role
        for role, facts in zip((MAIN, BACKUP), reports, strict=True)
    )
    return 75 if off or swapped else 0


def _alone_or_off(scene: Scene) -> str | None:
    """B runs: without failover, or with it and without A."""
    if knows_no_pair(BACKUP)(scene) is None:
        return None
    return phase_is(BACKUP, *INTERRUPTED, Phase.TAKEN_OVER)(scene)


ROLE_REVERSAL = Runbook(
    "role-reversal",
    "Role reversal (failover was off)",
    "failover was switched off on the backup while the main was out",
    _fits,
    (
        Stage(
            "1 {backup} becomes the main",
            (
                Step(
                    "assumptions",
                    "you",
                    "{main} is down and its product stopped; {backup} runs and serves. Roles go back in the end.",
                    check=every(silent(MAIN), _alone_or_off),
                    told=states,
                    gate=True,
                ),
                Step(
                    "swap-b",
                    "backup",
                    "On {backup}: failover off, roles swapped, reload. It serves all clients with the whole pool.",
                    (_SWAPPED, _RELOAD),
                    told=states,
                    stop="{main} answers clients: both would serve. Switch it off first.",
                ),
                Step(
                    "on-b", "backup", "On {backup}: failover on, reload.", (_ON, _RELOAD), check=role_is(BACKUP, "main")
                ),
                Step(
                    "b-main",
                    "backup",
                    "{backup} is the main, PARTNER-DOWN, and serves everyone.",
                    check=every(role_is(BACKUP, "main"), phase_is(BACKUP, Phase.TAKEN_OVER)),
                    gate=True,
                    told=states,
                ),
            ),
            "{backup} serves everyone, alone. {main} must stay off. Resume here whenever there is time.",
        ),
        Stage(
            "2 {main} without clients",
            (
                Step(
                    "isolate",
                    "you",
                    "Keep clients from {main} before power comes on: cable out, relays to {backup} alone, or a filter. "
                    "Powered on with DHCP stopped, or another machine: skip this.",
                    ("nft add rule inet filter input udp dport 67 drop",),
                ),
                Step(
                    "stop-at-once",
                    "main",
                    "Power on; STOP the DHCP server as soon as the machine answers; note any client that it served.",
                    ("systemctl disable --now pairwatch", "pgrep -f 'pairwatch serve' || echo stopped"),
                    told=states,
                    stop="It answers clients: stop it now; what it gave out may be given twice.",
                ),
            ),
            "{backup} serves everyone. {main} is on and does not serve: leave it so.",
        ),
        Stage(
            "3 {main} comes back empty",
            (
                Step("swap-a", "main", "On {main}: the roles as on {backup}, failover on.", (_SWAPPED, _ON)),
                Step(
                    "not-running",
                    "main",
                    "The server is not running on {main}, its log ends with a stop.",
                    ("tail -1 DATA/logs/name_dhcp_1_log",),
                    check=silent(MAIN),
                    gate=True,
                ),
                Step("reconnect", "you", "Cable in, filters and relays as they were.", ("nft flush ruleset",)),
                Step(
                    "remove",
                    "main",
                    "Remove the lease data of {main}: {backup} has what counts. Look twice where you are.",
                    ("rm -f DATA/leases.db* DATA/state.json   # on {main} ONLY",),
                    stop="{backup} does not serve, or you are on {backup}.",
                ),
                Step(
                    "start-a",
                    "main",
                    "Start {main}, also at boot from now on.",
                    ("systemctl enable --now pairwatch", _START),
                    check=answers(MAIN),
                    stop="{main} becomes PARTNER-DOWN: stop it at once, it did not reach {backup}.",
                ),
            ),
            "{backup} serves everyone. {main} may be stopped; whatever it learnt it learns anew.",
        ),
        Stage(
            "4 both learn",
            (
                Step(
                    "transfer",
                    "both",
                    "{main} takes everything in (RECOVER) and waits MCLT.",
                    check=went_through(MAIN, Phase.RETURNED, Phase.NORMAL),
                    told=transfer,
                ),
                Step(
                    "both-normal",
                    "both",
                    "Both NORMAL, nothing unacknowledged, the same leases. Do not go on before.",
                    check=every(both_normal, nothing_unacked, same_leases, role_is(BACKUP, "main")),
                    gate=True,
                    told=transfer,
                ),
            ),
            "A whole pair in swapped roles: it can stay so for as long as you like.",
        ),
        Stage(
            "5 the old roles again",
            (
                Step(
                    "stop-a",
                    "main",
                    "Stop {main}. From the next step on NO SERVER SERVES: be quick, clients renew at half their lease.",
                    ("systemctl stop pairwatch   # on {main}",),
                    check=silent(MAIN),
                ),
                Step(
                    "stop-b",
                    "backup",
                    "Stop {backup}. NO DHCP SERVICE from here.",
                    ("systemctl stop pairwatch   # on {backup}",),
                    check=silent(BACKUP),
                    told=states,
                ),
                Step(
                    "sole-a",
                    "main",
                    "On {main}: roles straight, failover off, start. It is the sole server, with the whole pool.",
                    (_STRAIGHT, _START),
                    check=knows_no_pair(MAIN),
                ),
                Step(
                    "on-a",
                    "main",
                    "On {main}: failover on, reload. It is the main, PARTNER-DOWN, and waits for {backup}.",
                    (_ON, _RELOAD),
                    check=every(role_is(MAIN, "main"), phase_is(MAIN, Phase.TAKEN_OVER)),
                ),
                Step(
                    "b-back",
                    "backup",
                    "On {backup}: roles straight, failover on, start.",
                    (_STRAIGHT, _ON, _START),
                    check=role_is(BACKUP, "backup"),
                ),
            ),
            "One server at least must serve: start {main} with failover off if in doubt; it has every lease.",
        ),
        Stage(
            "6 done",
            (
                Step(
                    "normal-again",
                    "both",
                    "MCLT passes, both NORMAL in their old roles.",
                    check=every(settled, role_is(MAIN, "main"), role_is(BACKUP, "backup")),
                    gate=True,
                    told=transfer,
                ),
                Step(
                    "leases", "both", "Both have the same leases, give or take what is on its way.", check=same_leases
                ),
            ),
            "{main} serves everyone as main; {backup} joins when it is started.",
        ),
    ),
)
