"""The leases of both partners in one list, of the pair or of all pairs, with a search.

The leases are read in pages, one scope after the other, and shown as they arrive. Searching runs in a thread, so that
keys are handled meanwhile. What was not loaded, or could not be read, is in the title and below the list.
"""

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Input

from console.errors import ConsoleError
from console.insight.leases.joined import Clock, JoinedLease, lead_left
from console.insight.leases.query import HINT, LeaseQueryError, LeaseSearch, parse_search
from console.insight.wording import plural
from console.tui.keys.keymap import LEASES
from console.tui.screens.picture import PlaceScreen
from console.tui.session import Session
from console.tui.widgets.key_footer import KeyFooter
from console.tui.widgets.lease_table import LeaseTable
from console.tui.widgets.panel import Panel

MOST_LEASES = 200_000
"""Leases that are loaded; further ones are not, and the title has it."""
PROBLEMS_SHOWN = 3
Clocks = dict[str, dict[str, Clock]]


class LeasesScreen(PlaceScreen):
    """A search field, the list, and what is missing in it."""

    CSS_PATH = "leases.tcss"

    BINDINGS: ClassVar[list[BindingType]] = LEASES.bindings()

    def __init__(self, session: Session, pair_name: str) -> None:
        super().__init__(session, pair_name)
        self._all_pairs = False
        self._loaded: list[JoinedLease] = []
        self._found: Sequence[JoinedLease] = ()
        self._clocks: Clocks = {}
        self._missing: list[str] = []
        self._search = LeaseSearch()
        self._problem = ""
        self._state = ""

    def compose(self) -> ComposeResult:
        yield Panel(id="title")
        yield Input(id="query", placeholder=HINT)
        yield Panel(id="problem")
        yield LeaseTable(id="leases")
        yield KeyFooter()

    def on_mount(self) -> None:
        self._table.focus()
        self.draw()
        self._load()

    @property
    def _table(self) -> LeaseTable:
        return self.query_one(LeaseTable)

    def draw(self) -> None:
        where = "all pairs" if self._all_pairs else self.pair_name
        count = f"{len(self._found):,} of {len(self._loaded):,}"
        self.query_one("#title", Panel).put(Content(f"LEASES  {where}  {count}  {self._state}"))
        lines = [self._problem] if self._problem else []
        lines += self._missing[:PROBLEMS_SHOWN]
        if len(self._missing) > PROBLEMS_SHOWN:
            lines.append(f"and {plural(len(self._missing) - PROBLEMS_SHOWN, 'more gap')}")
        problem = self.query_one("#problem", Panel)
        problem.set_class(bool(lines), "-on")
        problem.put(Content("\n".join(lines)))
        self._table.show(self._found, self._clocks, self.session.store.zone, many=self._all_pairs)

    @work(exclusive=True, group="load")
    async def _load(self) -> None:
        """Read the leases of the pair, or of all pairs, one after the other."""
        self._loaded, self._found, self._clocks, self._missing = [], (), {}, []
        inquiries = self.session.inquiries
        names = list(self.session.store.picture.pairs) if self._all_pairs else [self.pair_name]
        for number, name in enumerate(names, 1):
            reading = None if inquiries is None else inquiries.lease_list(name)
            if reading is None:
                self._missing.append(f"{name}: this console has no connection to the servers")
                continue
            try:
                scopes = await reading.begin()
                self._clocks[name] = reading.clocks
                async for leases in reading.read(scopes):
                    room = MOST_LEASES - len(self._loaded)
                    self._loaded += leases[:room]
                    self._state = f"reading {name} ({number} of {len(names)}) ..."
                    await self._select_more(leases[:room])
                    if len(leases) > room:
                        self._state = f"ONLY THE FIRST {MOST_LEASES:,} WERE LOADED"
                        self._missing += reading.missing
                        self.draw()
                        return
            except ConsoleError as error:
                self._missing.append(f"{name}: {error}")
            self._missing += reading.missing
        self._state = "PARTLY READ" if self._missing else ""
        await self._select()

    async def _select_more(self, leases: Sequence[JoinedLease]) -> None:
        """Show those that match of leases that were just read, below the others; where the order changes, all again."""
        search = self._search
        if search.shortest:
            await self._select()
            return
        found = await asyncio.to_thread(select, leases, search, self._clocks)
        if search is self._search:
            self._found = [*self._found, *found]
            self.draw()
        else:
            await self._select()

    async def _select(self) -> None:
        """Show the leases that match."""
        self._found = await asyncio.to_thread(select, self._loaded[:], self._search, self._clocks)
        self.draw()

    def action_search(self) -> None:
        self.query_one("#query", Input).focus()

    @on(Input.Submitted, "#query")
    def _typed(self, event: Input.Submitted) -> None:
        try:
            self._search = parse_search(event.value)
        except LeaseQueryError as error:
            self._problem = str(error)
            self.draw()
            return
        self._problem = ""
        if self._search.wanted.alone and not any(
            clock.contact_lost_at is not None for clocks in self._clocks.values() for clock in clocks.values()
        ):
            self._problem = "no server reports that it has lost contact"
        self._table.focus()
        self._search_again()

    @work(exclusive=True, group="search")
    async def _search_again(self) -> None:
        await self._select()

    def action_fleet(self) -> None:
        """The leases of all pairs, or of this pair again."""
        self._all_pairs = not self._all_pairs
        self._load()

    def action_again(self) -> None:
        """Read the leases again."""
        self._load()

    @on(LeaseTable.Chosen)
    def _open(self, event: LeaseTable.Chosen) -> None:
        self.pair_name = event.lease.pair
        self.session.navigator.open_lease(event.lease.address)

    def action_back(self) -> None:
        """From the search field to the list; from the list back."""
        if self.query_one("#query", Input).has_focus:
            self._table.focus()
        else:
            self.dismiss()


def select(leases: Sequence[JoinedLease], search: LeaseSearch, clocks: Clocks) -> list[JoinedLease]:
    """The leases that match, in their order or with the shortest lead first."""
    found = [
        each
        for each in leases
        if (not search.scope or each.latest[1].scope == search.scope)
        and search.wanted.matches(each, clocks.get(each.pair, {}))
    ]
    if not search.shortest:
        return found
    leads = [(lead, each) for each in found if (lead := lead_left(each, clocks.get(each.pair, {}))) is not None]
    return [each for _, each in sorted(leads, key=lambda pair: pair[0])]
