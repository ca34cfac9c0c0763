"""Live evidence for the steps of runbooks: what the servers report now, in a line."""

from console.insight.freshness import last_word, on_our_clock
from console.insight.runbooks.checks import same_configuration
from console.insight.runbooks.steps import BACKUP, GONE, LEFT, MAIN, Scene
from console.insight.shares import own, own_free
from console.insight.wording import countdown, duration, wall
from console.model.facts import PoolFacts
from console.model.phases import INTERRUPTED, Phase


def transfer(scene: Scene) -> str:
    """The progress of a transfer of leases, and the end of a server's wait."""
    found = []
    for role in (MAIN, BACKUP):
        server, facts = scene.at(role), scene.facts(role)
        if facts is None:
            continue
        if facts.resync is not None:
            total = f" of {facts.resync.total:,}" if facts.resync.total else ""
            found.append(f"{server.name} {facts.resync.kind}: {facts.resync.done:,}{total} leases")
        if facts.recover_deadline is not None and facts.phase in (Phase.RETURNING, Phase.RETURN_WAIT):
            until = on_our_clock(server, facts.recover_deadline)
            found.append(
                f"{server.name} waits until {wall(until, scene.zone, scene.now)} ({countdown(until - scene.now)}): "
                "by then every lease that it may have given is known or has expired"
            )
    return "; ".join(found)


def states(scene: Scene) -> str:
    """The state of each server, and since when it is not seen."""
    found = []
    for role in (MAIN, BACKUP):
        server = scene.at(role)
        if scene.facts(role) is None:
            ago = "" if server.unseen_since is None else f" for {duration(scene.now - server.unseen_since)}"
            found.append(f"cannot see {server.name}{ago} (last {last_word(server)})")
        else:
            found.append(f"{server.name} {scene.word(role)}")
    return ", ".join(found)


def pools(scene: Scene) -> str:
    """The two scopes with the fewest free addresses, on the server that still serves."""
    facts = scene.facts(LEFT)
    if facts is None or not facts.pools:
        return ""
    if own_free(facts) is None:
        return "cannot tell how many addresses are free"
    return "; ".join(_counts(pool, facts.partner) for pool in sorted(facts.pools, key=lambda each: own(each) or 0)[:2])


def _counts(pool: PoolFacts, partner: str) -> str:
    free = f"{own(pool)} free"
    if pool.undivided is None:
        free = f"{pool.available} own free addresses, {_number(pool.other_available)} of {partner}"
    blocked = (pool.pending_available or 0) + (pool.unavailable or 0)
    return f"{pool.name}: {free}, {blocked} blocked, {_number(pool.total)} in all"


def _number(count: int | None) -> str:
    return "an unknown number" if count is None else str(count)


def mismatch(scene: Scene) -> str:
    """The mismatches that are reported, and the servers with a changed configuration that is not read yet."""
    missing = same_configuration(scene)
    pending = [
        scene.at(role).name
        for role in (MAIN, BACKUP)
        if (facts := scene.facts(role)) is not None and facts.reload_pending
    ]
    waits = f"changed configuration not read yet: {', '.join(pending)}" if pending else ""
    return "; ".join(filter(None, (missing, waits)))


def missing_partner(scene: Scene) -> bool:
    """Whether one server has lost contact or has taken over, and the other is not seen."""
    return scene.phase(LEFT) in INTERRUPTED | {Phase.TAKEN_OVER} and scene.facts(GONE) is None
