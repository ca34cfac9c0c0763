"""The process of the extensions, where it cannot be started."""

import asyncio
from pathlib import Path

import pytest

from dhcpserver.config.objects import Configuration
from dhcpserver.runtime import extensions
from dhcpserver.runtime.extensions import ExtensionProcess
from dhcpserver.service.consulting import Asked, Finding, Question

CONFIGURATION = Configuration.model_validate(
    {"server": {"name": "a"}, "extension": [{"name": "x", "file": "x.py", "entry": "f"}]}
)
QUESTION = Question(1, Asked.EXTENSIONS, {"calls": [["generate-lease", "x"]], "request": {}})


async def test_a_process_that_cannot_be_started_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions fail meanwhile, so that messages are handled as configured."""
    tries = 0
    again = asyncio.Event()

    async def refuse(*_: object, **__: object) -> asyncio.subprocess.Process:
        nonlocal tries
        tries += 1
        if tries == 3:
            again.set()
        raise OSError("no more processes")

    monkeypatch.setattr(asyncio, "create_subprocess_exec", refuse)
    monkeypatch.setattr(extensions, "RESTART_SECONDS", 0.0)
    found: list[Finding] = []
    process = ExtensionProcess(CONFIGURATION, tmp_path, found.append)
    await process.open()
    process.ask(QUESTION)
    assert found == [Finding(1, failure="its process is not running")]
    await asyncio.wait_for(again.wait(), 5)
    await process.close()


async def test_without_extensions_there_is_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncio, "create_subprocess_exec", None)
    process = ExtensionProcess(Configuration.model_validate({"server": {"name": "a"}}), tmp_path, lambda finding: None)
    await process.open()
    await process.close()
