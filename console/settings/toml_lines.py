"""The line of a value in a TOML text, for error messages.

The standard parser gives values without places. This reads only what is needed to find them again: table
headers and the keys at the start of lines.
"""

import re
from collections.abc import Sequence

HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
KEY = re.compile(r"""^\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9_.-]+))\s*=""")

Place = tuple[str | int, ...]


def places(text: str) -> dict[Place, int]:
    """The line (from 1) of each table and key, by path: `("pair", 0, "server", 1, "role")`."""
    found: dict[Place, int] = {}
    counts: dict[Place, int] = {}
    table: Place = ()
    for number, line in enumerate(text.splitlines(), 1):
        header = HEADER.match(line)
        if header is not None:
            table = _table(header[2], header[1] == "[[", counts)
            found.setdefault(table, number)
            continue
        key = KEY.match(line)
        if key is not None:
            name = next(part for part in key.groups() if part is not None)
            found.setdefault((*table, *name.split(".")), number)
    return found


def line_of(found: dict[Place, int], path: Sequence[str | int]) -> int:
    """The line of `path`, or of the nearest table around it; 1 if there is none."""
    place = tuple(path)
    while place:
        if place in found:
            return found[place]
        place = place[:-1]
    return 1


def _table(dotted: str, is_array: bool, counts: dict[Place, int]) -> Place:
    names = [name.strip().strip("\"'") for name in dotted.split(".")]
    place: Place = ()
    for position, name in enumerate(names):
        place = (*place, name)
        last = position == len(names) - 1
        if last and is_array:
            counts[place] = counts.get(place, -1) + 1
        if place in counts:
            place = (*place, counts[place])
    return place
