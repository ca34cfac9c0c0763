"""The footer: the keys that work now and fit the width, the most important first, then those for quitting and help."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

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

    def parts(self, under: bool) -> Sequence[tuple[str, str]]:
        """Its texts with their styles. `under`: the mouse pointer is on it."""
        item = "$block-hover-background" if under else "$footer-item-background"
        key, title = "$footer-key-foreground", "$footer-description-foreground"
        return (f" {self.key} ", f"bold {key} on {item}"), (f"{self.each.key.title} ", f"{title} on {item}")


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


class KeyFooter(Widget):
    """The footer of every screen: one text, drawn again when the keys or the width change. A click presses the key.

    The toolkit's footer has a widget for each key and makes all of them again at each change, which takes most of
    the time of opening a screen.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyFooter {
        dock: bottom; width: 1fr; height: 1; text-wrap: nowrap;
        color: $footer-foreground; background: $footer-background;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.labels: Sequence[Label] = ()
        """The labels that are drawn."""
        self._content = Content()
        self._under: Label | None = None
        """The label under the mouse pointer."""

    def render(self) -> Content:
        return self._content

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._draw_later)

    def on_resize(self) -> None:
        if self.labels:
            self._draw()

    def _draw_later(self, screen: Screen[Any]) -> None:
        if self.app.app_focus and self.is_attached and screen is self.screen:
            self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        if not self.is_attached:
            return  # The screen was left.
        self.labels = fitting(self._offered(), self.app.size.width)
        self._paint()

    def _paint(self) -> None:
        before = self._content
        now = Content.assemble(*(part for label in self.labels for part in label.parts(label == self._under)))
        if now.plain != before.plain or now.spans != before.spans:
            self._content = now
            self.refresh()

    def _offered(self) -> Iterator[Label]:
        seen: set[str] = set()
        for each in active_keys(self.screen):
            if each.key.footer is NEVER or each.key.action in seen:
                continue
            seen.add(each.key.action)
            yield Label(each, self.app.get_key_display(each.active.binding))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self._point(self._label_at(event.x))

    def on_leave(self) -> None:
        self._point(None)

    def _point(self, label: Label | None) -> None:
        if label != self._under:
            self._under = label
            self.tooltip = None if label is None else label.each.does
            self._paint()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        label = self._label_at(event.x)
        if label is not None:
            self.app.simulate_key(label.each.keys[0])

    def _label_at(self, x: int) -> Label | None:
        """The label that is drawn at a column."""
        ends = accumulate(label.width for label in self.labels)
        return next((label for label, end in zip(self.labels, ends, strict=True) if x < end), None)
