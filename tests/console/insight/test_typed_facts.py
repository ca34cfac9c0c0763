"""Rules read typed facts and no words: what is parsed is parsed in named files, by the catalogue of messages."""

import ast
from pathlib import Path
from typing import Any

import pytest

from console.dialects.pairwatch import PAIRWATCH
from console.dialects.reading import read_record
from console.insight import timeline as timeline_module
from console.insight.timeline import timeline
from console.model.observations import OperatorAction, PollFailure
from console.model.picture import Severity
from dhcpserver.contract import messages
from tests.console.scenes import BACKUP, NOW, PAIR, pair

INSIGHT = Path(timeline_module.__file__).parent
PARSERS = {
    "date_steps.py": "what an operator types",
    "dates.py": "what an operator types",
    "alarms/plan_text.py": "what an operator types",
    "durations.py": "what an operator types",
    "end_time.py": "what an operator types",
    "lookup.py": "what an operator types",
    "leases/filters.py": "what an operator types",
}
"""The files that may use regular expressions, each with what it parses."""


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def test_only_the_named_files_parse_text() -> None:
    using = {str(path.relative_to(INSIGHT)) for path in INSIGHT.rglob("*.py") if imports(path) & {"re", "re2"}}
    assert using == set(PARSERS)


@pytest.mark.parametrize("comment", ["dhcp-a serves nobody", "dhcp-a lost contact with its partner"])
def test_words_of_an_operator_are_no_facts(comment: str) -> None:
    """What a person types in a comment changes neither the severity of the entry nor its server."""
    action = OperatorAction(NOW, PAIR, "op", "comment", f"{PAIR}/server-stop/x", {"comment": comment})
    (event,) = timeline(pair(action), {})
    assert (event.severity, event.fact, event.server) == (Severity.INFO, (), "")


def test_the_reason_of_a_failed_poll_is_no_fact() -> None:
    (event, *_) = timeline(pair(PollFailure(NOW, PAIR, BACKUP, "it serves nobody")), {})
    assert (event.severity, event.server) == (Severity.WARNING, BACKUP)


class _Values(dict[str, str]):
    """A value for every field of a message."""

    GIVEN: dict[str, str] = {  # noqa: RUF012
        "scope": "wifi-2",
        "address": "192.0.2.7",
        "old": "NORMAL",
        "new": "PARTNER-DOWN",
        "listener": "eth0 (192.0.2.1)",
        "scopes": "'wifi', 'guest'",
        "relay": "192.0.2.9",
        "identifier": "01:aa:bb",
        "port": "relay 192.0.2.9, port 00:07",
        "to": "192.0.2.9",
    }

    def __missing__(self, name: str) -> Any:
        return self.GIVEN.get(name, 7)


FIELDS = {number: each.pattern for number, each in PAIRWATCH.messages.items() if each.pattern is not None}
CATALOGUE = [
    each for each in vars(messages).values() if isinstance(each, messages.Message) and f"{each.number:05}" in FIELDS
]


@pytest.mark.parametrize("message", CATALOGUE, ids=lambda each: each.text[:30])
def test_the_fields_of_a_message_are_those_of_the_catalogue(message: messages.Message) -> None:
    text = message.text.format_map(_Values())
    record = read_record(f"07/15/2026 3:00:01 name/dhcp/1 {message.level} Failover 0 {message.number:05} {text}")
    assert record is not None
    wanted = FIELDS[record.id].groupindex.keys() - {"change"}
    assert wanted <= _Values.GIVEN.keys()
    assert {name: record.fields.get(name) for name in wanted} == {name: _Values.GIVEN[name] for name in wanted}


def test_every_number_with_fields_is_in_the_catalogue() -> None:
    assert {f"{each.number:05}" for each in CATALOGUE} == set(FIELDS)
