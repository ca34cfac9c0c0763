"""A small window over a screen, with one or two questions."""

from typing import ClassVar, Generic, TypeVar

from textual.binding import BindingType

from console.tui.keys.dialog_keymap import DIALOG
from console.tui.screens.atomic import AtomicModal

Result = TypeVar("Result")


class Dialog(AtomicModal[Result | None], Generic[Result]):
    """A dialog. Its result is None if it was cancelled."""

    DEFAULT_CSS = """
    Dialog { align: center middle; }
    Dialog > Vertical {
        width: 76; max-width: 100%; height: auto; max-height: 100%; padding: 1 2;
        background: $panel; border: round $accent; overflow-y: auto;
    }
    Dialog Static { height: auto; }
    Dialog .head { text-style: bold; margin-bottom: 1; }
    Dialog Input { height: 1; border: none; padding: 0 1; background: $surface; }
    Dialog Input:focus { background: $primary 30%; border: none; }
    Dialog Checkbox { height: 1; border: none; padding: 0; margin-top: 1; background: $panel; }
    Dialog Checkbox:focus { border: none; background: $primary 30%; }
    Dialog #echo { color: $stale; margin-bottom: 1; }
    Dialog #outcome { color: $warning; margin-top: 1; }
    Dialog #hint { dock: bottom; color: $stale; padding-top: 1; background: $panel; }
    """

    BINDINGS: ClassVar[list[BindingType]] = DIALOG.bindings()

    def action_cancel(self) -> None:
        self.dismiss(None)
