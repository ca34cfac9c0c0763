"""The console knows every message that a server writes, and no message that it does not write."""

from console.insight.alarms.log_rules import MESSAGES
from console.logs.line import parse_line
from dhcpserver.contract.meanings import MEANINGS
from dhcpserver.contract.messages import CATALOGUE


def test_every_message_has_a_meaning() -> None:
    """18124, 18125 and 18205 had none."""
    for message in CATALOGUE:
        line = f"07/15/2026 3:00:01 name/dhcp/1 {message.level} Failover 0 {message.number:05} text"
        assert parse_line(line).meaning == MEANINGS[message.number]


def test_every_message_that_raises_an_alarm_is_written_by_a_server() -> None:
    """18118 was in the table, and no server writes it."""
    assert {int(number) for number in MESSAGES} <= MEANINGS.keys()
