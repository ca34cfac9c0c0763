"""One lease at both servers: asked live by address, MAC or client identifier, side by side, and explained."""

from textwrap import wrap
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Footer, Input

from console.errors import SourceError
from console.insight.freshness import main_first
from console.insight.lease import LeaseRow, side_by_side
from console.insight.lease_why import explained
from console.insight.lookup import ACCEPTED, LookupRefused, read_lookup
from console.insight.wording import rough
from console.logs.filters import clause
from console.model.leases import LeaseFacts, LeaseQuery
from console.model.observations import LeaseAnswer
from console.model.picture import ServerPicture
from console.tui.screens.drawn import PlaceScreen
from console.tui.widgets.panel import Panel

NAME_WIDTH = 17
DIFFERS = "\N{NOT EQUAL TO}"


class LeaseScreen(PlaceScreen):
    """A field to ask with, what both servers answered, and why it is so."""

    CSS_PATH = "lease.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "ask", "Look up", id="lease.ask"),
        Binding("g", "again", "Ask again", id="lease.again"),
        Binding("v", "logs", "Logs of it", id="lease.logs"),
        Binding("left", "choose(-1)", "Address before", id="lease.before", show=False),
        Binding("right", "choose(1)", "Next address", id="lease.next", show=False),
        Binding("escape", "dismiss", "Back", id="lease.back"),
    ]

    def __init__(self, session: Any, pair_name: str) -> None:
        super().__init__(session, pair_name)
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
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        field = self.query_one("#query", Input)
        field.display = self.session.player is None
        (self.query_one("#scroll") if self.session.player is not None else field).focus()
        self.draw()

    @property
    def _answers(self) -> dict[str, LeaseAnswer]:
        """The latest look-up of this pair, by server."""
        lookups = self.pair.lookups
        return {each.server: each for each in lookups if each.query == lookups[-1].query}

    def draw(self) -> None:
        answers = self._answers
        query = next((each.query for each in answers.values()), None)
        addresses = _addresses(answers)
        self._number = min(self._number, max(0, len(addresses) - 1))
        asked = "  asking ..." if self._asking else "" if query is None else f"  {query}"
        many = f"  {self._number + 1} of {len(addresses)}, arrows choose" if len(addresses) > 1 else ""
        title = f"LEASE{asked}{many}"
        self.query_one("#title", Panel).put(Content(title))
        problem = self.query_one("#problem", Panel)
        problem.set_class(bool(self._problem), "-on")
        problem.put(Content(self._problem))
        records, why = self.query_one("#records", Panel), self.query_one("#why", Panel)
        if query is None:
            hint = "nothing was looked up in this recording" if self.session.player is not None else f"type {ACCEPTED}"
            records.put(Content.styled(hint, "$stale"))
            why.put(Content(""))
            return
        address = addresses[self._number] if addresses else None
        records.put(self._side_by_side(answers, address))
        why.put(self._explained(answers, address))

    def _side_by_side(self, answers: dict[str, LeaseAnswer], address: str | None) -> Content:
        now, zone = self.session.now, self.session.store.zone
        servers = main_first(self.pair.servers.values())
        width = max(20, (self.size.width - NAME_WIDTH - 6) // 2)
        heads = [_head(server, answers.get(server.name), now, width) for server in servers]
        lines = [Content.assemble(" " * (NAME_WIDTH + 2), *heads)]
        if address is None:
            words = [
                f"cannot ask {each.server}: {each.error}" if each.error else f"{each.server} has no record of it"
                for each in answers.values()
            ]
            return Content("\n").join([*lines, *(Content.styled(each, "$warning") for each in words)])
        main, backup = (_record(answers.get(server.name), address) for server in servers)
        lines.insert(0, Content.styled(f"address {address}", "bold"))
        unknown = [server.name not in answers or answers[server.name].error is not None for server in servers]
        lines += [
            Content.styled(f"cannot ask {each.server}: {each.error}", "$warning")
            for each in answers.values()
            if each.error
        ]
        for row in side_by_side(main, backup, now, zone):
            lines.append(_line(row, width, differs=row.differs and not any(unknown)))
        return Content("\n").join(lines)

    def _explained(self, answers: dict[str, LeaseAnswer], address: str | None) -> Content:
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
        try:
            wanted = read_lookup(event.value)
        except LookupRefused as refused:
            self._problem = str(refused)
            self.draw()
            return
        self._problem = ""
        self._number = 0
        self._look_up(wanted)
        self.query_one("#scroll").focus()

    def action_again(self) -> None:
        """Ask both servers for the same once more."""
        query = next((each.query for each in self._answers.values()), None)
        if query is not None and self.session.player is None:
            self._look_up(read_lookup(query))

    def action_choose(self, step: int) -> None:
        count = len(_addresses(self._answers))
        self._number = min(max(0, count - 1), max(0, self._number + step))
        self.draw()

    def action_logs(self) -> None:
        """The logs of both partners, the lines that name this address."""
        addresses = _addresses(self._answers)
        if not addresses:
            self.notify("Look a lease up first: there is no address to look for.", severity="warning")
            return
        self.session.looking_for = clause("address", addresses[self._number])
        self.app.action_go("logs")  # type: ignore[attr-defined]  # the app of this product

    @work(exclusive=True)
    async def _look_up(self, wanted: LeaseQuery) -> None:
        clients = self.session.clients.get(self.pair_name, {})
        if not clients:
            self._problem = "this console cannot ask the servers"
        self._asking = True
        self.draw()
        for name, client in clients.items():
            leases: tuple[LeaseFacts, ...] = ()
            error = None
            try:
                leases = tuple(await client.leases(wanted))
            except SourceError as problem:
                error = str(problem)
            self.session.store.observe(LeaseAnswer(self.session.now, self.pair_name, name, wanted.words, leases, error))
        self._asking = False
        self.draw()


def _addresses(answers: dict[str, LeaseAnswer]) -> list[str]:
    """Every address that a server answered, in order of the address."""
    found = {lease.address for each in answers.values() for lease in each.leases}
    return sorted(found, key=lambda address: [part.zfill(3) for part in address.split(".")])


def _record(answer: LeaseAnswer | None, address: str) -> LeaseFacts | None:
    known = () if answer is None else answer.leases
    return next((lease for lease in known if lease.address == address), None)


def _head(server: ServerPicture, answer: LeaseAnswer | None, now: float, width: int) -> Content:
    if answer is None:
        told, style = "not asked", "$stale"
    elif answer.error is not None:
        told, style = "cannot ask it", "$warning"
    else:
        told, style = f"asked {rough(max(0.0, now - answer.at))} ago", "$stale"
    told = told[: max(0, width - len(server.name) - 3)]
    gap = " " * max(1, width - len(server.name) - len(told) - 2)
    return Content.assemble((server.name, "bold"), (f"  {told}", style), gap)


def _line(row: LeaseRow, width: int, *, differs: bool) -> Content:
    style = "bold $warning" if differs else ""
    mark = DIFFERS if differs else " "
    return Content.assemble(
        (f"{mark} ", style),
        (row.name.ljust(NAME_WIDTH), "$primary"),
        (f"{row.main[: width - 1]:<{width}}{row.backup[: width - 1]}", style),
    )
