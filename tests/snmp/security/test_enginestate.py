"""An engine keeps its identity over restarts, and a damaged state file is an error."""

from pathlib import Path

import pytest

from snmp.errors import EngineStateError
from snmp.security import enginestate

WANTED = bytes.fromhex("8000000001020304")


def test_the_engine_id_stays_and_the_boots_increase(tmp_path: Path) -> None:
    first, second = enginestate.boot(tmp_path / "new"), enginestate.boot(tmp_path / "new")
    assert first.engine_id == second.engine_id
    assert (first.boots, second.boots) == (1, 2)
    assert 5 <= len(first.engine_id) <= 32
    assert first.engine_id[0] & 0x80


def test_without_a_directory_every_engine_has_another_id() -> None:
    assert enginestate.boot(None).engine_id != enginestate.boot(None).engine_id


def test_another_requested_engine_id_starts_with_one_boot(tmp_path: Path) -> None:
    enginestate.boot(tmp_path)
    assert enginestate.boot(tmp_path, WANTED) == enginestate.EngineState(WANTED, 1)
    assert enginestate.boot(tmp_path, WANTED).boots == 2
    assert enginestate.boot(tmp_path).boots == 3


def test_an_engine_with_the_maximum_of_boots_gets_a_new_id(tmp_path: Path) -> None:
    """RFC 3414 section 2.2.1."""
    path = tmp_path / enginestate.FILE_NAME
    path.write_text(f'{{"engine_id": "{WANTED.hex()}", "boots": {enginestate.MAXIMUM_BOOTS}}}')
    state = enginestate.boot(tmp_path)
    assert state.boots == 1
    assert state.engine_id != WANTED


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"engine_id": "80", "boots": 1}', '{"engine_id": 5, "boots": 1}', '{"boots": "x"}', "\xff"],
)
def test_an_invalid_file_is_an_error_and_is_not_changed(content: str, tmp_path: Path) -> None:
    path = tmp_path / enginestate.FILE_NAME
    path.write_text(content, encoding="latin-1")
    with pytest.raises(EngineStateError, match="restore it, or remove it to start with a new engine ID"):
        enginestate.boot(tmp_path)
    assert path.read_text(encoding="latin-1") == content


def test_a_directory_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EngineStateError, match=r"cannot (read|write)"):
        enginestate.boot(tmp_path / "file")
