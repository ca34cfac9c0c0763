"""The bell and the terminal's notification: for whom it rings, and what is written."""

import pytest

from console.insight.fold import fold, fold_all
from console.model.observations import OperatorAction
from console.notify.attention import BELL, Attentive, sequence
from tests.console.notify.test_decide import CONFLICT, conflict
from tests.console.scenes import MAIN, NOW, PAIR, empty, trap


def test_it_calls_once_for_each_new_critical_that_nobody_has() -> None:
    attentive = Attentive()
    old = fold(empty(), conflict(NOW, "192.0.2.1"))
    assert attentive.calls(old) == [], "what stood at the start was seen at the start"
    new = fold_all(old, [conflict(NOW + 1), trap("server-stop", MAIN, NOW + 1)])
    assert [alarm.id for alarm in attentive.calls(new)] == [CONFLICT]
    assert attentive.calls(new) == []
    closed = fold(new, OperatorAction(NOW + 2, PAIR, "jo", "clear-alarm", CONFLICT))
    assert attentive.calls(closed) == []
    assert len(attentive.calls(fold(closed, conflict(NOW + 3)))) == 1, "it begins anew"


@pytest.mark.parametrize("word", ["acknowledge", "suppress"])
def test_it_never_calls_for_what_is_owned_or_set_aside(word: str) -> None:
    attentive = Attentive()
    attentive.calls(empty())
    detail = {"until": NOW + 60, "reason": "works"}
    assert (
        attentive.calls(fold_all(empty(), [conflict(), OperatorAction(NOW, PAIR, "jo", word, CONFLICT, detail)])) == []
    )


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
def test_the_terminal_gets_what_it_is_known_for(environment: dict[str, str], start: str) -> None:
    (alarm,) = fold(empty(), conflict()).pairs[PAIR].open_alarms
    written = sequence([alarm], "terminal", environment)
    assert written.startswith(start)
    assert written == BELL or written.endswith("\x1b\\")
    assert sequence([alarm], "bell", environment) == BELL
    assert sequence([alarm], "off", environment) == sequence([], "terminal", environment) == ""


def test_what_a_server_says_does_not_drive_the_terminal() -> None:
    (alarm,) = fold(empty(), conflict(address="\x1b]0;evil\x07;x")).pairs[PAIR].open_alarms
    written = sequence([alarm], "terminal", {"TERM": "foot"})
    assert written.count("\x1b") == 2
    assert "\a" not in written
    assert written.count(";") == 3
