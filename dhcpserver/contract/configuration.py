"""The catalogue of the configuration, its objects, and edits: the documents of `/api/v1/config`.

A server has three copies of its configuration: the staged one, which edits change; the saved one, which is the file;
and the running one, which the server read at its last start or reload.
"""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from dhcpserver.contract.fields import Count, Document
from dhcpserver.contract.requests import Request

LONGEST_OBJECT_NAME = 600
"""Characters. The name of an object has 255; of an object with several keys it has all of them."""
LONGEST_VERSION = 64


class Copy(StrEnum):
    """A copy of the configuration."""

    STAGED = "staged"
    SAVED = "saved"
    RUNNING = "running"


class SyncOperation(StrEnum):
    """What a synchronisation does, from the least effect on the target to the most."""

    UPDATE = "update"
    COMPLETE = "complete"
    EXACT = "exact"


class AttributeDocument(Document):
    """An attribute of the catalogue.

    `expected`: what a value looks like, for a person. `default` null: there is none. `words`: the words that can be
    values, [] if others are possible too. `refers_to`: the class whose object a value names. `list`: it has a list of
    values, which `add` and `remove` change. `visibility`: normal, advanced or expert.
    `sync`: its row of Table 2. A changed value has an effect after a reload.
    """

    name: str
    expected: str
    default: str | None = None
    help: str
    visibility: str
    required: bool
    secret: bool
    list: bool
    words: tuple[str, ...] = ()
    refers_to: str | None = None
    sync: str
    rule: str | None = None


class ClassDocument(Document):
    """A class of objects.

    `single`: there is one object of it, whose name is `-` in paths. `keys`: the attributes that name an object.
    `parent`: the class that contains its objects; they are edited as an attribute of their parent.
    """

    name: str
    help: str
    single: bool
    parent: str | None = None
    keys: tuple[str, ...]
    sync: str
    attributes: tuple[AttributeDocument, ...]


class CatalogueDocument(Document):
    """`GET /api/v1/config/classes`."""

    classes: tuple[ClassDocument, ...]


class ObjectDocument(Document):
    """A staged object. `values` has what is set, without secrets; `secrets` names the secret attributes that are set.

    `version` changes with the object; an edit can name the one that it is based on.
    """

    of: str
    name: str
    version: str
    values: dict[str, Any]
    secrets: tuple[str, ...] = ()


class ObjectPage(Document):
    """Staged objects of a class in the order of the file. `next`: pass it as `after` for more, null at the end."""

    objects: tuple[ObjectDocument, ...]
    next: int | None = None


_ObjectName = Annotated[str, Field(max_length=LONGEST_OBJECT_NAME)]
_Version = Annotated[str, Field(max_length=LONGEST_VERSION)]


class CreateRequest(Request):
    """A new object. A value is text as in a command, or as the file has it. `name`: "" if the values have the keys."""

    name: _ObjectName = ""
    values: dict[str, Any] = Field(default_factory=dict)


class EditRequest(Request):
    """Changes of one object; all or none of them are made, in the order of these fields.

    `set` null unsets an attribute. `add` and `remove` change lists: `{"ranges": ["192.0.2.10-192.0.2.20"]}`. An object
    inside the object is added with its values, and removed by its name: `{"reservations": ["192.0.2.5"]}`.
    """

    set: dict[str, Any] = Field(default_factory=dict)
    unset: tuple[str, ...] = ()
    add: dict[str, list[Any]] = Field(default_factory=dict)
    remove: dict[str, list[Any]] = Field(default_factory=dict)
    version: _Version | None = None


class FaultDocument(Document):
    """What is wrong in the staged configuration. `attribute` is "" if the whole object is meant."""

    of: str
    name: str
    attribute: str
    text: str


class StagedDocument(Document):
    """`GET /api/v1/config/staged`.

    `changes`: the differences between the saved copy and the staged one, a line for each. `version`: of the staged
    copy. `saved`: the file has the staged copy. `running`: the server runs with what the file has. `file_changed`: the
    file was changed after the staged copy was made from it.
    """

    changes: tuple[str, ...]
    faults: tuple[FaultDocument, ...]
    version: str
    saved: bool
    running: bool
    file_changed: bool


class LossDocument(Document):
    """Leases that a reload would forget, by their scope or prefix. `active` of them are leased to a client now."""

    of: str
    name: str
    leases: Count
    active: Count


class PreviewDocument(Document):
    """`POST /api/v1/config/preview`: what a reload would do with a copy: its changes of the running configuration."""

    changes: tuple[str, ...]
    faults: tuple[FaultDocument, ...]
    losses: tuple[LossDocument, ...]


class SavedDocument(Document):
    """`POST /api/v1/config/save`: the changes that the file has now. A reload applies them."""

    changes: tuple[str, ...]
    version: str


class WholeDocument(Document):
    """`GET /api/v1/config/document`: a whole copy with its secrets, for a synchronisation."""

    document: dict[str, Any]
    version: str


class SyncRequest(Request):
    """Have this server, the target, take over the configuration of another one.

    Without `apply` the answer is the report. `target` is that of the report: if the staged configuration has changed
    since, nothing is changed.
    """

    source: dict[str, Any]
    operation: SyncOperation = SyncOperation.UPDATE
    apply: bool = False
    target: _Version | None = None


class SyncReport(Document):
    """What a synchronisation changes, a line for each entry, and how many are added, replaced and removed.

    `notes`: what has to be done by hand. `applied`: the changes are staged; save and reload are next.
    """

    operation: str
    changes: tuple[str, ...]
    notes: tuple[str, ...]
    counts: dict[str, Count]
    target: str
    applied: bool
