"""At 80 columns no text is cut before its subject and verb: each alarm, and each next event."""

import re
from collections.abc import Iterable, Sequence

import pytest

from console.insight.alarms.log_rules import MESSAGES
from console.insight.alarms.signals import TRAPS
from console.insight.countdowns import countdowns
from console.insight.fold import fold_all
from console.model.observations import Observation
from console.model.picture import Alarm, PairPicture
from console.tui.widgets.evidence import alarm_lines
from console.tui.widgets.top import countdowns_text
from tests.console.scenes import (
    BACKUP,
    MAIN,
    MAIN_LOST,
    NOW,
    PAIR,
    RACE,
    ZONE,
    answer,
    failures,
    log,
    picture,
    pool,
    trap,
)

COLUMNS = 78
"""80 without the padding."""
DOWN = "PARTNER-DOWN"


def flat(parts: Iterable[Sequence[Observation]]) -> list[Observation]:
    return [each for part in parts for each in part]


SCENES: dict[str, list[Observation]] = {
    "race": flat(RACE),
    "main lost": flat(MAIN_LOST),
    "both down": [answer(MAIN, NOW, DOWN), answer(BACKUP, NOW, DOWN)],
    "both gone": [answer(MAIN, NOW - 60), answer(BACKUP, NOW - 60), *failures(MAIN), *failures(BACKUP)],
    "conflict": [answer(MAIN, NOW, "POTENTIAL-CONFLICT"), answer(BACKUP, NOW, "POTENTIAL-CONFLICT")],
    "empty": [answer(MAIN, pools=[pool(own=0, other=0)]), answer(BACKUP, pools=[pool(own=0, other=0)])],
    "skew": [answer(MAIN, time_skew=9.0), answer(BACKUP, time_skew=-9.0)],
    "mismatch": [answer(MAIN, config_mismatch=["mclt"]), answer(BACKUP)],
    "unacked": [answer(MAIN, unacked_updates=40, oldest_unacked_age=90.0), answer(BACKUP)],
    **{f"trap {name}": [trap(name)] for name in TRAPS},
    **{f"log {number}": [log(str(number), "Failover pair 'p': contact lost (timeout)")] for number in MESSAGES},
}


def found_in(scene: str) -> PairPicture:
    return fold_all(picture(*SCENES[scene]), []).pairs[PAIR]


def first_clause(text: str) -> str:
    """The words up to the first mark: they have the subject and the verb, what follows is the advice."""
    return re.split(r"[;:(,]\s", text, maxsplit=1)[0]


@pytest.mark.parametrize("scene", SCENES)
def test_the_subject_and_the_verb_of_every_alarm_are_visible_at_80_columns(scene: str) -> None:
    pair = found_in(scene)
    own = picture().own
    shown = [line[:COLUMNS] for line, _ in alarm_lines(pair, own, NOW, ZONE)]
    for alarm in pair.open_alarms:
        same = [each for each in pair.open_alarms if each.kind == alarm.kind]
        assert any(_says(line, each) for line in shown for each in same), (alarm.text, shown)


def _says(line: str, alarm: Alarm) -> bool:
    return first_clause(alarm.text) in line


def test_the_scenes_raise_many_kinds_of_alarms() -> None:
    kinds = {alarm.kind for scene in SCENES for alarm in found_in(scene).open_alarms}
    assert len(kinds) > 25, kinds


@pytest.mark.parametrize("scene", [name for name in SCENES if not name.startswith(("trap", "log"))])
def test_every_next_event_is_whole_at_80_columns(scene: str) -> None:
    pair = found_in(scene)
    text = countdowns_text(pair, NOW, ZONE, 5, COLUMNS).plain
    assert all(len(line) <= COLUMNS for line in text.splitlines())
    flat = " ".join(text.split())
    for each in sorted(countdowns(pair, NOW), key=lambda each: (not each.automatic, each.at))[:4]:
        assert each.text in flat
