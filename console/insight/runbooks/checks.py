"""The live conditions of steps. Each returns None when it holds, else what is missing, for a person."""

from console.insight.countdowns import takeover
from console.insight.freshness import on_our_clock
from console.insight.reasons import CannotTell
from console.insight.runbooks.steps import BACKUP, GONE, LEFT, MAIN, Check, Scene
from console.insight.shares import moves, total_of
from console.insight.wording import countdown, plural, wall
from console.model.alarm_kinds import AlarmKind
from console.model.facts import Unit
from console.model.phases import INTERRUPTED, RECOVERING, Phase
from console.model.profiles import Fact

_PARTNER = {MAIN: BACKUP, BACKUP: MAIN, LEFT: GONE, GONE: LEFT}


def every(*checks: Check) -> Check:
    """All of these conditions; the reason is that of the first one that does not hold."""

    def check(scene: Scene) -> str | None:
        return next((missing for each in checks if (missing := each(scene)) is not None), None)

    return check


def phase_is(role: str, *phases: Phase) -> Check:
    """The server is seen in one of these phases."""

    def check(scene: Scene) -> str | None:
        phase, name = scene.phase(role), scene.at(role).name
        if phase in phases:
            return None
        wanted = " or ".join(each.term for each in phases)
        if phase is None or phase is Phase.UNKNOWN:
            return CannotTell(
                f"cannot see {name}" if phase is None else f"{name} is {scene.word(role)}: not understood"
            )
        return f"{name} is {scene.word(role)}, not {wanted}"

    return check


def went_through(role: str, *phases: Phase) -> Check:
    """The server has been in one of these phases since the runbook was started."""

    def check(scene: Scene) -> str | None:
        if any(scene.went_through(role, phase) for phase in phases):
            return None
        return f"{scene.at(role).name} is {scene.word(role)}; wait for {phases[0].term}"

    return check


def answers(role: str) -> Check:
    """The server answers the console."""

    def check(scene: Scene) -> str | None:
        server = scene.at(role)
        return None if scene.facts(role) is not None else f"{server.name} does not answer: {server.error or 'no poll'}"

    return check


def silent(role: str) -> Check:
    """The server is not running: it reports so itself, or it sent its partner a stop and has not answered since.

    That the console does not see it proves nothing, so then a person must verify it.
    """

    def check(scene: Scene) -> str | None:
        name, stopped = scene.at(role).name, (Phase.PAUSED, Phase.LEFT)
        if scene.phase(role) in stopped:
            return None
        if scene.facts(role) is not None:
            return f"{name} answers and is {scene.word(role)}"
        partner = scene.facts(_PARTNER[role])
        if partner is not None and partner.partner_phase in stopped and scene.at(role).unseen_since is not None:
            return None
        return CannotTell(f"cannot see {name}: it may run and be cut off from here; verify on the host that it is off")

    return check


def both_normal(scene: Scene) -> str | None:
    """Both servers are NORMAL and in contact."""
    for role in (MAIN, BACKUP):
        facts = scene.facts(role)
        name = scene.at(role).name
        if facts is None:
            return CannotTell(f"cannot see {name}")
        if facts.phase is Phase.UNKNOWN:
            return CannotTell(f"{name} is {scene.word(role)}: not understood")
        if facts.phase is not Phase.NORMAL:
            return f"{name} is {scene.word(role)}"
        if not facts.contact:
            return scene.lacking(role, Fact.CONTACT) or f"{name} has lost contact"
    return None


def nothing_unacked(scene: Scene) -> str | None:
    """Neither server has updates that the other has not acknowledged."""
    for role in (MAIN, BACKUP):
        facts, name = scene.facts(role), scene.at(role).name
        if facts is None:
            return CannotTell(f"cannot see {name}")
        if facts.unacked_updates is None:
            return scene.lacking(role, Fact.UNACKED)
        if facts.updates_pending is None:
            return CannotTell(f"{name} has not reported its pending updates")
        waiting = facts.unacked_updates + facts.updates_pending
        if waiting:
            return f"{name} has {plural(waiting, 'unacknowledged update')}"
    return None


def same_configuration(scene: Scene) -> str | None:
    """No alarm and no server reports a configuration mismatch."""
    for alarm in scene.pair.open_alarms:
        if alarm.kind == AlarmKind.FAILOVER_CONFIG_MISMATCH:
            return f"the configurations differ: {alarm.text}"
    for role in (MAIN, BACKUP):
        facts = scene.facts(role)
        if facts is not None and facts.config_mismatch:
            return f"{scene.at(role).name} reports a mismatch: {', '.join(facts.config_mismatch)}"
    return None


def reported_same_configuration(scene: Scene) -> str | None:
    """As `same_configuration`, and both servers report whether there is a mismatch."""
    for role in (MAIN, BACKUP):
        if scene.facts(role) is None:
            return CannotTell(f"cannot see {scene.at(role).name}")
        missing = scene.lacking(role, Fact.CONFIG_MISMATCH)
        if missing is not None:
            return missing
    return same_configuration(scene)


def same_leases(scene: Scene) -> str | None:
    """Both servers have the same number of leases, apart from updates that are on their way."""
    counts: list[dict[str, int]] = []
    for role in (MAIN, BACKUP):
        facts = scene.facts(role)
        if facts is None:
            return CannotTell(f"cannot see {scene.at(role).name}")
        if not facts.pools or total_of(facts, "leased") is None:
            return CannotTell(f"cannot tell how many leases {scene.at(role).name} has")
        counts.append({pool.name: pool.leased or 0 for pool in facts.pools or ()})
    main, backup = counts
    for pool in sorted(main.keys() | backup.keys()):
        ours, theirs = main.get(pool, 0), backup.get(pool, 0)
        if abs(ours - theirs) > max(2, ours // 50):
            return f"leases of {pool}: {ours:,} at {scene.at(MAIN).name}, {theirs:,} at {scene.at(BACKUP).name}"
    return None


settled = every(both_normal, nothing_unacked, reported_same_configuration)


def role_is(role: str, wanted: str) -> Check:
    """The server reports that role in the pair."""

    def check(scene: Scene) -> str | None:
        facts, name = scene.facts(role), scene.at(role).name
        if facts is None:
            return CannotTell(f"cannot see {name}: {scene.at(role).error or 'no answer yet'}")
        if facts.role not in ("main", "backup"):
            return scene.lacking(role, Fact.ROLE) or CannotTell(f"{name} reports the role {facts.role!r}")
        return None if facts.role == wanted else f"{name} is the {facts.role}, not the {wanted}"

    return check


def has_no_pair(role: str) -> Check:
    """The server answers and has no such pair: failover is off there."""

    def check(scene: Scene) -> str | None:
        server = scene.at(role)
        if server.no_such_pair:
            return None
        if scene.phase(role) is None:
            return CannotTell(f"cannot see {server.name}")
        return f"failover is on at {server.name}: {scene.word(role)}"

    return check


def started_since(role: str, step: str = "") -> Check:
    """The server has been started since a step of the runbook was ticked, or since the runbook was started."""

    def check(scene: Scene) -> str | None:
        server = scene.at(role)
        facts = scene.facts(role)
        if facts is None:
            return CannotTell(f"cannot see {server.name}")
        since = scene.ticked(step) if step else scene.since
        if facts.started is None:
            return scene.lacking(role, Fact.STARTED)
        if facts.started is not None and on_our_clock(server, facts.started) >= since - 1:
            return None
        return f"{server.name} has not been started since {wall(since, scene.zone, scene.now)}"

    return check


def reloaded(role: str) -> Check:
    """The server runs with the configuration in its file."""

    def check(scene: Scene) -> str | None:
        facts = scene.facts(role)
        if facts is None:
            return CannotTell(f"cannot see {scene.at(role).name}")
        if facts.reload_pending is None:
            return scene.lacking(role, Fact.RELOAD_PENDING)
        return (
            f"{scene.at(role).name} has a changed configuration that it has not read" if facts.reload_pending else None
        )

    return check


def safe_period(role: str, wanted: bool) -> Check:
    """The safe period is on, or off, on the server."""

    def check(scene: Scene) -> str | None:
        facts, name = scene.facts(role), scene.at(role).name
        if facts is None:
            return CannotTell(f"cannot see {name}")
        reported = takeover(facts)
        if reported.automatic is None:
            return scene.lacking(role, Fact.TAKEOVER)
        if reported.automatic is wanted:
            return None
        left = reported.remaining if reported.unit is Unit.SECONDS else None
        runs = f", {countdown(left)} left" if left else ""
        return f"the safe period is {'off' if wanted else 'on'} at {name}{runs}"

    return check


def in_contact(scene: Scene) -> str | None:
    """Both servers are in contact."""
    for role in (MAIN, BACKUP):
        facts, name = scene.facts(role), scene.at(role).name
        if facts is None:
            return CannotTell(f"cannot see {name}")
        if not facts.contact:
            return scene.lacking(role, Fact.CONTACT) or f"{name} has lost contact: {facts.link_failure or 'down'}"
    return None


def both_alone(scene: Scene) -> str | None:
    """Both servers answer the console and have lost contact with each other."""
    for role in (MAIN, BACKUP):
        if scene.phase(role) not in INTERRUPTED:
            return f"{scene.at(role).name} is {scene.word(role)}"
    return None


def partner_pool_usable(scene: Scene) -> str | None:
    """The server that still serves may lease its partner's addresses."""
    facts, server = scene.facts(LEFT), scene.at(LEFT)
    if facts is None:
        return CannotTell(f"cannot see {server.name}")
    if facts.phase is not Phase.TAKEN_OVER:
        return f"{server.name} is {facts.word}"
    if facts.partner_pool_usable_at is None:
        return CannotTell(f"{server.name} does not report from when it may lease the addresses of its partner")
    usable = on_our_clock(server, facts.partner_pool_usable_at)
    if usable <= scene.now:
        return None
    return f"usable from {wall(usable, scene.zone, scene.now)}, in {countdown(usable - scene.now)}"


def probes_over(scene: Scene) -> str | None:
    """The server that still serves gives addresses without probing them first."""
    facts, server = scene.facts(LEFT), scene.at(LEFT)
    if facts is None:
        return f"cannot see {server.name}"
    if facts.phase not in (Phase.TAKEN_OVER, Phase.NORMAL):
        return f"{server.name} is {facts.word or 'in an unknown state'}"
    if facts.probe_until is None:
        return None
    until = on_our_clock(server, facts.probe_until)
    if until <= scene.now:
        return None
    return f"{server.name} probes addresses until {wall(until, scene.zone, scene.now)} ({countdown(until - scene.now)})"


def lost_in_recovery(scene: Scene) -> str | None:
    """One server recovers, has lost contact, and its partner is not seen."""
    left, facts = scene.at(LEFT), scene.facts(LEFT)
    if facts is None:
        return f"cannot see {left.name}"
    if facts.phase not in RECOVERING:
        return f"{left.name} is {scene.word(LEFT)}, not in recovery"
    if facts.contact is not False:
        return scene.lacking(LEFT, Fact.CONTACT) or f"{left.name} has contact with {scene.at(GONE).name}"
    return None if scene.facts(GONE) is None else f"{scene.at(GONE).name} answers the console"


def recover_set(role: str) -> Check:
    """failover-recover, the age of its lease data, is set on the server."""

    def check(scene: Scene) -> str | None:
        facts, name = scene.facts(role), scene.at(role).name
        if facts is None:
            return CannotTell(f"cannot see {name}")
        if facts.recover_requested is None:
            return scene.lacking(role, Fact.RECOVERY)
        return None if facts.recover_requested else f"{name} runs WITHOUT failover-recover: stop it now"

    return check


def recover_unset(scene: Scene) -> str | None:
    """failover-recover is not set on any server."""
    for role in (MAIN, BACKUP):
        facts = scene.facts(role)
        name = scene.at(role).name
        if facts is None:
            return CannotTell(f"cannot see {name}")
        if facts.recover_requested is None:
            return scene.lacking(role, Fact.RECOVERY)
        if facts.recover_requested:
            return f"failover-recover is still set on {name}"
    return None


def shares_even(scene: Scene) -> str | None:
    """The main has balanced the free addresses as configured."""
    facts = scene.facts(MAIN)
    if facts is None:
        return CannotTell(f"cannot see {scene.at(MAIN).name}")
    left = moves(facts)
    if left is None:
        return CannotTell(f"cannot tell how {scene.at(MAIN).name} has balanced its addresses")
    return None if not left else f"{left[0].pool}: {abs(left[0].addresses)} addresses still have to move"


def no_conflict(scene: Scene) -> str | None:
    """No server is resolving conflicts."""
    for role in (MAIN, BACKUP):
        unfinished = (Phase.CONFLICT, Phase.CONFLICT_ALONE, Phase.CONFLICT_RESOLVED)
        if scene.phase(role) in (None, Phase.UNKNOWN):
            return CannotTell(f"{scene.at(role).name} is {scene.word(role)}")
        if scene.phase(role) in unfinished:
            return f"{scene.at(role).name} is {scene.word(role)}"
    return None
