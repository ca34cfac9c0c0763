"""The line mode: every change is one line, and nothing is repeated because a clock runs on."""

import pytest

from console.insight.fold import fold, fold_all
from console.insight.plain_lines import PlainLines
from console.model.observations import ClockTick, Health
from console.model.picture import OWN, Picture
from tests.console import scenes
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, ZONE, answer, empty, failures, log, picture

ALONE = "COMMUNICATIONS-INTERRUPTED"


def lines_of(found: Picture, mode: PlainLines, now: float = NOW) -> list[str]:
    return mode.changes(found, now)


def test_at_first_each_pair_is_said_as_it_is_and_earlier_events_are_counted() -> None:
    found = fold_all(empty(), [each for part in scenes.MAIN_LOST for each in part])
    first = lines_of(found, PlainLines(ZONE))
    assert "earlier events" in first[0]
    assert first[1].startswith("05:12:00 CEST example-pair: CRITICAL: dhcp-b lost contact with dhcp-a 12 min 00 s ago")
    assert "next: about" in first[2]
    assert "dhcp-b runs out of free addresses" in first[2]


def test_a_verdict_is_a_new_line_only_when_more_than_its_numbers_changes() -> None:
    mode = PlainLines(ZONE)
    calm = picture(answer(MAIN), answer(BACKUP))
    assert any("OK: Protected" in each for each in lines_of(calm, mode))
    lost = fold_all(calm, [answer(BACKUP, NOW + 1, ALONE), *failures(MAIN, NOW + 1)])
    after = lines_of(lost, mode, NOW + 5)
    assert sum(": CRITICAL: " in each for each in after) == 1
    assert any("state: " in each or "contact: " in each for each in after), "and the events of that time"
    later = fold(lost, ClockTick(NOW + 9))
    assert lines_of(later, mode, NOW + 9) == [], "the same, some seconds later"


def test_an_event_is_one_line_in_the_order_of_time() -> None:
    mode = PlainLines(ZONE)
    found = picture(answer(MAIN), answer(BACKUP))
    lines_of(found, mode)
    found = fold(found, log("18221", "No scope serves the clients of relay 192.0.2.9: the request was dropped.", MAIN))
    assert [each.partition(": ")[2] for each in lines_of(found, mode) if "alarm: " in each] == [
        "alarm: warning network-not-served: dhcp-a: No scope serves the clients of relay 192.0.2.9: the request was "
        "dropped."
    ]
    assert lines_of(found, mode) == []


def test_faults_of_the_console_itself_are_lines_too() -> None:
    mode = PlainLines(ZONE)
    found = picture(answer(MAIN), answer(BACKUP))
    lines_of(found, mode)
    found = fold(found, Health(NOW, OWN, "noc-1", {"journal": "cannot write: disk full"}, {}))
    found = fold(found, ClockTick(NOW + 1))
    assert any("console: alarm: " in each and "disk full" in each for each in lines_of(found, mode, NOW + 1))


@pytest.mark.parametrize("scene", [scenes.MAIN_LOST, scenes.RACE, scenes.BOTH_DOWN, scenes.CALM])
def test_no_line_has_a_character_that_is_drawn_or_obeyed(scene: tuple[list[object], ...]) -> None:
    """No box characters, no signs, no control sequences: letters, digits and punctuation."""
    mode = PlainLines(ZONE)
    found = empty()
    said = []
    for part in scene:
        for each in part:
            found = fold(found, each)  # type: ignore[arg-type]
            said += lines_of(found, mode)
    assert said
    assert all(line.isascii() and line.isprintable() for line in said), [line for line in said if not line.isascii()]


def test_one_pair_only() -> None:
    assert all(PAIR not in each for each in lines_of(picture(answer(MAIN)), PlainLines(ZONE, "another")))
