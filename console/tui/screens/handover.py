"""The handover to the next shift: every pair with something open, and the pinned notes, which are added and removed
here.

`pairwatch handover` writes the same page to a file.
"""

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.binding import BindingType
from textual.content import Content

from console.errors import AuditError, ConsoleError
from console.insight.handover import handover
from console.insight.wording import HOUR
from console.model.observations import Observation
from console.tui.keys.keymap import HANDOVER
from console.tui.screens.reason_dialog import ReasonDialog
from console.tui.screens.text_page import TextPage
from console.tui.session import Session
from console.tui.widgets.signs import SEVERITIES

SHIFT_SECONDS = 8 * HOUR
EDITING = frozenset({"pin", "unpin"})


class HandoverScreen(TextPage):
    """The page as text. The keys for notes are about the pair that is shown."""

    BINDINGS: ClassVar[list[BindingType]] = HANDOVER.bindings()

    def __init__(self, session: Session, pair_name: str) -> None:
        super().__init__(session, pair_name)
        self._actions: Sequence[Observation] = ()
        self._problem = ""

    def on_mount(self) -> None:
        self._read()

    def draw(self) -> None:
        picture, now, zone = self.session.store.picture, self.session.now, self.session.store.zone
        found = handover(picture.pairs.values(), picture.own, self._actions, now, zone)
        still_open = [each for each in found if not each.calm]
        problem = f"  {self._problem}" if self._problem else ""
        title = f"HANDOVER  {len(still_open)} of {len(found)} pairs have something open{problem}"
        lines: list[Content] = []
        for each in still_open:
            sign = SEVERITIES[each.severity]
            lines.append(Content.assemble((f"{sign.glyph} {each.name}  ", f"bold {sign.colour}"), each.verdict))
            for section in each.sections:
                if section.lines:
                    lines.append(Content.styled(f"  {section.title}", "$primary"))
                    lines += [Content(f"    {line}") for line in section.lines]
        if not lines:
            lines.append(Content.styled("nothing is open", "$stale"))
        self.put(title, Content("\n").join(lines))

    @work(exclusive=True)
    async def _read(self) -> None:
        """Read what was done in this shift."""
        read, now = self.session.shift_actions, self.session.now
        if read is None:
            self._problem = "(what was done is not known: nothing is recorded)"
        else:
            try:
                self._actions = await asyncio.to_thread(read, now - SHIFT_SECONDS, now)
            except ConsoleError as error:
                self._problem = f"({error})"
        self.draw()

    @work
    async def action_pin(self) -> None:
        """Pin a note to the pair."""
        pins = self.session.pin_actions
        text = await self.app.push_screen_wait(ReasonDialog(f"Pin a note to {self.pair_name}", "note"))
        if pins is None or text is None:
            return
        try:
            pins().pin(self.pair_name, text)
        except AuditError as error:
            self.notify(str(error), severity="error")
        self.draw()

    @work
    async def action_unpin(self) -> None:
        """Remove a note of the pair."""
        pins, notes = self.session.pin_actions, self.pair.notes
        if pins is None or not notes:
            self.notify(f"{self.pair_name} has no notes.", severity="warning")
            return
        listed = "\n".join(f"{number}  {each.text}" for number, each in enumerate(notes.values(), 1))
        typed = await self.app.push_screen_wait(ReasonDialog(f"Remove which note?\n{listed}", "number"))
        if typed is None:
            return
        if not typed.isdecimal() or not 1 <= int(typed) <= len(notes):
            self.notify(f"There is no note {typed}.", severity="warning")
            return
        try:
            pins().unpin(self.pair_name, list(notes)[int(typed) - 1])
        except (AuditError, KeyError) as error:
            self.notify(str(error), severity="error")
        self.draw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable the keys for notes in a replay."""
        if action in EDITING:
            return not self.session.unchangeable
        return super().check_action(action, parameters)
