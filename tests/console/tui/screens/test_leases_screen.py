"""The list of leases: both partners joined, searched, across the fleet; what was not loaded or not read is shown."""

import asyncio
import time
from dataclasses import replace

import pytest
from textual.widgets import Input

from console.actions.inquiries import Inquiries
from console.errors import SourceError
from console.insight.leases.joined import join
from console.insight.leases.query import LeaseQueryError, LeaseSearch, parse_search
from console.tui.screens import leases as screen
from console.tui.screens.lease import LeaseScreen
from console.tui.screens.leases import LeasesScreen, select
from console.tui.widgets.lease_table import LeaseTable
from tests.console.insight.leases.test_joined import record
from tests.console.scenes import BACKUP, CALM, MAIN, PAIR
from tests.console.tui.screens.stage import Stage, settle, shown, words
from tests.console.tui.screens.views import lease_list


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("10.64.3.", "address", "10.64.3."),
        ("printer", "name", "printer"),
        ("3com", "name", "3com"),
        ("mac:00:53", "mac", "00:53"),
        ("client:01ff", "client_id", "01ff"),
        ("relay:0a", "relay_info", "0a"),
        ("state:leased", "state", "leased"),
        ("alone", "alone", True),
        ("differing", "differing", True),
    ],
)
def test_a_word_is_a_condition(text: str, field: str, value: object) -> None:
    assert getattr(parse_search(text).wanted, field) == value


def test_several_words_and_the_order() -> None:
    found = parse_search("scope:wifi shortest state:leased")
    assert (found.scope, found.shortest, found.wanted.state) == ("wifi", True, "leased")
    assert parse_search("") == LeaseSearch()
    with pytest.raises(LeaseQueryError, match="write one of address:, mac:"):
        parse_search("colour:red")


async def test_both_partners_are_in_one_list_with_differences_marked() -> None:
    app = lease_list()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("L")
        await settle(pilot)
        assert words(pilot, "#title").strip() == f"LEASES  {PAIR}  40 of 40"
        text = shown(pilot)
        assert "192.0.2.1 " in text
        assert "\N{NOT EQUAL TO} 192.0.2.6" in text
        await pilot.press("slash", *"differing", "enter")
        await settle(pilot)
        assert "2 of 40" in words(pilot, "#title")
        assert "no record" in shown(pilot)
        await pilot.press("slash")
        app.screen.query_one("#query", Input).value = "printer"
        await pilot.press("enter")
        await settle(pilot)
        assert "1 of 40" in words(pilot, "#title")
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, LeaseScreen)
        assert app.screen.query_one("#query", Input).value == "192.0.2.3"


async def test_a_server_that_cannot_be_read_is_named_and_nothing_is_compared() -> None:
    app = lease_list()
    assert app.session is not None
    inquiries = app.session.inquiries
    assert inquiries is not None
    reading = inquiries.lease_list(PAIR)
    assert reading is not None
    reading.servers[BACKUP].poll.side_effect = SourceError("refused")  # type: ignore[attr-defined]
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("L")
        await settle(pilot)
        assert "PARTLY READ" in words(pilot, "#title")
        assert f"{PAIR} {BACKUP}: no leases: refused" in words(pilot, "#problem")
        await pilot.press("slash", *"differing", "enter")
        await settle(pilot)
        assert "0 of 40" in words(pilot, "#title")


async def test_without_a_connection_the_list_is_not_called_empty() -> None:
    app = Stage(*CALM).app
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("L")
        await settle(pilot)
        assert "no connection" in words(pilot, "#problem")
        assert "PARTLY READ" in words(pilot, "#title")


async def test_what_is_beyond_the_limit_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "MOST_LEASES", 25)
    app = lease_list()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("L")
        await settle(pilot)
        assert "ONLY THE FIRST 25 WERE LOADED" in words(pilot, "#title")


async def test_all_pairs_are_in_one_list() -> None:
    app = lease_list()
    assert app.session is not None
    store = app.session.store
    pair = store.picture.pairs[PAIR]
    store.picture = replace(store.picture, pairs={PAIR: pair, "other": replace(pair, name="other")})
    reading = app.session.inquiries.lease_list(PAIR) if app.session.inquiries else None
    assert reading is not None
    app.session.inquiries = Inquiries(store, {PAIR: reading.servers, "other": reading.servers})
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("L")
        await settle(pilot)
        await pilot.press("v")
        await settle(pilot)
        assert "LEASES  all pairs  80 of 80" in words(pilot, "#title")


async def test_keys_are_handled_at_once_with_a_hundred_thousand_leases() -> None:
    """The table draws the visible rows only; the search runs in a thread."""
    one = record(address="192.0.2.1")
    leases = [replace(one, address=f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}") for n in range(100_000)]
    joined = await asyncio.to_thread(join, PAIR, {MAIN: leases, BACKUP: leases})
    app = lease_list()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("L")
        await settle(pilot)
        shown_screen = app.screen
        assert isinstance(shown_screen, LeasesScreen)
        table = shown_screen.query_one(LeaseTable)
        table.show(joined, {}, app.session.store.zone, many=False)  # type: ignore[union-attr]
        begun = time.process_time()
        for _ in range(100):
            table.action_move(1)
            table.render_line(1)
        assert time.process_time() - begun < 1.0, "well under 10 ms a key"
        table.action_end(1)
        assert table.selected is joined[-1]
    assert len(select(joined, parse_search("10.0.1."), {})) == 256
