"""The quality of the alarms over a day or a week, measured from the journal against ANSI/ISA-18.2."""

import asyncio
from typing import ClassVar

from textual import work
from textual.binding import BindingType
from textual.content import Content

from console.errors import ConsoleError
from console.insight.alarm_quality.measures import Quality
from console.insight.alarm_quality.report import text_report
from console.insight.wording import DAY
from console.tui.keys.keymap import QUALITY
from console.tui.screens.text_page import TextPage
from console.tui.session import Session

RANGES = (("24 h", DAY), ("7 d", 7 * DAY))


class QualityScreen(TextPage):
    """The report of the chosen range. It is read in a thread."""

    BINDINGS: ClassVar[list[BindingType]] = QUALITY.bindings()

    def __init__(self, session: Session, pair_name: str) -> None:
        super().__init__(session, pair_name)
        self._range = 0
        self._quality: Quality | None = None
        self._problem = ""

    def on_mount(self) -> None:
        self._read()

    def draw(self) -> None:
        ranges = " ".join(f"[{name}]" if number == self._range else name for number, (name, _) in enumerate(RANGES))
        if self._problem:
            text = Content.styled(self._problem, "$warning")
        elif self._quality is None:
            text = Content.styled("reading the journal ...", "$stale")
        else:
            report = text_report(self._quality, self.session.store.zone, self.session.now)
            text = Content("\n").join(
                [Content.styled(line, "bold $warning") if "TOO MANY" in line else Content(line) for line in report]
            )
        self.put(f"ALARM QUALITY  all pairs  {ranges}", text)

    @work(exclusive=True)
    async def _read(self) -> None:
        read, now = self.session.quality, self.session.now
        if read is None:
            self._problem = "nothing is recorded: the quality of the alarms cannot be measured"
            self.draw()
            return
        self._quality, self._problem = None, ""
        self.draw()
        try:
            self._quality = await asyncio.to_thread(read, now - RANGES[self._range][1], now)
        except ConsoleError as error:
            self._problem = str(error)
        self.draw()

    def action_range(self) -> None:
        """Choose the next range."""
        self._range = (self._range + 1) % len(RANGES)
        self._read()
