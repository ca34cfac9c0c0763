"""The beginning of a console: a process reads the configuration and polls the first pair, while the toolkit loads."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from console.errors import ConfigError
from console.settings.document import load
from console.sources.beginning import BeginningHere
from tests.console.scenes import BACKUP, MAIN, PAIR
from tests.console.test_cli import Site, site

__all__ = ["site"]

PROGRAM = """
import asyncio, json, os, sys, threading
from pathlib import Path
from console.sources import beginning_apart
from console.errors import ConfigError

config, pair, watches, before, after = sys.argv[1:]
exec(before)
begun = beginning_apart.begin(Path(config), pair or None, watches=bool(watches))
found = {"apart": type(begun).__name__ == "BeginningApart"}
try:
    found["pair"], found["chosen"] = begun.pair, begun.chosen
    found["pairs"] = [each.name for each in begun.outline.pairs]
    found["light"] = "pydantic" not in sys.modules and "httpx" not in sys.modules

    async def collect():
        return [each async for each in begun.answers()]

    exec(after)
    found["answers"] = [[each.kind, each.server] for each in asyncio.run(collect())]
    found["settings"] = begun.settings().model_dump_json()
    found["same"] = begun.settings() is begun.settings()
except ConfigError as error:
    found["error"] = error.lines
begun.close()
try:
    os.waitpid(-1, os.WNOHANG)
    found["left"] = True
except ChildProcessError:
    found["left"] = False
print(json.dumps(found))
"""
"""A start without the toolkit. The test's own process has threads, and could not fork."""


def begun(config: str, pair: str = "", *, watches: bool = False, before: str = "", after: str = "") -> dict[str, Any]:
    command = [sys.executable, "-c", PROGRAM, config, pair, "yes" if watches else "", before, after]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_another_process_reads_the_configuration_and_polls_the_pair(site: Site) -> None:
    config = site.config()
    found = begun(config)
    assert found["apart"]
    assert (found["pair"], found["chosen"], found["pairs"]) == (PAIR, False, [PAIR])
    assert found["light"], "the process that draws has loaded what it does not need"
    assert sorted(found["answers"]) == [["poll-answer", MAIN], ["poll-answer", BACKUP]]
    assert found["settings"] == load(Path(config)).model_dump_json()
    assert found["same"]
    assert not found["left"]


def test_a_server_that_does_not_answer_is_reported(site: Site) -> None:
    site.kill(BACKUP)
    found = begun(site.config(), PAIR)
    assert sorted(found["answers"]) == [["poll-answer", MAIN], ["poll-failure", BACKUP]]
    assert found["chosen"]


def faulty(site: Site, fault: str) -> str:
    """A configuration with a fault."""
    path = Path(site.config())
    match fault:
        case "no file":
            path.unlink()
        case "no password":
            (site.folder / "password").unlink()
        case "no authorities":
            text = path.read_text(encoding="utf-8").replace("http://", "https://")
            path.write_text(text.replace("user =", 'ca_file = "missing.pem"\nuser ='), encoding="utf-8")
        case _:
            path.write_text(path.read_text(encoding="utf-8") + fault, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("fault", ["no file", "no password", "no authorities", "[[pair]\n", '[console]\nx = "1"\n'])
def test_the_faults_of_a_configuration_are_the_same_as_without_the_process(site: Site, fault: str) -> None:
    config = faulty(site, fault)
    with pytest.raises(ConfigError) as expected:
        BeginningHere(load(Path(config)), None)
    found = begun(config)
    assert found["apart"]
    assert found["error"] == list(expected.value.lines)
    assert not found["left"]


def test_a_pair_that_is_not_configured_is_refused(site: Site) -> None:
    assert begun(site.config(), "campus")["error"] == [f"no pair 'campus' is configured: choose one of {PAIR}"]


@pytest.mark.parametrize(
    "failing",
    [
        "beginning_apart._send = lambda *_: os._exit(1)",
        "beginning_apart._send = lambda pipe, _: (os.write(pipe, b'\\0\\0\\1\\0half'), os._exit(1))",
    ],
    ids=["nothing", "half a message"],
)
def test_a_process_that_fails_is_replaced_by_this_one(site: Site, failing: str) -> None:
    found = begun(site.config(), before=failing)
    assert found["apart"]
    assert len(found["answers"]) == 2
    assert not found["left"]


def test_a_process_that_ends_among_its_answers_leaves_those_that_it_sent(site: Site) -> None:
    ending = (
        "sent, send = [], beginning_apart._send\n"
        "def some(*given):\n"
        "    send(*given)\n"
        "    sent.append(given)\n"
        "    if len(sent) == 2: os._exit(1)\n"
        "beginning_apart._send = some"
    )
    assert len(begun(site.config(), before=ending)["answers"]) == 1


def test_threads_prevent_the_fork(site: Site) -> None:
    thread = "threading.Thread(target=threading.Event().wait, daemon=True).start()"
    found = begun(site.config(), before=thread)
    assert not found["apart"]
    assert len(found["answers"]) == 2


@pytest.mark.parametrize(("watches", "asked"), [(False, 0), (True, 2)])
def test_a_console_that_never_collects_polls_only_if_it_watches(site: Site, watches: bool, asked: int) -> None:
    config = site.config()
    with Path(config).open("a", encoding="utf-8") as file:
        file.write('collect = "never"\n')
    assert len(begun(config, watches=watches)["answers"]) == asked


@contextmanager
def silent_server() -> Iterator[str]:
    """A server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_closing_ends_a_process_that_waits_for_a_server(site: Site) -> None:
    """The process is killed: the answers would come after the timeouts of two requests."""
    with silent_server() as site.apis[MAIN], silent_server() as site.apis[BACKUP]:
        found = begun(site.config(), after="begun.close(); raise ConfigError('closed')")
    assert found["error"] == ["closed"]
    assert not found["left"]


def test_an_unknown_theme_ends_the_process_too(site: Site) -> None:
    """The configuration is valid, and the app is not: nothing polls on."""
    with silent_server() as site.apis[MAIN], silent_server() as site.apis[BACKUP]:
        program = (
            "import os, sys\nfrom console import cli\nstatus = cli.run(sys.argv[1:])\n"
            "try: os.waitpid(-1, os.WNOHANG); print('left')\nexcept ChildProcessError: print(status)"
        )
        command = [sys.executable, "-c", program, "--config", site.config(), "--theme", "pink"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout == "1\n"
    assert "unknown theme 'pink'" in done.stderr
