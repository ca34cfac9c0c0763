"""What a row of the catalogue has beside its name, type, range and default, which its field has.

The catalogue is in `config.classes`, one file for each class of objects. An attribute is one field there, with a row:

    backup_pct: Annotated[Percent, About("the backup's percentage of the available addresses")] = 50

Its name in the file and in commands has hyphens. Everything else that has to name attributes is derived from these
fields: reading TOML, its messages, the reference page, and what a synchronisation of the partners copies.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, get_args

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from dhcpserver.config.syncrows import SyncRow


class Visibility(IntEnum):
    """Who has to know an attribute: everybody, those who tune a server, or those who were asked to."""

    NORMAL = 1
    ADVANCED = 2
    EXPERT = 3


@dataclass(frozen=True, slots=True)
class About:
    """The rest of a row.

    Attributes:
        help: one line for the reference, completion and the console.
        visibility: see its type.
        sync: its row of Table 2, None for that of its class; see `config.syncrows`.
        refers_to: the class whose object it names, "" for none.
        rule: the requirement it follows, R-nnn; "" for none.
        file_only: whether it is set in the file alone, and no command or synchronisation changes it.
    """

    help: str
    visibility: Visibility = Visibility.NORMAL
    sync: SyncRow | None = None
    refers_to: str = ""
    rule: str = ""
    file_only: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """The name of a type of values, and what they look like; in the annotation of the type."""

    name: str
    expected: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """A row of the catalogue. `name` as in the file; `field` is that of the class."""

    name: str
    field: str
    info: FieldInfo
    about: About

    @property
    def required(self) -> bool:
        """Whether an object needs a value of it."""
        return self.info.is_required()

    @property
    def secret(self) -> bool:
        """Whether its value is never shown."""
        return mentions_secret(self.info.annotation)

    @property
    def contains(self) -> type[BaseModel] | None:
        """The class of the objects that it contains; None for a plain value."""
        return model_in(self.info.annotation)


def attributes_of(model: type[BaseModel]) -> tuple[Attribute, ...]:
    """Return the rows of a class, in their order. Raises LookupError for a field without one."""
    return tuple(_attributes(model))


def _attributes(model: type[BaseModel]) -> Iterator[Attribute]:
    for field, info in model.model_fields.items():
        about = next((each for each in info.metadata if isinstance(each, About)), None)
        if about is None:
            raise LookupError(f"{model.__name__}.{field} has no row: add About(...) to its annotation")
        yield Attribute(info.alias or field, field, info, about)


def mentions_secret(annotation: object) -> bool:
    """Return whether a type is SecretStr, or made of it."""
    return annotation is SecretStr or any(mentions_secret(argument) for argument in get_args(annotation))


def model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the class of objects in an annotation such as `tuple[Scope, ...]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for found in map(model_in, get_args(annotation)) if found is not None), None)
