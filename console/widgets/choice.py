"""A radio button that shows its choice by its glyph, not by the glyph's colour alone."""

from textual.widgets import RadioButton

CHOSEN, NOT_CHOSEN = "●", " "


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
