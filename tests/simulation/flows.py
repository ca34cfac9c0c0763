"""A run as a flow that can be compared with a document: states and messages of both servers, in order.

    backup = RECOVER
    backup > UPDREQALL
    main > BNDUPD

A message that repeats directly is listed once. CONTACT is left out.
"""

from collections.abc import Iterable

from tests.simulation.world import World


def flow(world: World, since: float = 0.0) -> list[str]:
    """Return the flow of both servers from `since` on (seconds since the start)."""
    lines_found: list[str] = []
    for entry in world.trace:
        if entry.at < since or entry.what == "> CONTACT":
            continue
        line = f"{entry.server} {entry.what}" if entry.what.startswith(">") else f"{entry.server} = {entry.what}"
        if not lines_found or lines_found[-1] != line:
            lines_found.append(line)
    return lines_found


def assert_follows(lines_found: list[str], expected: Iterable[str]) -> None:
    """Assert that the expected lines appear in this order; other lines may be in between."""
    rest = iter(lines_found)
    matched: list[str] = []
    for line in expected:
        assert line in rest, "\n".join(["after", *matched, f"there is no {line!r} in", *lines_found])
        matched.append(line)


def lines(text: str) -> list[str]:
    """Return the lines of a flow that is written as one text."""
    return [line.strip() for line in text.strip().splitlines()]
