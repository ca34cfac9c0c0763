"""The cache of a judgement: one computation for the same pair and time, and never the result of another."""

from console.insight.memo import once
from console.model.picture import PairPicture
from tests.console.scenes import NOW, answer, pair


def test_a_result_is_computed_again_only_for_another_pair_or_time() -> None:
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
