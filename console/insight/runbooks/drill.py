"""The fire drill: the main is taken out of service while everybody is awake (R-102, R-103).

Relays that forward to one server only, and wrong settings of BOOTP devices, show when the main is away, and in no other
way. The result is recorded with its date: its step is ticked, or skipped with the reason.
"""

from console.insight.freshness import on_our_clock
from console.insight.runbooks.checks import settled
from console.insight.runbooks.evidence import states
from console.insight.runbooks.planned import calm, down_and_up
from console.insight.runbooks.steps import BACKUP, MAIN, Runbook, Scene, Stage, Step
from console.insight.wording import plural
from console.model.traffic import Relay

NAMED = 5
RECENT_SECONDS = 3600.0
STOPPED = f"stop-{MAIN}"


def relays_at_both(scene: Scene) -> str:
    """The relays of the last hour, and those that only one server has seen."""
    main, backup = _relays(scene, MAIN, RECENT_SECONDS), _relays(scene, BACKUP, RECENT_SECONDS)
    if main is None or backup is None:
        return "cannot tell which relays forward to both: a server does not report its relays"
    found = [f"{plural(len(main & backup), 'relay')} forwarded to both in the last hour"]
    for seen, other, role in ((main, backup, BACKUP), (backup, main, MAIN)):
        if seen - other:
            found.append(f"not to {scene.at(role).name}: {_named(seen - other)}")
    return "; ".join(found)


def relays_since(scene: Scene) -> str:
    """The relays whose clients have reached the backup since the main was stopped."""
    since = scene.now - scene.ticked(STOPPED)
    found = _relays(scene, BACKUP, since)
    if found is None:
        return f"cannot tell whose clients reach {scene.at(BACKUP).name}: it does not report its relays"
    name = scene.at(BACKUP).name
    return f"requests at {name} since the stop: {_named(found)}" if found else f"no request at {name} since the stop"


def _relays(scene: Scene, role: str, seconds: float) -> frozenset[str] | None:
    """The relays that forwarded to the server in the last seconds; None where it does not report them."""
    facts = scene.facts(role)
    if facts is None or facts.traffic is None:
        return None
    return frozenset(_name(each) for each in facts.traffic.relays if _recent(scene, role, each, seconds))


def _recent(scene: Scene, role: str, relay: Relay, seconds: float) -> bool:
    return relay.last is not None and scene.now - on_our_clock(scene.at(role), relay.last) <= seconds


def _name(relay: Relay) -> str:
    return relay.address or "clients without a relay"


def _named(relays: frozenset[str]) -> str:
    names = sorted(relays)
    return ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")


def _reached(scene: Scene) -> str | None:
    """Whether requests of clients have reached the backup since the main was stopped."""
    found = _relays(scene, BACKUP, scene.now - scene.ticked(STOPPED))
    return None if found else relays_since(scene)


FIRE_DRILL = Runbook(
    "fire-drill",
    "Fire drill",
    "to see, while everybody is awake, that clients are served without the main",
    lambda scene: 8 if calm(scene) else 0,
    (
        Stage(
            "Before",
            (
                Step(
                    "before",
                    "both",
                    "Start only when both are NORMAL with nothing unacknowledged.",
                    check=settled,
                    gate=True,
                    evidence=states,
                ),
                Step(
                    "helpers",
                    "network",
                    "Every relay has both servers as helper addresses (R-102).",
                    evidence=relays_at_both,
                    stop="A relay that forwards to {main} only leaves its clients without a server in the drill.",
                ),
            ),
            "Nothing was changed.",
        ),
        Stage(
            "Without {main}",
            down_and_up(
                MAIN,
                "short",
                Step(
                    "reached",
                    "backup",
                    "Requests of clients reach {backup}.",
                    check=_reached,
                    evidence=relays_since,
                    stop="If none arrives in a few minutes, start {main} again: the drill has found a fault.",
                ),
                Step(
                    "devices",
                    "you",
                    "Start a BOOTP device, a telephone and a computer in each kind of network: each has its address.",
                    stop="If one gets none, start {main} again, and correct it before the next drill.",
                ),
                Step(
                    "result",
                    "you",
                    "All were served: y records that with the date. If not, s records what was found.",
                ),
            ),
            "{backup} serves clients from its own addresses. Start {main} again.",
        ),
    ),
)
