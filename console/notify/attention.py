"""The bell, and the terminal's own notification, for the operator at this terminal.

They are used only for a critical alarm that is new to this console, not acknowledged and not silenced; never for one
that was active when the console was opened. The escape sequence depends on the terminal:

    OSC 99    kitty
    OSC 777   foot, urxvt, Ghostty
    OSC 9     iTerm2, WezTerm

An unknown terminal gets the bell, because it could print the rest of a sequence that it does not support. Inside tmux
the sequence is wrapped, so that tmux passes it on if `allow-passthrough` is on.
"""

from collections.abc import Mapping

from console.insight.alarms.announcing import is_announced
from console.model.picture import Alarm, Picture, Severity
from console.settings.outline import Attention

BELL = "\a"
MAX_TEXT_LENGTH = 120


class AttentionTracker:
    """Remembers for which alarms the operator was alerted."""

    def __init__(self) -> None:
        self._known: dict[str, float] | None = None

    def new_alarms(self, picture: Picture) -> list[Alarm]:
        """The alarms to alert for now. Each alarm is returned once for each time it becomes active."""
        active = [
            alarm
            for pair in (*picture.pairs.values(), picture.own)
            for alarm in pair.open_alarms
            if alarm.severity is Severity.CRITICAL
            and alarm.acknowledged_by is None
            and not alarm.suppressed
            and is_announced(alarm, picture.at)
        ]
        before, self._known = self._known, {**(self._known or {}), **{alarm.id: alarm.since for alarm in active}}
        there = {key for pair in (*picture.pairs.values(), picture.own) for key in pair.alarms}
        self._known = {key: since for key, since in self._known.items() if key in there}
        if before is None:
            return []
        return [alarm for alarm in active if before.get(alarm.id) != alarm.since]


def terminal_sequence(alarms: list[Alarm], how: Attention, environment: Mapping[str, str]) -> str:
    """The sequence to write to the terminal; empty if none is due."""
    if not alarms or how == "off":
        return ""
    if how == "bell":
        return BELL
    more = f" and {len(alarms) - 1} more" if len(alarms) > 1 else ""
    text = _plain(f"{alarms[0].kind}{more}: {alarms[0].text}")
    wanted = _known_sequence(text, environment)
    if wanted is None:
        return BELL
    if environment.get("TMUX"):
        doubled = wanted.replace("\x1b", "\x1b\x1b")
        wanted = f"\x1bPtmux;{doubled}\x1b\\"
    return wanted


def _known_sequence(text: str, environment: Mapping[str, str]) -> str | None:
    term, program = environment.get("TERM", ""), environment.get("TERM_PROGRAM", "")
    if "KITTY_WINDOW_ID" in environment or term == "xterm-kitty":
        return f"\x1b]99;;{text}\x1b\\"
    if term.startswith(("foot", "rxvt", "xterm-ghostty")) or program == "ghostty":
        return f"\x1b]777;notify;Pairwatch;{text}\x1b\\"
    if program in ("iTerm.app", "WezTerm") or environment.get("LC_TERMINAL") == "iTerm2":
        return f"\x1b]9;{text}\x1b\\"
    return None


def _plain(text: str) -> str:
    """Text without control characters and semicolons: text from a server must not control the terminal."""
    return "".join(char if char.isprintable() and char != ";" else " " for char in text)[:MAX_TEXT_LENGTH]
