"""A judgement is asked once in a row for a pair and a time, and never answers for another."""

from console.insight.memo import once
from console.model.picture import PairPicture
from tests.console.scenes import NOW, answer, pair


def test_a_judgement_is_asked_again_for_another_pair_and_another_time_only() -> None:
    asked: list[tuple[int, float]] = []

    @once
    def judgement(found: PairPicture, now: float) -> tuple[int, float]:
        asked.append((id(found), now))
        return asked[-1]

    first, second = pair(answer()), pair(answer())
    assert first == second
    wanted = [(first, NOW), (first, NOW), (second, NOW), (second, NOW + 1), (first, NOW)]
    assert [judgement(*each) for each in wanted] == [(id(found), at) for found, at in wanted]
    assert len(asked) == 4
