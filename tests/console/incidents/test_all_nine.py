"""Every scenario is played whole: verdict, countdown, blocked action and timeline are proved of each."""

import importlib
import pkgutil
from pathlib import Path

import pytest

import tests.console.incidents as plays
from tests.console.incidents.proofs import COUNTDOWN, FOUR, SECTIONS, WHOLE, proved, whole


def test_each_of_the_nine_scenarios_is_played_whole() -> None:
    for found in pkgutil.iter_modules(plays.__path__):
        if found.name != Path(__file__).stem:
            importlib.import_module(f"{plays.__name__}.{found.name}")
    assert set(WHOLE) == set(SECTIONS)
    assert len(set(WHOLE.values())) == len(SECTIONS)


@pytest.mark.parametrize("lacking", FOUR)
async def test_a_play_that_leaves_one_of_the_four_out_fails(
    lacking: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(SECTIONS, "5.0", "a play of this test")
    monkeypatch.delitem(WHOLE, "5.0", raising=False)

    async def play(tmp_path: Path) -> None:
        for each in FOUR:
            if each != lacking:
                proved(each)

    with pytest.raises(AssertionError, match=f"did not prove: {lacking}"):
        await whole("5.0")(play)(tmp_path)
    WHOLE.pop("5.0")
    # And outside of such a play nothing is counted.
    proved(COUNTDOWN)
