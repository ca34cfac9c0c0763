"""Runbook to restore the old roles after failover was switched off on the backup while the main was down (R-219 to
R-227).

The backup (B) becomes main and serves alone. The old main (A) returns without leases as its backup and receives all
leases. Then both swap their roles again. There are two waits of MCLT. In the texts `{main}` is A and `{backup}` is B:
the configured roles.
"""

from console.insight.runbooks.checks import (
    answers,
    both_normal,
    every,
    has_no_pair,
    nothing_unacked,
    phase_is,
    role_is,
    same_leases,
    settled,
    silent,
    went_through,
)
from console.insight.runbooks.evidence import states, transfer
from console.insight.runbooks.steps import BACKUP, MAIN, Runbook, Scene, Stage, Step
from console.model.action_names import ActionName
from console.model.phases import INTERRUPTED, Phase

_SWAPPED = 'edit DATA/config.toml: [[failover-pair]] main = "{backup}", backup = "{main}", failover = false'
_ON = "edit DATA/config.toml: [[failover-pair]] failover = true"
_STRAIGHT = 'edit DATA/config.toml: [[failover-pair]] main = "{main}", backup = "{backup}", failover = false'
_RELOAD = "kill -HUP PID of pairwatch serve, or: systemctl reload pairwatch"
_START = "pairwatch serve --data DATA"


def _fits(scene: Scene) -> int:
    off = has_no_pair(BACKUP)(scene) is None and scene.facts(MAIN) is None
    reports = [scene.facts(role) for role in (MAIN, BACKUP)]
    swapped = any(  # A make that reports no role has none that is swapped.
        facts is not None and facts.role and facts.role != scene.at(role).role
        for role, facts in zip((MAIN, BACKUP), reports, strict=True)
    )
    return 75 if off or swapped else 0


def _alone_or_off(scene: Scene) -> str | None:
    """B runs without failover, or with failover and without contact."""
    if has_no_pair(BACKUP)(scene) is None:
        return None
    return phase_is(BACKUP, *INTERRUPTED, Phase.TAKEN_OVER)(scene)


ROLE_REVERSAL = Runbook(
    "role-reversal",
    "Role reversal (failover was off)",
    "failover was switched off on the backup while the main was down",
    _fits,
    (
        Stage(
            "1 {backup} becomes the main",
            (
                Step(
                    "assumptions",
                    "you",
                    "{main} is down or its DHCP server is stopped; {backup} runs and serves clients. "
                    "The roles are restored in the end.",
                    check=every(_alone_or_off, silent(MAIN)),
                    evidence=states,
                    gate=True,
                    by_word=True,
                ),
                Step(
                    "swap-b",
                    "backup",
                    "On {backup}: failover off, roles swapped, reload. It serves all clients with the whole pool.",
                    (_SWAPPED, _RELOAD),
                    remedy=(ActionName.ROLE, BACKUP, "main"),
                    evidence=states,
                    stop="If {main} answers clients, both would serve: switch it off first.",
                ),
                Step(
                    "on-b",
                    "backup",
                    "On {backup}: failover on, reload.",
                    (_ON, _RELOAD),
                    check=role_is(BACKUP, "main"),
                    remedy=(ActionName.FAILOVER, BACKUP, "on"),
                ),
                Step(
                    "b-main",
                    "backup",
                    "{backup} is the main, PARTNER-DOWN, and serves all clients.",
                    check=every(role_is(BACKUP, "main"), phase_is(BACKUP, Phase.TAKEN_OVER)),
                    gate=True,
                    evidence=states,
                ),
            ),
            "{backup} serves all clients, alone. {main} must stay off. You can continue later.",
        ),
        Stage(
            "2 {main} without clients",
            (
                Step(
                    "isolate",
                    "you",
                    "Before you switch {main} on, cut it off from clients: cable out, relays to {backup} only, or a "
                    "filter. Skip this if its DHCP server does not start at boot, or on another machine.",
                    ("nft add rule inet filter input udp dport 67 drop",),
                ),
                Step(
                    "stop-at-once",
                    "main",
                    "Switch it on. STOP the DHCP server as soon as the machine answers. Note clients that it served.",
                    ("systemctl disable --now pairwatch", "pgrep -f 'pairwatch serve' || echo stopped"),
                    evidence=states,
                    stop="If it answers clients, stop it now: addresses that it leased may be leased twice.",
                ),
            ),
            "{backup} serves all clients. {main} is on and does not serve clients: leave it so.",
        ),
        Stage(
            "3 {main} returns without leases",
            (
                Step("swap-a", "main", "On {main}: the roles as on {backup}, failover on.", (_SWAPPED, _ON)),
                Step(
                    "not-running",
                    "main",
                    "The server is not running on {main}, and its log ends with a stop.",
                    ("tail -1 DATA/logs/name_dhcp_1_log",),
                    check=silent(MAIN),
                    gate=True,
                    by_word=True,
                ),
                Step("reconnect", "you", "Connect the cable; restore the filters and relays.", ("nft flush ruleset",)),
                Step(
                    "remove",
                    "main",
                    "Remove the lease data of {main}: {backup} has the current leases. Check on which host you are.",
                    ("rm -f DATA/leases.db* DATA/state.json   # on {main} ONLY",),
                    stop="Do not continue if {backup} does not serve clients, or if you are on {backup}.",
                ),
                Step(
                    "start-a",
                    "main",
                    "Start {main}, and start it at boot from now on.",
                    ("systemctl enable --now pairwatch", _START),
                    check=answers(MAIN),
                    stop="If {main} becomes PARTNER-DOWN, it did not reach {backup}: stop it at once.",
                ),
            ),
            "{backup} serves all clients. {main} may be stopped; the transfer then starts again.",
        ),
        Stage(
            "4 transfer of the leases",
            (
                Step(
                    "transfer",
                    "both",
                    "{main} receives all leases (RECOVER) and waits MCLT.",
                    check=went_through(MAIN, Phase.RETURNED, Phase.NORMAL),
                    evidence=transfer,
                ),
                Step(
                    "both-normal",
                    "both",
                    "Both NORMAL, nothing unacknowledged, the same leases. Do not continue before.",
                    check=every(both_normal, nothing_unacked, same_leases, role_is(BACKUP, "main")),
                    gate=True,
                    evidence=transfer,
                ),
            ),
            "Both NORMAL with swapped roles. The pair can stay so for any time.",
        ),
        Stage(
            "5 the old roles again",
            (
                Step(
                    "stop-a",
                    "main",
                    "Stop {main}. From the next step on NO SERVER SERVES clients, and they renew at half their lease: "
                    "do the next steps quickly.",
                    ("systemctl stop pairwatch   # on {main}",),
                    check=silent(MAIN),
                ),
                Step(
                    "stop-b",
                    "backup",
                    "Stop {backup}. NO DHCP SERVICE from here.",
                    ("systemctl stop pairwatch   # on {backup}",),
                    check=silent(BACKUP),
                    evidence=states,
                ),
                Step(
                    "sole-a",
                    "main",
                    "On {main}: old roles, failover off, start. It is the only server, with the whole pool.",
                    (_STRAIGHT, _START),
                    check=has_no_pair(MAIN),
                ),
                Step(
                    "on-a",
                    "main",
                    "On {main}: failover on, reload. It is the main, PARTNER-DOWN, and waits for {backup}.",
                    (_ON, _RELOAD),
                    check=every(role_is(MAIN, "main"), phase_is(MAIN, Phase.TAKEN_OVER)),
                    remedy=(ActionName.FAILOVER, MAIN, "on"),
                ),
                Step(
                    "b-back",
                    "backup",
                    "On {backup}: old roles, failover on, start.",
                    (_STRAIGHT, _ON, _START),
                    check=role_is(BACKUP, "backup"),
                ),
            ),
            "At least one server must serve. If in doubt, start {main} with failover off: it has all leases.",
        ),
        Stage(
            "6 done",
            (
                Step(
                    "normal-again",
                    "both",
                    "After MCLT both are NORMAL in their old roles.",
                    check=every(settled, role_is(MAIN, "main"), role_is(BACKUP, "backup")),
                    gate=True,
                    evidence=transfer,
                ),
                Step(
                    "leases",
                    "both",
                    "Both have the same leases, apart from updates that are on their way.",
                    check=same_leases,
                ),
            ),
            "{main} serves all clients as main; {backup} joins when it is started.",
        ),
    ),
)
