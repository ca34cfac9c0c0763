"""The live conditions of steps: each says what is missing, or nothing when it holds."""

from collections.abc import Callable

from console.insight.freshness import last_state, on_our_clock
from console.insight.runbooks.steps import BACKUP, GONE, LEFT, MAIN, Check, Scene
from console.insight.shares import moves
from console.insight.wording import countdown, duration, plural, wall
from console.model.states import ALONE, State

CONFIG_MISMATCH = "failover-config-mismatch"
"""The alarm: from traps, logs and polls, so that a connection that is refused for it counts too."""


def every(*checks: Check) -> Check:
    """All of them: the first that does not hold says why."""

    def check(scene: Scene) -> str | None:
        return next((missing for each in checks if (missing := each(scene)) is not None), None)

    return check


def holds(check: Check) -> Callable[[Scene], bool]:
    """The condition as a yes or no."""
    return lambda scene: check(scene) is None


def state_is(role: str, *states: State) -> Check:
    """A server is seen in one of these states."""

    def check(scene: Scene) -> str | None:
        state, name = scene.state(role), scene.at(role).name
        if state in states:
            return None
        return f"cannot see {name}" if state is None else f"{name} is {state}, not {' or '.join(states)}"

    return check


def went_through(role: str, *states: State) -> Check:
    """A server has been in one of these states since the runbook was started."""

    def check(scene: Scene) -> str | None:
        if any(scene.went_through(role, state) for state in states):
            return None
        return f"{scene.at(role).name} is {scene.state(role) or 'not seen'}; {states[0]} is to come"

    return check


def answers(role: str) -> Check:
    """The console can ask that server."""

    def check(scene: Scene) -> str | None:
        server = scene.at(role)
        return None if scene.report(role) is not None else f"{server.name} does not answer: {server.error or 'no poll'}"

    return check


def silent(role: str) -> Check:
    """That server is not running, as far as the console can see."""

    def check(scene: Scene) -> str | None:
        if scene.report(role) is None or scene.state(role) in (State.PAUSED, State.SHUTDOWN):
            return None
        return f"{scene.at(role).name} answers and is {scene.state(role)}"

    return check


def both_normal(scene: Scene) -> str | None:
    """Both are NORMAL and in contact."""
    for role in (MAIN, BACKUP):
        report = scene.report(role)
        name = scene.at(role).name
        if report is None:
            return f"cannot see {name}"
        if report.state is not State.NORMAL:
            return f"{name} is {report.state}"
        if report.interrupted:
            return f"{name} has no contact"
    return None


def nothing_unacked(scene: Scene) -> str | None:
    """Neither has news that the other has not acknowledged."""
    for role in (MAIN, BACKUP):
        report = scene.report(role)
        waiting = 0 if report is None else report.unacked_updates + report.updates_pending
        if report is None or waiting:
            name = scene.at(role).name
            return f"cannot see {name}" if report is None else f"{name} has {plural(waiting, 'update')} unacknowledged"
    return None


def same_configuration(scene: Scene) -> str | None:
    """Neither complains of the other's configuration: in its status, or where it refused the other for it."""
    for alarm in scene.pair.open_alarms:
        if alarm.kind == CONFIG_MISMATCH:
            return f"these differ: {alarm.text}"
    for role in (MAIN, BACKUP):
        report = scene.report(role)
        if report is not None and report.config_mismatch:
            return f"{scene.at(role).name} says that these differ: {', '.join(report.config_mismatch)}"
    return None


def same_leases(scene: Scene) -> str | None:
    """Both count the same leases, give or take what is on its way."""
    counts = []
    for role in (MAIN, BACKUP):
        report = scene.report(role)
        if report is None:
            return f"cannot see {scene.at(role).name}"
        counts.append({pool.name: pool.leased for pool in report.pools})
    main, backup = counts
    for pool in sorted(main.keys() | backup.keys()):
        ours, theirs = main.get(pool, 0), backup.get(pool, 0)
        if abs(ours - theirs) > max(2, ours // 50):
            return f"leases of {pool}: {ours:,} at {scene.at(MAIN).name}, {theirs:,} at {scene.at(BACKUP).name}"
    return None


settled = every(both_normal, nothing_unacked, same_configuration)


def role_is(role: str, wanted: str) -> Check:
    """A server says that it has that role in the pair."""

    def check(scene: Scene) -> str | None:
        report, name = scene.report(role), scene.at(role).name
        if report is None:
            return f"cannot see {name}: {scene.at(role).error or 'it has not answered'}"
        return None if report.role == wanted else f"{name} is the {report.role}, not the {wanted}"

    return check


def knows_no_pair(role: str) -> Check:
    """A server answers and has no such pair: failover is off there."""

    def check(scene: Scene) -> str | None:
        server = scene.at(role)
        if server.error is not None and "does not know the pair" in server.error:
            return None
        state = scene.state(role)
        return f"{server.name} takes part in failover: {state}" if state else f"cannot see {server.name}"

    return check


def started_since(role: str, step: str = "") -> Check:
    """A server has been started since a step of the runbook was ticked, or since the runbook was started."""

    def check(scene: Scene) -> str | None:
        server = scene.at(role)
        report = scene.report(role)
        if report is None:
            return f"cannot see {server.name}"
        since = scene.ticked(step) if step else scene.since
        if report.started is not None and on_our_clock(server, report.started) >= since - 1:
            return None
        return f"{server.name} has not been started since {wall(since, scene.zone, scene.now)}"

    return check


def reloaded(role: str) -> Check:
    """A server runs with the configuration that is in its file."""

    def check(scene: Scene) -> str | None:
        report = scene.report(role)
        if report is None:
            return f"cannot see {scene.at(role).name}"
        return f"{scene.at(role).name} has a changed file that it has not read" if report.reload_pending else None

    return check


def safe_period(role: str, wanted: bool) -> Check:
    """The safe period is on, or off, at a server."""

    def check(scene: Scene) -> str | None:
        report, name = scene.report(role), scene.at(role).name
        if report is None:
            return f"cannot see {name}"
        if report.use_safe_period is wanted:
            return None
        left = report.safe_period_remaining
        runs = f", {countdown(left)} left" if left else ""
        return f"the safe period is {'off' if wanted else 'on'} at {name}{runs}"

    return check


def in_contact(scene: Scene) -> str | None:
    """The two talk to each other again."""
    for role in (MAIN, BACKUP):
        report, name = scene.report(role), scene.at(role).name
        if report is None or report.interrupted:
            return f"cannot see {name}" if report is None else f"{name} has no contact: {report.link_failure or 'down'}"
    return None


def both_alone(scene: Scene) -> str | None:
    """Both answer us and not each other."""
    for role in (MAIN, BACKUP):
        if scene.state(role) not in ALONE:
            return f"{scene.at(role).name} is {scene.state(role) or 'not seen'}"
    return None


def partner_pool_usable(scene: Scene) -> str | None:
    """The server that is left may give out its partner's addresses."""
    report, server = scene.report(LEFT), scene.at(LEFT)
    if report is None:
        return f"cannot see {server.name}"
    if report.state is not State.PARTNER_DOWN or report.partner_pool_usable_at is None:
        return f"{server.name} is {report.state}"
    usable = on_our_clock(server, report.partner_pool_usable_at)
    if usable <= scene.now:
        return None
    return f"from {wall(usable, scene.zone, scene.now)}, in {countdown(usable - scene.now)}"


def recover_set(role: str) -> Check:
    """A server was told, by failover-recover, how old its lease data is."""

    def check(scene: Scene) -> str | None:
        report, name = scene.report(role), scene.at(role).name
        if report is None:
            return f"cannot see {name}"
        return None if report.failover_recover is not None else f"{name} runs WITHOUT failover-recover: stop it now"

    return check


def recover_unset(scene: Scene) -> str | None:
    """No server asks for a recovery at its next start."""
    for role in (MAIN, BACKUP):
        report = scene.report(role)
        if report is None or report.failover_recover is not None:
            name = scene.at(role).name
            return f"cannot see {name}" if report is None else f"{name} has failover-recover set still"
    return None


def shares_even(scene: Scene) -> str | None:
    """The main has shared the free addresses out as configured."""
    report = scene.report(MAIN)
    if report is None:
        return f"cannot see {scene.at(MAIN).name}"
    left = moves(report)
    return None if not left else f"{left[0].pool} is {abs(left[0].addresses)} addresses off"


def no_conflict(scene: Scene) -> str | None:
    """Neither resolves conflicts any more."""
    for role in (MAIN, BACKUP):
        if scene.state(role) in (State.POTENTIAL_CONFLICT, State.RESOLUTION_INTERRUPTED, State.CONFLICT_DONE, None):
            return f"{scene.at(role).name} is {scene.state(role) or 'not seen'}"
    return None


# Evidence


def transfer(scene: Scene) -> str:
    """How far a transfer of leases is, and until when a server waits."""
    found = []
    for role in (MAIN, BACKUP):
        server, report = scene.at(role), scene.report(role)
        if report is None:
            continue
        if report.resync is not None:
            total = f" of {report.resync.total:,}" if report.resync.total else ""
            found.append(f"{server.name} {report.resync.kind}: {report.resync.done:,}{total} leases")
        if report.recover_deadline is not None and report.state in (State.RECOVER, State.RECOVER_WAIT):
            until = on_our_clock(server, report.recover_deadline)
            found.append(
                f"{server.name} waits until {wall(until, scene.zone, scene.now)} ({countdown(until - scene.now)}): "
                "clients that it may have served are known or gone by then"
            )
    return "; ".join(found)


def states(scene: Scene) -> str:
    """What each says, and since when contact is gone."""
    found = []
    for role in (MAIN, BACKUP):
        server = scene.at(role)
        state = last_state(server)
        if scene.report(role) is None:
            ago = "" if server.unseen_since is None else f" for {duration(scene.now - server.unseen_since)}"
            found.append(f"cannot see {server.name}{ago} (last {state or 'unknown'})")
        else:
            found.append(f"{server.name} {state}")
    return ", ".join(found)


def pools(scene: Scene) -> str:
    """The two poorest scopes of the server that is left: its own, its partner's, and what is blocked."""
    report = scene.report(LEFT)
    if report is None or not report.pools:
        return ""
    return "; ".join(
        f"{pool.name}: {pool.available} free of its own, {pool.other_available} that are {report.partner_name}'s, "
        f"{pool.pending_available + pool.unavailable} blocked, of {pool.total}"
        for pool in sorted(report.pools, key=lambda each: each.available)[:2]
    )


def mismatch(scene: Scene) -> str:
    """What the servers say differs, and who has a changed file."""
    missing = same_configuration(scene)
    pending = [
        scene.at(role).name
        for role in (MAIN, BACKUP)
        if (report := scene.report(role)) is not None and report.reload_pending
    ]
    waits = f"changed and not yet read: {', '.join(pending)}" if pending else ""
    return "; ".join(filter(None, (missing, waits)))


def missing_partner(scene: Scene) -> bool:
    """One is alone or has taken over, and the other is not seen."""
    return scene.state(LEFT) in ALONE | {State.PARTNER_DOWN} and scene.report(GONE) is None
