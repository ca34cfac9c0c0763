"""What widgets draw, without a screen: bars, thinned points, lines, signs."""

from hypothesis import given
from hypothesis import strategies as st

from console.model.phases import Phase
from console.model.picture import Sample, Severity
from console.tui.widgets import pools
from console.tui.widgets.chart import thinned
from console.tui.widgets.evidence import Evidence
from console.tui.widgets.partner import drawn as partner_drawn
from console.tui.widgets.signs import SEVERITIES, STATES
from tests.console.scenes import BACKUP, MAIN, NOW, ZONE, answer, failures, log, pair, pool, text


def test_states_and_severities_differ_without_their_colours() -> None:
    """A state is a glyph and a word; the colour is a help and never the message."""
    assert set(STATES) == set(Phase)
    assert set(SEVERITIES) == set(Severity)
    danger = {STATES[state].glyph for state in (Phase.TAKEN_OVER, Phase.CONFLICT)}
    assert STATES[Phase.NORMAL].glyph not in danger
    assert len({sign.glyph for sign in SEVERITIES.values()}) == len(SEVERITIES)
    assert all(sign.colour.startswith("$") for sign in [*STATES.values(), *SEVERITIES.values()])


def test_the_time_in_a_state_does_not_run_on_for_a_server_that_is_not_seen() -> None:
    """It may have left the state the moment it was lost: only what it said is repeated."""
    found = pair(answer(MAIN, NOW - 60, state_since=text(NOW - 3600)), failures(MAIN)).servers[MAIN]
    lost = partner_drawn(found, NOW, ZONE).plain
    assert "since 04:12:00 CEST, as last seen" in lost
    assert "for 1 h" not in lost
    before = pair(answer(MAIN, NOW - 60, state_since=text(NOW - 3600))).servers[MAIN]
    assert "for 59 min" in partner_drawn(before, NOW - 60, ZONE).plain


def test_the_backups_count_is_turned_round_so_that_main_is_main() -> None:
    by_main = pair(answer(MAIN, NOW, pools=[pool("wifi", 80, 20, 200)]))
    by_backup = pair(failures(MAIN), answer(BACKUP, NOW, pools=[pool("wifi", 20, 80, 200)]))
    for found in (by_main, by_backup):
        assert "main 80 + backup 20 free of 200, backup 20 %" in pools.drawn(found, NOW, 2, 120).plain


def test_a_narrow_screen_says_less_of_a_pool_and_no_half_words() -> None:
    full = pools.drawn(pair(answer(MAIN, NOW, pools=[pool("office", 475, 500, 1000)])), NOW, 1, 120).plain
    assert full.endswith("backup 51 % (wants 50)")
    narrow = pools.drawn(pair(answer(MAIN, NOW, pools=[pool("office", 475, 500, 1000)])), NOW, 1, 78).plain
    assert narrow.endswith("free of 1,000, backup 51 %")


def test_the_pools_with_the_fewest_free_come_first_and_the_rest_is_counted() -> None:
    many = [pool(f"scope-{number}", number, 0, 100) for number in range(9, 0, -1)]
    lines = pools.drawn(pair(answer(MAIN, NOW, pools=many)), NOW, 3, 120).plain.splitlines()
    assert [line.split()[0] for line in lines[:2]] == ["scope-1", "scope-2"]
    assert lines[2] == "and 7 more pools with more free"


@given(st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 5000), st.integers(20, 200))
def test_a_bar_never_grows_over_its_room_and_never_hides_a_last_address(
    main: int, backup: int, used: int, width: int
) -> None:
    found = pair(answer(MAIN, NOW, pools=[pool("wifi", main, backup, main + backup + used)]))
    line = pools.drawn(found, NOW, 1, width).plain
    bar = [char for char in line if char in "█▒·"]
    assert pools.BAR_LEAST <= len(bar) <= pools.BAR_MOST
    assert (main > 0) == ("█" in bar)
    assert (backup > 0) == ("▒" in bar)


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=400), st.integers(20, 100))
def test_thinning_keeps_the_lowest_the_highest_and_the_order(values: list[int], columns: int) -> None:
    samples = [Sample(NOW + 5 * number, value, {}) for number, value in enumerate(values)]
    found = thinned(samples, columns)
    assert len(found) <= 2 * columns
    assert min(each.available for each in found) == min(values)
    assert max(each.available for each in found) == max(values)
    assert [each.at for each in found] == sorted(each.at for each in found)


def test_log_lines_lose_what_is_the_same_in_all_and_nothing_else() -> None:
    found = pair(log("18101", "contact lost", BACKUP, NOW, "Warning"), log("18100", "x", MAIN))
    lines = Evidence().of(found, NOW, ZONE).logs()
    texts = [text for text, _ in lines]
    assert texts[0] == "B dhcp-b  3:12:00 Warning 18101 contact lost"
    assert [style for _, style in lines] == ["backup", "main"]


def test_a_partner_tells_more_where_there_is_room_and_dims_what_is_last_known() -> None:
    """What decides stands first at any height; the rest follows as far as it fits."""
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
    short = partner_drawn(server, NOW, ZONE, partner, 7).plain.splitlines()
    assert len(short) == 7
    tall = partner_drawn(server, NOW, ZONE, partner, 40).plain.splitlines()
    assert tall[:7] == short
    assert "before that NORMAL  because contact lost" in tall
    assert "tried ipv4 192.0.2.12:647 failed: Connection refused (errno 111)" in tall
    changes = [line for line in tall if "NORMAL -> COMM-INTERRUPTED" in line]
    assert len(changes) == 10
    assert changes[0].endswith("change 11")
    old = partner_drawn(server, NOW + 60, ZONE, partner, 40)
    assert {str(span.style) for span in old.spans[-10:]} == {"$stale"}


def test_a_transfer_is_a_bar_with_its_end_where_the_total_is_known() -> None:
    resync = {"kind": "update-request-all", "direction": "receiving", "total": 400}
    found = pair(answer(MAIN, NOW - 10 + at, "RECOVER", resync={**resync, "done": 20 * at}) for at in range(11))
    server, partner = found.servers[MAIN], found.servers[BACKUP]
    assert "receiving ██████······ 200 of 400, 10 s to go" in partner_drawn(server, NOW, ZONE, partner, 9).plain
    unknown = pair(answer(MAIN, NOW, "RECOVER", resync={**resync, "done": 20, "total": None})).servers[MAIN]
    assert "update-request-all receiving: 20" in partner_drawn(unknown, NOW, ZONE, partner, 9).plain
