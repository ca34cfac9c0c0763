"""Changes of a table of tomlkit, with the layout of what stays the same."""

from typing import Any

import tomlkit
from tomlkit.items import AoT

from dhcpserver.config.editing import texts


def update(table: Any, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Change a table, which has the values of `before`, to those of `after`."""
    for key in before:
        if key not in after:
            del table[key]
    for key, new in after.items():
        if key not in before:
            table.add(key, _item(new))
            continue
        old = before[key]
        if old == new and type(old) is type(new):
            continue
        if isinstance(old, dict) and isinstance(new, dict):
            update(table[key], old, new)
        elif not (isinstance(old, list) and isinstance(new, list) and _update_list(table[key], old, new)):
            table[key] = _item(new)


def _item(value: Any) -> Any:
    return tomlkit.value(texts.toml_lines(value))


def _update_list(array: Any, before: list[Any], after: list[Any]) -> bool:
    """Change a list of which entries were removed or changed, and to which some were added at the end.

    False for any other change: the list has to be written as a whole.
    """
    old, new = {_name(each): each for each in before}, {_name(each): each for each in after}
    kept = [name for name in old if name in new]
    if len(old) != len(before) or len(new) != len(after) or not kept or kept != list(new)[: len(kept)]:
        return False
    for number, (name, entry) in reversed(list(enumerate(old.items()))):
        if name not in new:
            del array[number]
        elif entry != new[name]:
            update(array[number], entry, new[name])
    for entry in after[len(kept) :]:
        if isinstance(array, AoT):
            if not isinstance(entry, dict):
                return False
            table = tomlkit.table()
            update(table, {}, entry)
            array.append(table)
        else:
            array.append(_item(entry))
    return True


def _name(entry: object) -> str:
    """Return what an entry of a list is recognised by: itself, or the first value of a table."""
    return repr(next(iter(entry.items()), None) if isinstance(entry, dict) else entry)
