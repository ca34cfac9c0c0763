"""One lease on both servers, found by address, MAC or client identifier: side by side, with an explanation."""

from textwrap import wrap
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input

from console.insight.freshness import main_first
from console.insight.lease import LeaseRow, side_by_side
from console.insight.lease_why import explained
from console.insight.lookup import ACCEPTED, LookupRefused, read_lookup
from console.insight.wording import rough
from console.logs.filters import format_clause
from console.model.leases import LeaseFacts, LeaseQuery
from console.model.observations import LeaseAnswer
from console.model.picture import ServerPicture
from console.tui.keys.keymap import LEASE
from console.tui.screens.picture import PlaceScreen
from console.tui.session import Session
from console.tui.widgets.key_footer import KeyFooter
from console.tui.widgets.lease_table import tail
from console.tui.widgets.panel import Panel

NAME_WIDTH = 17
DIFFERS_GLYPH = "\N{NOT EQUAL TO}"


class LeaseScreen(PlaceScreen):
    """A search field, the records of both servers, and their explanation."""

    CSS_PATH = "lease.tcss"

    BINDINGS: ClassVar[list[BindingType]] = LEASE.bindings()

    def __init__(self, session: Session, pair_name: str, query: str = "") -> None:
        """`query`: looked up when the screen opens."""
        super().__init__(session, pair_name)
        self._first_query = query
        self._number = 0
        self._problem = ""
        self._asking = False

    def compose(self) -> ComposeResult:
        yield Panel(id="title")
        yield Input(id="query", placeholder="address, MAC, 1,6,02:..:01 or client-id in hex")
        yield Panel(id="problem")
        with VerticalScroll(id="scroll"):
            yield Panel(id="records")
            yield Panel(id="why")
        yield KeyFooter()

    def on_mount(self) -> None:
        field = self.query_one("#query", Input)
        field.display = self.session.player is None
        (self.query_one("#scroll") if self.session.player is not None else field).focus()
        self.draw()
        if self._first_query and self.session.player is None:
            field.value = self._first_query
            self._submit(self._first_query)

    @property
    def _answers(self) -> dict[str, LeaseAnswer]:
        """The answers to the latest look-up of this pair, by server."""
        lookups = self.pair.lookups
        return {each.server: each for each in lookups if each.query == lookups[-1].query}

    def draw(self) -> None:
        answers = self._answers
        query = next((each.query for each in answers.values()), None)
        addresses = _addresses(answers)
        self._number = min(self._number, max(0, len(addresses) - 1))
        asked = "  requesting ..." if self._asking else "" if query is None else f"  {query}"
        many = f"  {self._number + 1} of {len(addresses)}, arrow keys select" if len(addresses) > 1 else ""
        title = f"LEASE{asked}{many}"
        self.query_one("#title", Panel).put(Content(title))
        problem = self.query_one("#problem", Panel)
        problem.set_class(bool(self._problem), "-on")
        problem.put(Content(self._problem))
        records, why = self.query_one("#records", Panel), self.query_one("#why", Panel)
        if query is None:
            hint = "this recording has no lease lookup" if self.session.player is not None else f"type {ACCEPTED}"
            records.put(Content.styled(hint, "$stale"))
            why.put(Content(""))
            return
        address = addresses[self._number] if addresses else None
        records.put(self._side_by_side(answers, address))
        why.put(self._explanation(answers, address))

    def _side_by_side(self, answers: dict[str, LeaseAnswer], address: str | None) -> Content:
        now, zone = self.session.now, self.session.store.zone
        servers = main_first(self.pair.servers.values())
        width = max(20, (self.size.width - NAME_WIDTH - 6) // 2)
        heads = [_head(server, answers.get(server.name), now, width) for server in servers]
        lines = [Content.assemble(" " * (NAME_WIDTH + 2), *heads)]
        if address is None:
            words = [
                f"no answer from {each.server}: {each.error}" if each.error else f"{each.server} has no record of it"
                for each in answers.values()
            ]
            return Content("\n").join([*lines, *(Content.styled(each, "$warning") for each in words)])
        main, backup = (_record(answers.get(server.name), address) for server in servers)
        lines.insert(0, Content.styled(f"address {address}", "bold"))
        unknown = [server.name not in answers or answers[server.name].error is not None for server in servers]
        lines += [
            Content.styled(f"no answer from {each.server}: {each.error}", "$warning")
            for each in answers.values()
            if each.error
        ]
        for row in side_by_side(main, backup, now, zone):
            lines.append(_line(row, width, differs=row.differs and not any(unknown)))
        return Content("\n").join(lines)

    def _explanation(self, answers: dict[str, LeaseAnswer], address: str | None) -> Content:
        now, zone = self.session.now, self.session.store.zone
        parts: list[Content] = []
        room = max(40, self.size.width - 4)
        for server in main_first(self.pair.servers.values()):
            record = None if address is None else _record(answers.get(server.name), address)
            if record is not None:
                parts.append(Content.styled(f"{server.name} ({server.role}):", "bold"))
                for line in explained(record, server.facts, now, zone):
                    parts += [Content(part) for part in wrap(line, room, initial_indent="  ", subsequent_indent="    ")]
        return Content("\n").join(parts)

    def action_ask(self) -> None:
        if self.session.player is None:
            self.query_one("#query", Input).focus()

    @on(Input.Submitted, "#query")
    def _typed(self, event: Input.Submitted) -> None:
        self._submit(event.value)

    def _submit(self, text: str) -> None:
        try:
            wanted = read_lookup(text)
        except LookupRefused as refused:
            self._problem = str(refused)
            self.draw()
            return
        self._problem = ""
        self._number = 0
        self._look_up(wanted)
        self.query_one("#scroll").focus()

    def action_again(self) -> None:
        """Request the same lease from both servers again."""
        query = next((each.query for each in self._answers.values()), None)
        if query is not None and self.session.player is None:
            self._look_up(read_lookup(query))

    def action_choose(self, step: int) -> None:
        count = len(_addresses(self._answers))
        self._number = min(max(0, count - 1), max(0, self._number + step))
        self.draw()

    def action_logs(self) -> None:
        """Open the logs, filtered by this address."""
        addresses = _addresses(self._answers)
        if not addresses:
            self.notify("Look up a lease first: there is no address to filter by.", severity="warning")
            return
        self.session.navigator.open_logs(words=format_clause("address", addresses[self._number]))

    @work(exclusive=True)
    async def _look_up(self, wanted: LeaseQuery) -> None:
        inquiries = self.session.inquiries
        if inquiries is None or not inquiries.can_ask(self.pair_name):
            self._problem = "this console has no connection to the servers"
            self.draw()
            return
        self._asking = True
        self.draw()
        await inquiries.lease(self.pair_name, wanted)
        self._asking = False
        self.draw()


def _addresses(answers: dict[str, LeaseAnswer]) -> list[str]:
    """The addresses in the answers, in order."""
    found = {lease.address for each in answers.values() for lease in each.leases}
    return sorted(found, key=lambda address: [part.zfill(3) for part in address.split(".")])


def _record(answer: LeaseAnswer | None, address: str) -> LeaseFacts | None:
    known = () if answer is None else answer.leases
    return next((lease for lease in known if lease.address == address), None)


def _head(server: ServerPicture, answer: LeaseAnswer | None, now: float, width: int) -> Content:
    if answer is None:
        words, style = "not requested", "$stale"
    elif answer.error is not None:
        words, style = "no answer", "$warning"
    else:
        words, style = f"requested {rough(max(0.0, now - answer.at))} ago", "$stale"
    words = words[: max(0, width - len(server.name) - 3)]
    gap = " " * max(1, width - len(server.name) - len(words) - 2)
    return Content.assemble((server.name, "bold"), (f"  {words}", style), gap)


def _line(row: LeaseRow, width: int, *, differs: bool) -> Content:
    style = "bold $warning" if differs else ""
    mark = DIFFERS_GLYPH if differs else " "
    return Content.assemble(
        (f"{mark} ", style),
        (row.name.ljust(NAME_WIDTH), "$primary"),
        (f"{_fitted(row.name, row.main, width - 1):<{width}}{_fitted(row.name, row.backup, width - 1)}", style),
    )


def _fitted(name: str, text: str, width: int) -> str:
    return tail(text, width) if name == "client-id" else text[:width]
