"""Buttons that show their state by a symbol, and not by its colour alone."""

from textual.widgets import Checkbox, RadioButton

CHOSEN, NOT_CHOSEN = "●", " "
TICKED, NOT_TICKED = "X", " "


class Choice(RadioButton):
    """One of several answers."""

    def __init__(self, label: str, value: bool = False) -> None:
        super().__init__(label, value)
        self._mark()

    def watch_value(self) -> None:
        self._mark()
        super().watch_value()

    def _mark(self) -> None:
        self.BUTTON_INNER = CHOSEN if self.value else NOT_CHOSEN


class Tick(Checkbox):
    """A yes-or-no answer."""

    def __init__(self, label: str, value: bool = False, *, id: str | None = None) -> None:
        super().__init__(label, value, id=id)
        self._mark()

    def watch_value(self) -> None:
        self._mark()
        super().watch_value()

    def _mark(self) -> None:
        self.BUTTON_INNER = TICKED if self.value else NOT_TICKED
