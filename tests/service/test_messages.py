"""The catalogue of log messages: every line of the server comes from it, and every row of it can be written."""

import ast
import string
from pathlib import Path

import pytest

from dhcpserver.contract import messages
from dhcpserver.contract.meanings import MEANINGS
from dhcpserver.contract.messages import CATALOGUE, Message
from dhcpserver.failover.effects import log_line

ROOT = Path(__file__).resolve().parent.parent.parent
WRITERS = {"log", "write_log", "log_line"}


def names() -> dict[str, Message]:
    return {name: value for name, value in vars(messages).items() if isinstance(value, Message)}


def fields(message: Message) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(message.text) if name}


def calls() -> list[tuple[str, ast.Call]]:
    """Every call that writes a line, with the file."""
    found = []
    for path in sorted((ROOT / "dhcpserver").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in WRITERS and node.args:
                    found.append((str(path.relative_to(ROOT)), node))
    return found


def rows_of(node: ast.expr, local: dict[str, Message]) -> list[Message]:
    """The rows that an argument can be: a name of the catalogue, or a choice between two of them."""
    if isinstance(node, ast.IfExp):
        return rows_of(node.body, local) + rows_of(node.orelse, local)
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return [local[name]] if name in local else []


def test_every_line_has_the_values_of_its_row() -> None:
    """A call with a wrong or a missing value would raise while the server runs."""
    known = names()
    checked = 0
    for path, call in calls():
        for row in rows_of(call.args[0], known):
            given = {keyword.arg for keyword in call.keywords if keyword.arg is not None}
            if any(keyword.arg is None for keyword in call.keywords):
                assert given <= fields(row) | {"kind", "client"}, f"{path}:{call.lineno}"
            else:
                assert given == fields(row), f"{path}:{call.lineno}"
            checked += 1
    assert checked > 25


def test_every_row_is_written_somewhere() -> None:
    """18112 and 18118 were promised, and nobody wrote them."""
    text = "\n".join(path.read_text() for path in (ROOT / "dhcpserver").rglob("*.py") if path.name != "messages.py")
    assert [name for name in names() if name not in text] == []


def test_no_line_is_written_without_the_catalogue() -> None:
    """LogLine is made by `log_line` alone."""
    for path in (ROOT / "dhcpserver").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "LogLine":
                assert path.name in ("effects.py", "viewer.py"), f"{path}:{node.lineno}"


def test_each_number_has_one_meaning_and_each_meaning_a_text() -> None:
    assert {each.number for each in CATALOGUE} == MEANINGS.keys()
    texts = [(each.level, each.text) for each in CATALOGUE]
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize("message", CATALOGUE, ids=lambda each: str(each.number))
def test_a_value_is_never_read_as_a_format(message: Message) -> None:
    """Names of clients and partners can have braces."""
    values = {name: "{0} {name} {" for name in fields(message)}
    number = {name for _, name, form, _ in string.Formatter().parse(message.text) if name and form}
    line = log_line(message, **{name: 1.5 if name in number else value for name, value in values.items()})
    assert line.id == message.number
    if values.keys() - number:
        assert "{0} {name} {" in line.text
