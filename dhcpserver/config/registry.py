"""The classes of objects, from the catalogue: what `config.toml` has tables of, and the classes inside them."""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel

from dhcpserver.config.attributes import Attributes
from dhcpserver.config.catalogue import Attribute, attributes_of
from dhcpserver.config.objects import Configuration
from dhcpserver.config.syncrows import SyncRow


@dataclass(frozen=True, slots=True)
class ObjectClass:
    """A class of objects.

    Attributes:
        name: as in the file, `failover-pair`; of a class inside another one with it, `scope.reservations`.
        model: the class itself.
        about: one line about it.
        single: whether there is one object of it.
        parent: the class that contains it, "" for none.
        sync: its row of Table 2; an attribute can have another one.
    """

    name: str
    model: type[Attributes]
    about: str
    single: bool
    parent: str
    sync: SyncRow

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """Its rows, without the classes that it contains."""
        return tuple(each for each in attributes_of(self.model) if each.contains is None)

    @property
    def keys(self) -> tuple[str, ...]:
        """The attributes that name an object of it, () for a single object; a value of one of them can be absent."""
        return () if self.single else _KEYS.get(self.name, ("name",))

    @property
    def table(self) -> str:
        """The head of its table in the file."""
        return f"[{self.name}]" if self.single else f"[[{self.name}]]"


_KEYS = {
    "listener": ("address", "interface", "port"),
    "listener6": ("address", "interface", "port"),
    "scope.reservations": ("ipaddr",),
    "prefix.reservations": ("duid", "ip6address", "prefix"),
    "vendor-option-space.definitions": ("code",),
}
"""The keys of classes whose objects have no name."""


def _classes(model: type[BaseModel], parent: str, sync: SyncRow) -> Iterator[ObjectClass]:
    for attribute in attributes_of(model):
        inner = attribute.contains
        if inner is None or not issubclass(inner, Attributes):
            continue
        name = f"{parent}.{attribute.name}" if parent else attribute.name
        row = attribute.about.sync or sync
        single = attribute.info.annotation is inner
        yield ObjectClass(name, inner, attribute.about.help, single, parent, row)
        yield from _classes(inner, name, row)


CLASSES: dict[str, ObjectClass] = {each.name: each for each in _classes(Configuration, "", SyncRow.OWN)}
"""All classes by name, in the order of the file."""
