"""The footer: the keys that work now and fit the width, the most important first, then those for quitting and help."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.widgets import Footer

# The toolkit exports the row of a footer without its parts.
from textual.widgets._footer import FooterKey

from console.tui.keys.catalogue import ActiveKey, active_keys
from console.tui.keys.scope import NEVER

LAST = ("app.quit", "app.help")
"""The keys that every footer ends with."""
PADDING = 3
"""Cells around the key and its title: one before, one between, one after."""


@dataclass(frozen=True, slots=True)
class Label:
    """One key of the footer, as it is drawn."""

    each: ActiveKey
    key: str

    @property
    def width(self) -> int:
        return cell_len(self.key) + cell_len(self.each.key.title) + PADDING


def fitting(labels: Iterable[Label], width: int) -> Sequence[Label]:
    """The labels that fit the width, in the order of their importance, with those of LAST at the end.

    Nothing is cut: the first label that does not fit, and all after it, are left out. The space after the last label
    may be missing.
    """
    ranked = sorted(labels, key=lambda label: label.each.key.footer)
    last = sorted(
        (label for label in ranked if label.each.key.name in LAST), key=lambda label: LAST.index(label.each.key.name)
    )
    room = width + 1 - sum(label.width for label in last)
    taken: list[Label] = []
    for label in ranked:
        if label in last:
            continue
        room -= label.width
        if room < 0:
            break
        taken.append(label)
    return [*taken, *last]


class KeyFooter(Footer):
    """The footer of every screen. It is composed again when the keys or the width change."""

    def __init__(self) -> None:
        super().__init__(show_command_palette=False)
        self._composed_for = 0

    def compose(self) -> ComposeResult:
        if not self._bindings_ready:
            return
        self._composed_for = self.app.size.width
        for label in fitting(self._labels(), self._composed_for):
            binding = label.each.active.binding
            yield FooterKey(
                label.each.keys[0], label.key, label.each.key.title, binding.action, tooltip=label.each.does
            ).data_bind(compact=Footer.compact)

    def _labels(self) -> Iterator[Label]:
        seen: set[str] = set()
        for each in active_keys(self.screen):
            if each.key.footer is NEVER or each.key.action in seen:
                continue
            seen.add(each.key.action)
            yield Label(each, self.app.get_key_display(each.active.binding))

    def on_resize(self) -> None:
        if self._composed_for not in (0, self.app.size.width):
            self.call_after_refresh(self.recompose)
