"""The errors of an edit. One of them changes nothing.

EditError            a value, an attribute or several are wrong
  NotThereError      there is no such class or object
  ConflictError      the object exists, is named by another one, or has changed meanwhile
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EditFault:
    """One thing that is wrong with an edit: `attribute` "" for the whole object; `seen` None for a secret."""

    attribute: str
    text: str
    seen: str | None = None


class EditError(ValueError):
    """An edit with all its faults.

    Attributes:
        of, name: the class and the name of the object, as the edit has them.
        faults: at least one.
    """

    def __init__(self, of: str, name: str, *faults: EditFault) -> None:
        self.of = of
        self.name = name
        self.faults = faults
        super().__init__("; ".join(_line(of, name, each) for each in faults))


class NotThereError(EditError):
    """There is no such class or object."""


class ConflictError(EditError):
    """The staged configuration does not allow the edit."""


def _line(of: str, name: str, fault: EditFault) -> str:
    parts = (f"{of} {name}".strip(), fault.attribute, fault.text)
    return ": ".join(part for part in parts if part)
