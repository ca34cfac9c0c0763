"""An alarm, as CONTRIBUTING.md adds it: a word, and a row with the function that finds the fault."""

from pathlib import Path

from tests.recipes.changed_tree import ChangedTree
from tests.recipes.page import named_files

KINDS = "console/model/alarm_kinds.py"
ROWS = "console/insight/alarms/link_rows.py"
SIGNALS = "console/insight/alarms/log_rules.py"

FIND = """

def balancing_differs(pair: PairPicture, now: float) -> Iterator[Fault]:
    values = {facts.load_balancing for _, facts in live_facts(pair, now)}
    if {True, False} <= values:
        text = "load balancing is on at one server only"
        yield Fault(AlarmKind.BALANCING_DIFFERS, PAIR, Severity.WARNING, text)


LINK_ROWS: tuple[AlarmRow, ...] = (
    AlarmRow(
        AlarmKind.BALANCING_DIFFERS,
        Severity.WARNING,
        "polls: load balancing is on at one server only; log 19999",
        "polls: it is the same on both",
        "set it equally on both servers, and reload them",
        find=balancing_differs,
        settled=seen_again,
        needs=(Fact.LOAD_BALANCING,),
    ),
"""


def test_an_alarm_needs_three_files_and_is_then_raised_and_cleared(tmp_path: Path) -> None:
    tree = ChangedTree(tmp_path)
    tree.insert_after(KINDS, '    SOURCE_FAILED = "source-failed"', '    BALANCING_DIFFERS = "balancing-differs"')
    tree.replace(ROWS, "\nLINK_ROWS: tuple[AlarmRow, ...] = (\n", FIND)
    tree.insert_after(
        SIGNALS, "MESSAGES: dict[str, LogRule] = {", '    "19999": LogRule(AlarmKind.BALANCING_DIFFERS, PAIR),'
    )
    assert tree.run("tests.recipes.trial_alarm").splitlines() == [
        "raised by a poll: warning, load balancing is on at one server only",
        "counted by the log: 2 reports from log, poll",
        "cleared by a poll: True",
        "it can tell: True; without the fact: False",
        "accepted in [[notify]] kinds: True",
        "| balancing-differs | warning |  | polls: load balancing is on at one server only; log 19999 | "
        "polls: it is the same on both | set it equally on both servers, and reload them |",
    ]
    assert tree.new_circles() == []
    assert tree.files == named_files("An alarm", GROUP="link")
    assert len(tree.files) <= 3
