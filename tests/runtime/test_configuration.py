"""The copies of the configuration while several operators use them at once."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from dhcpserver.config.editing.edits import Edit
from dhcpserver.config.sync.plan import StaleReportError
from dhcpserver.config.syncrows import Operation
from dhcpserver.runtime.configuration import Copies
from dhcpserver.storage.configfile import FileChangedError
from dhcpserver.storage.errors import StoreError

TEXT = """\
[server]
name = "a"

[[cluster]]
name = "a"

[[scope]]
name = "lab"
subnet = "10.0.1.0/24"
"""


@pytest.fixture
def copies(tmp_path: Path) -> Copies:
    path = tmp_path / "config.toml"
    path.write_text(TEXT)
    made = Copies(path)
    made.start(TEXT)
    return made


def stage(copies: Copies, percent: int) -> None:
    copies.draft.edit("scope", "lab", Edit(set={"backup-pct": percent}))


def at_the_first_thread(monkeypatch: pytest.MonkeyPatch, action: Any, function: str) -> None:
    """Have `action` happen while the thread of a function of the module runs."""
    in_thread = asyncio.to_thread

    async def to_thread(called: Any, *arguments: Any) -> Any:
        result = await in_thread(called, *arguments)
        if called.__name__ == function:
            action()
        return result

    monkeypatch.setattr(asyncio, "to_thread", to_thread)


async def test_an_edit_during_a_save_stays_staged(copies: Copies, monkeypatch: pytest.MonkeyPatch) -> None:
    stage(copies, 5)
    at_the_first_thread(monkeypatch, lambda: stage(copies, 6), "_write")
    await copies.save()
    assert "backup-pct = 5" in copies.path.read_text()
    assert [each.edit for each in (await copies.staged()).changes] == ["scope lab: replace backup-pct: 5 -> 6"]


async def test_an_edit_that_takes_back_what_is_being_saved_is_not_lost(
    copies: Copies, monkeypatch: pytest.MonkeyPatch
) -> None:
    def take_back() -> None:
        copies.draft.edit("scope", "lab", Edit(unset=["backup-pct"]))
        copies.refresh()

    stage(copies, 5)
    at_the_first_thread(monkeypatch, take_back, "_write")
    await copies.save()
    assert [each.edit for each in (await copies.staged()).changes] == ["scope lab: remove backup-pct: 5"]


async def test_an_edit_during_a_synchronisation_makes_its_report_stale(
    copies: Copies, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = {"server": {"name": "b"}, "cluster": [{"name": "b"}], "scope": [{"name": "x", "subnet": "10.0.2.0/24"}]}
    at_the_first_thread(monkeypatch, lambda: stage(copies, 6), "_sync")
    with pytest.raises(StaleReportError):
        await copies.sync(source, Operation.EXACT, True, None)
    assert copies.draft.get("scope", "lab")["backup-pct"] == 6


async def test_a_save_that_fails_leaves_everything_staged(copies: Copies, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise StoreError("no space")

    stage(copies, 5)
    monkeypatch.setattr("dhcpserver.storage.configfile.replace", fail)
    with pytest.raises(StoreError):
        await copies.save()
    monkeypatch.undo()
    assert copies.path.read_text() == TEXT
    await copies.save()
    assert "backup-pct = 5" in copies.path.read_text()


async def test_a_server_can_run_with_a_former_configuration(copies: Copies) -> None:
    """A new configuration that cannot be started is replaced by the previous one; the file stays."""
    stage(copies, 5)
    await copies.save()
    copies.start(TEXT)
    assert "backup-pct" not in copies.running["scope"][0]
    preview = await copies.preview(copies.saved, [])
    assert [each.edit for each in preview.changes] == ["scope lab: add backup-pct: 5"]


@pytest.mark.parametrize(
    "text", ["[[[", "scope = 5", "scope = [1]", "server = 1", '[[scope]]\nname = "lab"\nreservations = [1]\n'], ids=repr
)
async def test_a_file_that_cannot_be_read_is_not_followed(copies: Copies, text: str) -> None:
    copies.path.write_text(text)
    copies.refresh()
    assert copies.file_changed
    assert copies.draft.get("scope", "lab")["subnet"] == "10.0.1.0/24"
    with pytest.raises(FileChangedError, match="correct the file first"):
        await copies.save()
    copies.path.unlink()
    copies.refresh()
    assert copies.draft.get("scope", "lab")
