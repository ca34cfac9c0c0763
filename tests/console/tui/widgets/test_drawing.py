"""The output of widgets without a screen: bars, thinned points, lines, symbols."""

from hypothesis import given
from hypothesis import strategies as st

from console.insight.charts.samples import free_line
from console.model.phases import Phase
from console.model.picture import Severity
from console.tui.widgets import pools
from console.tui.widgets.evidence import EvidenceLines
from console.tui.widgets.partner import partner_text
from console.tui.widgets.signs import SEVERITIES, STATES
from console.tui.widgets.top import countdowns_text
from tests.console.scenes import BACKUP, MAIN, NOW, ZONE, answer, failures, log, pair, pool, text


def test_states_and_severities_differ_without_their_colours() -> None:
    """A state is a symbol and a word; its colour only supports them."""
    assert set(STATES) == set(Phase)
    assert set(SEVERITIES) == set(Severity)
    danger = {STATES[state].glyph for state in (Phase.TAKEN_OVER, Phase.CONFLICT)}
    assert STATES[Phase.NORMAL].glyph not in danger
    assert len({sign.glyph for sign in SEVERITIES.values()}) == len(SEVERITIES)
    assert all(sign.colour.startswith("$") for sign in [*STATES.values(), *SEVERITIES.values()])


def test_the_time_in_a_state_is_not_counted_for_a_server_that_does_not_answer() -> None:
    """Its state may have changed just after contact was lost: only the last report is shown."""
    found = pair(answer(MAIN, NOW - 60, state_since=text(NOW - 3600)), failures(MAIN)).servers[MAIN]
    lost = partner_text(found, NOW, ZONE).plain
    assert "since 04:12:00 CEST, as last seen" in lost
    assert "for 1 h" not in lost
    before = pair(answer(MAIN, NOW - 60, state_since=text(NOW - 3600))).servers[MAIN]
    assert "for 59 min" in partner_text(before, NOW - 60, ZONE).plain


def test_the_counts_of_the_backup_are_shown_from_the_mains_side() -> None:
    by_main = pair(answer(MAIN, NOW, pools=[pool("wifi", 80, 20, 200)]))
    by_backup = pair(failures(MAIN), answer(BACKUP, NOW, pools=[pool("wifi", 20, 80, 200)]))
    for found in (by_main, by_backup):
        assert "main 80 + backup 20 free of 200, backup 20 %" in pools.pool_bars_text(found, NOW, 2, 120).plain


def test_a_narrow_screen_shows_less_of_a_pool_and_no_cut_words() -> None:
    full = pools.pool_bars_text(pair(answer(MAIN, NOW, pools=[pool("office", 475, 500, 1000)])), NOW, 1, 120).plain
    assert full.endswith("backup 51 % (goal 50)")
    narrow = pools.pool_bars_text(pair(answer(MAIN, NOW, pools=[pool("office", 475, 500, 1000)])), NOW, 1, 78).plain
    assert narrow.endswith("free of 1,000, backup 51 %")


def test_shows_the_fullest_pools_first_and_counts_the_rest() -> None:
    many = [pool(f"scope-{number}", number, 0, 100) for number in range(9, 0, -1)]
    lines = pools.pool_bars_text(pair(answer(MAIN, NOW, pools=many)), NOW, 3, 120).plain.splitlines()
    assert [line.split()[0] for line in lines[:2]] == ["scope-1", "scope-2"]
    assert lines[2] == "and 7 more pools with more free"


@given(st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 5000), st.integers(20, 200))
def test_a_bar_fits_in_its_room_and_shows_a_single_address(main: int, backup: int, used: int, width: int) -> None:
    found = pair(
        answer(MAIN, NOW, pools=[pool("wifi", main, backup, main + backup + used), pool("lab", 5001, 0, 5001)])
    )
    line = next(each for each in pools.pool_bars_text(found, NOW, 2, width).plain.splitlines() if "wifi" in each)
    bar = [char for char in line if char in "█▒·"]
    assert pools.BAR_LEAST <= len(bar) <= pools.BAR_MOST
    assert (main > 0) == ("█" in bar)
    assert (backup > 0) == ("▒" in bar)


def test_the_line_of_free_addresses_breaks_where_no_answer_arrived() -> None:
    times = [NOW - 900, NOW - 890, NOW - 100, NOW]
    found = pair([answer(MAIN, at, pools=[pool("wifi", 10 * number)]) for number, at in enumerate(times)])
    (first, second) = free_line(found.servers[MAIN], NOW)
    assert [at for at, _ in first.points] == times[:2]
    assert (first.until, second.until) == (NOW - 890, NOW)
    (ended,) = free_line(found.servers[MAIN], NOW + 600)[1:]
    assert ended.until == NOW
    assert free_line(found.servers[BACKUP], NOW) == ()


def test_log_lines_are_shortened_by_what_is_the_same_in_all() -> None:
    found = pair(log("18101", "contact lost", BACKUP, NOW, "Warning"), log("18100", "x", MAIN))
    lines = EvidenceLines().prepare(found, NOW, ZONE).logs()
    texts = [text for text, _ in lines]
    assert texts[0] == "B dhcp-b  3:12:00 Warning 18101 contact lost"
    assert [style for _, style in lines] == ["backup", "main"]


def test_a_tall_partner_panel_shows_more_and_last_known_values_are_dimmed() -> None:
    """The important lines come first at any height; the others follow as far as they fit."""
    transitions = [
        {"at": text(NOW - 900 + at), "from": "NORMAL", "to": "COMMUNICATIONS-INTERRUPTED", "reason": f"change {at}"}
        for at in range(12)
    ]
    tried = {
        "transport": "ipv4",
        "at": text(NOW),
        "local": "192.0.2.11",
        "remote": "192.0.2.12:647",
        "outcome": "failed",
        "error": "Connection refused",
        "errno": 111,
    }
    found = pair(answer(MAIN, NOW, "COMMUNICATIONS-INTERRUPTED", transitions=transitions, transports=[tried]))
    server, partner = found.servers[MAIN], found.servers[BACKUP]
    short = partner_text(server, NOW, ZONE, partner, 7).plain.splitlines()
    assert len(short) == 7
    tall = partner_text(server, NOW, ZONE, partner, 40).plain.splitlines()
    assert tall[:7] == short
    assert "before that NORMAL  because contact lost" in tall
    assert "tried ipv4 192.0.2.12:647 failed: Connection refused (errno 111)" in tall
    changes = [line for line in tall if "NORMAL -> COMM-INTERRUPTED" in line]
    assert len(changes) == 10
    assert changes[0].endswith("change 11")
    old = partner_text(server, NOW + 60, ZONE, partner, 40)
    assert {str(span.style) for span in old.spans[-10:]} == {"$stale"}


def test_a_transfer_is_a_progress_bar_if_the_total_is_known() -> None:
    resync = {"kind": "update-request-all", "direction": "receiving", "total": 400}
    found = pair(answer(MAIN, NOW - 10 + at, "RECOVER", resync={**resync, "done": 20 * at}) for at in range(11))
    server, partner = found.servers[MAIN], found.servers[BACKUP]
    assert "receiving ██████······ 200 of 400, 10 s to go" in partner_text(server, NOW, ZONE, partner, 9).plain
    unknown = pair(answer(MAIN, NOW, "RECOVER", resync={**resync, "done": 20, "total": None})).servers[MAIN]
    assert "update-request-all receiving: 20" in partner_text(unknown, NOW, ZONE, partner, 9).plain


def test_an_empty_pool_among_those_without_a_line_is_said() -> None:
    many = [*(pool(f"scope-{number}", 0, 0, 100) for number in range(3)), pool("full", 50, 50, 100)]
    found = pair(answer(MAIN, NOW, pools=many))
    assert pools.pool_bars_text(found, NOW, 2, 78).plain.splitlines()[-1] == "and 3 more pools: 2 EMPTY"


def test_a_countdown_of_a_server_that_is_not_seen_begins_with_last_known() -> None:
    alone = pair([answer(BACKUP, NOW - 30, "COMMUNICATIONS-INTERRUPTED")], failures(BACKUP), failures(MAIN))
    lines = countdowns_text(alone, NOW, ZONE, 5).plain
    assert "last known: safe period ends: dhcp-b enters PARTNER-DOWN" in lines


def test_without_any_server_the_next_event_cannot_be_told() -> None:
    gone = pair([answer(server, NOW - 30) for server in (MAIN, BACKUP)], failures(MAIN), failures(BACKUP))
    line = countdowns_text(gone, NOW, ZONE, 5).plain
    assert line == "NEXT cannot tell the next automatic event: cannot see dhcp-a or dhcp-b"
