"""Every scenario has a test that proves its verdict, countdown, blocked action and timeline."""

import importlib
import pkgutil
from pathlib import Path

import pytest

import tests.console.incidents as scenarios
from tests.console.incidents.proofs import COUNTDOWN, COVERED, FOUR, SECTIONS, covers, record_proof


def test_each_of_the_nine_scenarios_has_a_test() -> None:
    for found in pkgutil.iter_modules(scenarios.__path__):
        if found.name != Path(__file__).stem:
            importlib.import_module(f"{scenarios.__name__}.{found.name}")
    assert set(COVERED) == set(SECTIONS)
    assert len(set(COVERED.values())) == len(SECTIONS)


@pytest.mark.parametrize("lacking", FOUR)
async def test_a_scenario_test_without_one_of_the_four_proofs_fails(
    lacking: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(SECTIONS, "5.0", "a scenario of this test")
    monkeypatch.delitem(COVERED, "5.0", raising=False)

    async def scenario(tmp_path: Path) -> None:
        for each in FOUR:
            if each != lacking:
                record_proof(each)

    with pytest.raises(AssertionError, match=f"did not prove: {lacking}"):
        await covers("5.0")(scenario)(tmp_path)
    COVERED.pop("5.0")
    # Outside of such a test nothing is recorded.
    record_proof(COUNTDOWN)
