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
    """Change a list to which entries were added at the end, and from which some were removed. False for others."""
    kept = [each for each in before if each in after]
    if not kept or kept != after[: len(kept)] or len(kept) != len({repr(each) for each in kept}):
        return False
    for number in reversed(range(len(before))):
        if before[number] not in after:
            del array[number]
    for each in after[len(kept) :]:
        if isinstance(array, AoT):
            if not isinstance(each, dict):
                return False
            table = tomlkit.table()
            update(table, {}, each)
            array.append(table)
        else:
            array.append(_item(each))
    return True
