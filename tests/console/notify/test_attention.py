"""The bell and the terminal's notification: for which alarms they are used, and what is written."""

import pytest

from console.insight.fold import fold, fold_all
from console.model.observations import OperatorAction
from console.notify.attention import BELL, AttentionTracker, terminal_sequence
from tests.console.notify.test_decide import CONFLICT, conflict
from tests.console.scenes import MAIN, NOW, PAIR, empty, trap


def test_alerts_once_for_each_new_critical_alarm_that_is_not_acknowledged() -> None:
    tracker = AttentionTracker()
    old = fold(empty(), conflict(NOW, "192.0.2.1"))
    assert tracker.new_alarms(old) == [], "alarms that were active at the start do not alert"
    new = fold_all(old, [conflict(NOW + 1), trap("server-stop", MAIN, NOW + 1)])
    assert [alarm.id for alarm in tracker.new_alarms(new)] == [CONFLICT]
    assert tracker.new_alarms(new) == []
    closed = fold(new, OperatorAction(NOW + 2, PAIR, "jo", "clear-alarm", CONFLICT))
    assert tracker.new_alarms(closed) == []
    assert len(tracker.new_alarms(fold(closed, conflict(NOW + 3)))) == 1, "it is active again"


@pytest.mark.parametrize("word", ["acknowledge", "suppress"])
def test_never_alerts_for_an_acknowledged_or_silenced_alarm(word: str) -> None:
    tracker = AttentionTracker()
    tracker.new_alarms(empty())
    detail = {"until": NOW + 60, "reason": "works"}
    action = OperatorAction(NOW, PAIR, "jo", word, CONFLICT, detail)
    assert tracker.new_alarms(fold_all(empty(), [conflict(), action])) == []


@pytest.mark.parametrize(
    ("environment", "start"),
    [
        ({"TERM": "xterm-kitty"}, "\x1b]99;;address-conflict: "),
        ({"TERM": "foot"}, "\x1b]777;notify;Pairwatch;address-conflict: "),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, "\x1b]9;address-conflict: "),
        ({"TERM": "xterm-256color"}, BELL),
        ({"TERM": "tmux-256color", "KITTY_WINDOW_ID": "1", "TMUX": "/tmp/x"}, "\x1bPtmux;\x1b\x1b]99;;address"),
    ],
)
def test_each_terminal_gets_the_sequence_that_it_supports(environment: dict[str, str], start: str) -> None:
    (alarm,) = fold(empty(), conflict()).pairs[PAIR].open_alarms
    written = terminal_sequence([alarm], "terminal", environment)
    assert written.startswith(start)
    assert written == BELL or written.endswith("\x1b\\")
    assert terminal_sequence([alarm], "bell", environment) == BELL
    assert terminal_sequence([alarm], "off", environment) == terminal_sequence([], "terminal", environment) == ""


def test_text_from_a_server_cannot_control_the_terminal() -> None:
    (alarm,) = fold(empty(), conflict(address="\x1b]0;evil\x07;x")).pairs[PAIR].open_alarms
    written = terminal_sequence([alarm], "terminal", {"TERM": "foot"})
    assert written.count("\x1b") == 2
    assert "\a" not in written
    assert written.count(";") == 3
