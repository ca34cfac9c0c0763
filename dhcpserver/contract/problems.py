"""Errors as problem documents (RFC 9457)."""

from dhcpserver.contract.fields import Document


class FieldProblem(Document):
    """One wrong field of a request: its name, the value that was sent, and which values are accepted."""

    field: str
    seen: str | None = None
    expected: str


class ProblemDocument(Document):
    """An error answer. `detail` is a sentence for a person; `errors` name the fields that are wrong."""

    type: str
    title: str
    status: int
    detail: str
    errors: tuple[FieldProblem, ...] = ()
