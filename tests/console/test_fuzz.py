"""A share of the bent answers of `python -m tests.console.fuzz`, and what happens to a fault that gets through."""

from typing import Any

import pytest

from console.insight import fold as folding
from console.tui.screens.pair import PairScreen
from console.tui.widgets.failure_line import FailureLine
from tests.console import fuzz
from tests.console.scenes import BACKUP, CALM, MAIN, NOW, PAIR, answer, store
from tests.console.tui.screens.stage import Stage, settle, shown

SMALL = (80, 24)


@pytest.mark.parametrize("seed", range(3))
async def test_bent_answers_end_nothing_and_are_never_called_well(seed: int) -> None:
    outcomes = await fuzz.run(1000, seed)
    assert outcomes["ok"] > 0, "the healthy answers among them are OK"
    assert outcomes["unknown"] > 100


async def test_a_screen_that_cannot_be_drawn_shows_why_and_the_console_lives_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = Stage(*CALM)
    stage.store.lives_on = True
    async with stage.app.run_test(size=SMALL) as pilot:
        await settle(pilot)

        def broken(self: Any) -> None:
            raise ZeroDivisionError("no pools")

        monkeypatch.setattr(PairScreen, "_draw_evidence", broken)
        screen = pilot.app.screen
        assert isinstance(screen, PairScreen)
        screen.draw_now()
        await settle(pilot)
        assert "NOT DRAWN, this screen is old: ZeroDivisionError: no pools." in shown(pilot)
        await pilot.press("a")
        await settle(pilot)
        assert "no active alarms" in shown(pilot)
        await pilot.press("escape")
        monkeypatch.undo()
        screen.draw_now()
        await settle(pilot)
        assert not pilot.app.screen.query(FailureLine)


def test_an_observation_that_cannot_be_folded_is_left_out_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    known = store(*CALM)
    known.lives_on = True

    def broken(*_: Any) -> Any:
        raise OverflowError("too large")

    monkeypatch.setattr(folding, "reduce", broken)
    before = known.picture
    known.observe(answer(MAIN, NOW + 1))
    assert known.picture is before
    assert known.fault == f"left out, please report it: poll-answer of {PAIR}: OverflowError: too large"
    monkeypatch.undo()
    known.observe(answer(BACKUP, NOW + 1))
    assert known.pair(PAIR).servers[BACKUP].reported_at == NOW + 1
