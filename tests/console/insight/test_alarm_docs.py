"""docs/alarms.md has the tables of the code."""

from pathlib import Path

from console.insight.alarms.judging import POLLED
from console.insight.alarms.log_rules import BY_ID
from console.insight.alarms.own import OWN_KINDS
from console.insight.alarms.signals import TRAPS, UNKNOWN_TRAP
from console.insight.alarms.table import BY_KIND, documented

PAGE = Path(__file__).parents[3] / "docs" / "alarms.md"


def test_the_page_has_the_table_of_the_code() -> None:
    assert documented() in PAGE.read_text(encoding="utf-8")


def test_every_kind_is_raised_by_a_source_and_has_a_row() -> None:
    by_traps = {kind for rule in (*TRAPS.values(), UNKNOWN_TRAP) for kind in rule.kinds}
    raised = (
        by_traps
        | {rule.kind for rules in BY_ID.values() for rule in rules}
        | {each.kind for each in POLLED}
        | {*OWN_KINDS}
    )
    assert raised | {"unknown-sender"} == set(BY_KIND)
