"""A run as a flow that can be held against a document: who became what, and who sent what, in order.

    backup = RECOVER
    backup > UPDREQALL
    main > BNDUPD

Messages that repeat one after the other count once; CONTACT is left out.
"""

from collections.abc import Iterable

from tests.simulation.world import World


def flow(world: World, since: float = 0.0) -> list[str]:
    """What both servers did since then (seconds since the start)."""
    found: list[str] = []
    for entry in world.trace:
        if entry.at < since or entry.what == "> CONTACT":
            continue
        line = f"{entry.server} {entry.what}" if entry.what.startswith(">") else f"{entry.server} = {entry.what}"
        if not found or found[-1] != line:
            found.append(line)
    return found


def follows(found: list[str], expected: Iterable[str]) -> None:
    """Each expected line comes, in this order; others may stand between. Raises AssertionError that shows both."""
    rest = iter(found)
    done: list[str] = []
    for line in expected:
        assert line in rest, "\n".join(["after", *done, f"there is no {line!r} in", *found])
        done.append(line)


def lines(text: str) -> list[str]:
    """A flow as it is written in a test."""
    return [line.strip() for line in text.strip().splitlines()]
