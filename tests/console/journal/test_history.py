"""The history of a pair from the journal: whole where it is short, a bounded part with every gap where it is long."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sql

from console.errors import JournalError
from console.insight.charts.history import pool_lines, value_at
from console.journal import history as reading
from console.journal.history import JournalHistories, PlayedHistories, chosen_rows, read_history
from console.journal.schema import observations
from console.journal.store import Journal
from console.model.observations import Observation, OperatorAction, PollFailure
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, answer, pool

DAY = 86_400.0


@pytest.fixture
def journal(url: str) -> Iterator[Journal]:
    opened = Journal.open(url)
    yield opened
    opened.close()


def counted(at: float, own: int, server: str = MAIN) -> Observation:
    return answer(server, at, pools=[pool("wifi", own, 0, 4096)])


def a_day(every: float = 60.0) -> list[Observation]:
    """Both servers once a minute for a day; the main is not seen for an hour, and for ten minutes later."""
    found: list[Observation] = []
    for number in range(int(DAY / every)):
        at = NOW - DAY + number * every
        lost = NOW - 40_000 <= at < NOW - 36_400 or NOW - 9000 <= at < NOW - 8400
        found.append(PollFailure(at, PAIR, MAIN, "refused") if lost else counted(at, number % 3000))
        found.append(counted(at, 500, BACKUP))
    return found


def test_a_short_range_is_read_whole_and_the_line_begins_at_its_edge(journal: Journal) -> None:
    journal.append([counted(NOW - 950, 90), counted(NOW - 30, 80), counted(NOW - 20, 10, BACKUP)])
    journal.append([OperatorAction(NOW - 25, PAIR, "jo", "rebalance", MAIN)])
    journal.append([replace(counted(NOW - 30, 1), pair="other")])
    found = read_history(journal.engine, PAIR, NOW - 900, NOW)
    assert (found.recorded, found.step, len(found.answers)) == (3, 0.0, 3)
    assert found.silences == ((NOW - 950, NOW - 30),)
    assert [each.text for each in found.events] == [f"jo: rebalance {MAIN}"]


def test_an_empty_journal_has_an_empty_history(journal: Journal) -> None:
    found = read_history(journal.engine, PAIR, NOW - 900, NOW)
    assert (found.answers, found.recorded, found.events) == ((), 0, ())


def test_a_long_range_is_read_in_part_with_every_gap(journal: Journal) -> None:
    journal.append(a_day())
    found = read_history(journal.engine, PAIR, NOW - DAY, NOW, most=300)
    assert found.recorded > 2500
    assert len(found.answers) < 350
    assert 60 < found.step < 1200
    lines = pool_lines(found, "wifi", MAIN, BACKUP)
    for at in (NOW - 39_000, NOW - 36_500, NOW - 8700):
        assert value_at(lines.main, at) is None
        assert value_at(lines.backup, at) == 500
    for at in (NOW - 50_000, NOW - 36_000, NOW - 8000, NOW - 100):
        assert value_at(lines.main, at) is not None


def test_the_number_of_rows_that_are_read_is_bounded() -> None:
    times = [float(number) for number in range(240_000)]
    chosen = chosen_rows(times, [float(each) for each in range(0, 240_000, 10)], 1200)
    assert len(chosen) <= 1200 * 2 + 1200 * 8
    assert {0, 239_999} <= set(chosen)
    assert chosen_rows(times[:50], [], 1200) == list(range(50))


def test_the_times_come_from_an_index(journal: Journal) -> None:
    """A week has hundreds of thousands of answers of several kilobytes."""
    if journal.engine.dialect.name != "sqlite":
        pytest.skip("the plan of PostgreSQL depends on its statistics")
    query = sql.select(observations.c.at, observations.c.id).where(reading._of(PAIR, "poll-answer", 0, NOW))
    text = str(query.order_by(observations.c.at).compile(journal.engine, compile_kwargs={"literal_binds": True}))
    with journal.engine.connect() as connection:
        plan = " ".join(str(row) for row in connection.execute(sql.text(f"EXPLAIN QUERY PLAN {text}")))
    assert "COVERING INDEX ix_observations_pair_kind_at" in plan
    assert "TEMP B-TREE" not in plan


def test_a_journal_that_cannot_be_read_says_why() -> None:
    with pytest.raises(JournalError, match="cannot read the journal"):
        JournalHistories("sqlite:////nonexistent/journal.db").read(PAIR, 0, NOW)


def test_a_recording_has_the_same_history_as_the_journal(journal: Journal) -> None:
    recorded = a_day(600.0)
    journal.append(recorded)
    played = PlayedHistories(lambda start, end: [each for each in recorded if start <= each.at <= end])
    assert played.read(PAIR, NOW - 9000, NOW) == read_history(journal.engine, PAIR, NOW - 9000, NOW)
