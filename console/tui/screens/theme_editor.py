"""The theme editor: every colour by name with its contrast and a live preview, saved as a theme of the user."""

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.theme import Theme
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from console.tui.keys.dialog_keymap import THEME_EDITOR
from console.tui.screens.atomic import AtomicScreen
from console.tui.themes.draft import READABLE, Draft, draft_from_theme, save_draft
from console.tui.themes.files import ThemeError
from console.tui.widgets.key_footer import KeyFooter
from console.tui.widgets.panel import Panel

PREVIEW = "(preview)"
SAMPLE = "● NORMAL"


class ThemeEditorScreen(AtomicScreen[str | None]):
    """The result is the name of the saved theme, None if none was saved."""

    CSS_PATH = "theme_editor.tcss"

    BINDINGS: ClassVar[list[BindingType]] = THEME_EDITOR.bindings()

    def __init__(self, theme: Theme, folder: Path) -> None:
        super().__init__()
        self._draft = draft_from_theme(theme)
        self._before = theme.name
        self._folder = folder
        self._shown = 0

    def compose(self) -> ComposeResult:
        yield Panel(id="title")
        yield OptionList(*(Option(self._line(name), id=name) for name in self._draft.colours), id="colours")
        yield Static("", id="message", markup=False)
        yield Input(id="value", placeholder="#rrggbb, or a colour name", max_length=40)
        yield Input(id="name", placeholder="the theme's name", max_length=31)
        yield KeyFooter()

    def on_mount(self) -> None:
        self.query_one("#title", Panel).put(
            Content(f"THEME {self._draft.name}  Enter: change a colour   Ctrl+S: save as your own   Esc: close")
        )
        self.query_one(OptionList).focus()

    def _line(self, name: str) -> Content:
        colour = self._draft.colours[name]
        ratio = self._draft.contrast(name)
        words = "background" if ratio is None else f"{ratio:4.1f}:1" + ("" if ratio >= READABLE else "  hard to read")
        return Content.assemble(("████", colour), f"  {name:<22} {colour:<10} ", (f"{SAMPLE}  ", colour), words)

    @property
    def _chosen(self) -> str:
        options = self.query_one(OptionList)
        return str(options.get_option_at_index(options.highlighted or 0).id)

    @on(OptionList.OptionSelected)
    def _edit(self) -> None:
        field = self.query_one("#value", Input)
        field.value = self._draft.colours[self._chosen]
        field.add_class("-on")
        field.focus()

    @on(Input.Changed, "#value")
    def _preview(self, event: Input.Changed) -> None:
        """Preview the colour while it is typed, as soon as it is valid."""
        if not event.input.has_class("-on"):
            return
        try:
            self._take(self._draft.with_colour(self._chosen, event.value.strip()))
        except ThemeError as fault:
            self._report(str(fault))
        else:
            self._report("")

    @on(Input.Submitted, "#value")
    def _done(self, event: Input.Submitted) -> None:
        event.input.remove_class("-on")
        self.query_one(OptionList).focus()

    def _take(self, draft: Draft) -> None:
        self._draft = draft
        for name in draft.colours:
            self.query_one(OptionList).replace_option_prompt(name, self._line(name))
        self._show()

    def _show(self) -> None:
        before = self.app.theme
        self._shown += 1
        temporary_name = f"{self._draft.name}#{PREVIEW}{self._shown}"
        self.app.register_theme(self._draft.theme(temporary_name))
        self.app.theme = temporary_name
        if PREVIEW in before:
            self.app.unregister_theme(before)

    def action_save(self) -> None:
        field = self.query_one("#name", Input)
        if not field.has_class("-on"):
            field.value = self._draft.name
            field.add_class("-on")
            field.focus()
            self._report("Name of the theme: Enter saves it; the name of a built-in theme replaces that theme.")
            return
        self._save(field.value.strip())

    @on(Input.Submitted, "#name")
    def _named(self, event: Input.Submitted) -> None:
        self._save(event.value.strip())

    def _save(self, name: str) -> None:
        try:
            save_draft(Draft(name, self._draft.dark, self._draft.colours), self._folder)
        except ThemeError as fault:
            self._report(str(fault))
            return
        self.dismiss(name)

    def action_leave(self) -> None:
        """Close the field; else close the screen and restore the old theme."""
        for field in self.query(Input):
            if field.has_class("-on"):
                field.remove_class("-on")
                self.query_one(OptionList).focus()
                self._report("")
                return
        self.app.theme = self._before
        self.dismiss(None)

    def _report(self, words: str) -> None:
        self.query_one("#message", Static).update(words)
