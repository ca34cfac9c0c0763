"""What a slow reader may lose."""

from console.model.observations import LogLine, PollAnswer, PollFailure, TrapSeen
from console.sources.backlog import Backlog
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, answer, trap


def test_what_fits_is_kept_in_its_order() -> None:
    backlog = Backlog(lines_at_most=10, many=10)
    made = [LogLine(NOW + number, PAIR, MAIN, str(number)) for number in range(10)]
    for each in made:
        backlog.add(each)
    assert backlog.take() == made
    assert backlog.take() == []
    assert backlog.lost_lines == 0


def test_of_too_many_lines_the_newest_are_kept_and_the_others_counted() -> None:
    backlog = Backlog(lines_at_most=100, many=1000)
    for number in range(1000):
        backlog.add(LogLine(NOW + number, PAIR, MAIN, str(number)))
    kept = [each.text for each in backlog.take() if isinstance(each, LogLine)]
    assert kept == [str(number) for number in range(1000 - len(kept), 1000)]
    assert 100 <= len(kept) <= 125
    assert backlog.lost_lines == 1000 - len(kept)


def test_older_answers_give_way_and_everything_else_stays() -> None:
    backlog = Backlog(lines_at_most=100, many=50)
    for second in range(500):
        for server in (MAIN, BACKUP):
            backlog.add(answer(server, NOW + second))
    backlog.add(PollFailure(NOW, PAIR, MAIN, "Connection refused"))
    traps = [trap("other-server-not-responding", at=NOW + number) for number in range(300)]
    for each in traps:
        backlog.add(each)
    taken = backlog.take()
    assert [each for each in taken if isinstance(each, TrapSeen)] == traps
    assert PollFailure(NOW, PAIR, MAIN, "Connection refused") in taken
    newest = [each.at for each in taken if isinstance(each, PollAnswer) and each.server == BACKUP]
    assert newest[-1] == NOW + 499
    assert len(newest) < 100
