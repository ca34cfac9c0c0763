"""`state.json`: what is durable when it was written, and what is refused when it is read."""

import os
import stat
from pathlib import Path

import pytest

from dhcpserver.storage.statefile import ContentError, read, write


def test_the_file_and_then_its_folder_are_synchronised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R-178: at the first call the content is complete, and at the second the file has its name."""
    path, seen = tmp_path / "state.json", list[tuple[str, str]]()

    def synchronise(descriptor: int) -> None:
        folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        seen.append(("folder", path.read_text()) if folder else ("file", path.with_suffix(".new").read_text()))

    monkeypatch.setattr(os, "fsync", synchronise)
    write(path, {"state": "NORMAL"})
    assert [kind for kind, _ in seen] == ["file", "folder"]
    assert seen[0][1] == seen[1][1] == path.read_text()
    assert read(path) == {"state": "NORMAL"}


def test_no_descriptor_stays_open(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for number in range(5):
        write(tmp_path / "state.json", {"number": number})
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize("text", ["[]", "3", "null", '"x"', "{"])
def test_only_an_object_is_a_state(tmp_path: Path, text: str) -> None:
    path = tmp_path / "state.json"
    path.write_text(text)
    with pytest.raises(ContentError):
        read(path)
