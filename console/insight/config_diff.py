"""The differences between the configurations of two servers, class by class: only names and values that differ.

Values that belong to one server (its name, addresses, users) are not compared. A missing attribute has its default.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from console.model.configs import Concern, ConfigObject
from console.model.picture import PairPicture

DEFAULT = "(default)"


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that differs: class and name of the object, attribute, and the value on main and backup. For an object
    that only one server has, `attribute` is empty."""

    kind: str
    name: str
    attribute: str
    main: str
    backup: str
    concern: Concern = Concern.OTHER

    @property
    def words(self) -> str:
        """The difference as one line."""
        what = f"{self.kind} {self.name}".rstrip() + (f" {self.attribute}" if self.attribute else "")
        return f"{what}: {self.main} / {self.backup}"


def differences(main: Iterable[ConfigObject], backup: Iterable[ConfigObject]) -> tuple[Difference, ...]:
    """Every difference, by class and name."""
    ours, theirs = _by_name(main), _by_name(backup)
    return tuple(each for key in sorted(ours.keys() | theirs.keys()) for each in _of(ours.get(key), theirs.get(key)))


def of_pair(pair: PairPicture) -> tuple[Difference, ...] | None:
    """The differences between the configurations that both servers last reported; `None` until both have."""
    by_role = {server.role: pair.configs.get(name) for name, server in pair.servers.items()}
    main, backup = by_role.get("main"), by_role.get("backup")
    return None if main is None or backup is None else differences(main.objects, backup.objects)


def _by_name(objects: Iterable[ConfigObject]) -> Mapping[tuple[str, str], ConfigObject]:
    return {(each.kind, each.name): each for each in objects}


def _of(one: ConfigObject | None, other: ConfigObject | None) -> Iterator[Difference]:
    there = one or other
    if there is None:
        return
    if one is None or other is None:
        main, backup = ("present" if each is not None else "missing" for each in (one, other))
        yield Difference(there.kind, there.name, "", main, backup, there.concern)
        return
    for attribute in sorted(one.attributes.keys() | other.attributes.keys()):
        main, backup = one.attributes.get(attribute, DEFAULT), other.attributes.get(attribute, DEFAULT)
        if main != backup:
            yield Difference(there.kind, there.name, attribute, main, backup, there.concern)
