"""A date and time field for the keyboard.

It takes free text, which the strict parser of insight/dates.py reads. Up and Down change the part under the cursor. The
screen shows below it how the text was read.
"""

from datetime import datetime, tzinfo
from typing import ClassVar

from textual.binding import BindingType
from textual.widgets import Input

from console.insight.date_steps import stepped
from console.tui.keys.widget_keymap import DATE_FIELD


class DateField(Input):
    """An input whose value is a date as insight/dates.py reads it."""

    BINDINGS: ClassVar[list[BindingType]] = DATE_FIELD.bindings()

    def __init__(self, *, id: str | None = None) -> None:
        # Selecting the text on focus would lose the cursor position, and the first typed key would replace the date.
        super().__init__(id=id, select_on_focus=False)

    def action_step(self, step: int) -> None:
        """Change the part under the cursor by one, and keep the cursor in it."""
        cursor = self.cursor_position
        self.value = stepped(self.value, cursor, step)
        self.cursor_position = min(cursor, len(self.value))


def format_date(at: float, zone: tzinfo) -> str:
    """A time as the initial value of the field: local time to the second."""
    return datetime.fromtimestamp(at, zone).strftime("%Y-%m-%d %H:%M:%S")
