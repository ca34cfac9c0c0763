"""Who acts: the login name, and the name of the person where several people share a login."""

import io
import json
from collections.abc import Iterator

import pytest

from console import cli
from console.actions import operator
from console.actions.operator import this_operator
from console.errors import ConfigError
from console.settings.environment import OPERATOR_VARIABLE
from tests.console.scenes import PAIR
from tests.console.test_cli import Site, site

__all__ = ["site"]


@pytest.fixture(autouse=True)
def login(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("getpass.getuser", lambda: "noc")
    monkeypatch.delenv(OPERATOR_VARIABLE, raising=False)
    operator._answer.cache_clear()
    yield
    operator._answer.cache_clear()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("variable", "configured", "name"),
    [
        (None, None, "noc"),
        (None, "Kim", "Kim (noc)"),
        ("Jo", "Kim", "Jo (noc)"),
        ("", "Kim", "Kim (noc)"),
        (None, "noc", "noc"),
        ("Jo\n\x1b[31m  Doe", None, "Jo[31m Doe (noc)"),
        ("x" * 500, None, f"{'x' * 60} (noc)"),
    ],
)
def test_the_own_name_is_before_the_login_name(
    monkeypatch: pytest.MonkeyPatch, variable: str | None, configured: str | None, name: str
) -> None:
    if variable is not None:
        monkeypatch.setenv(OPERATOR_VARIABLE, variable)
    assert this_operator(configured).name == name


def test_a_shared_login_is_asked_once(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("\n  \nask\nKim\nJo\n"))
    assert this_operator("ask").name == "Kim (noc)"
    assert this_operator("ask").name == "Kim (noc)"
    assert capsys.readouterr().err == operator.QUESTION * 4
    assert this_operator("ask", asks=False).name == "noc"


@pytest.mark.parametrize(("stdin", "words"), [(io.StringIO("Kim\n"), "no terminal"), (Terminal(""), "not given")])
def test_without_an_answer_nothing_is_done(monkeypatch: pytest.MonkeyPatch, stdin: io.StringIO, words: str) -> None:
    monkeypatch.setattr("sys.stdin", stdin)
    with pytest.raises(ConfigError, match=words):
        this_operator("ask")
    assert this_operator("ask", asks=False).name == "noc"


def test_the_audit_log_has_both_names(site: Site) -> None:
    config = site.config()
    with open(config, "a", encoding="utf-8") as file:
        file.write('operator = "Kim"\n')
    assert cli.run(["runbook", "start", "planned-restart", PAIR, "--config", config]) == 0
    assert cli.run(["act", "reload", PAIR, "--on", "dhcp-a", "--yes", "--read-only", "--config", config]) == 4
    lines = [json.loads(line) for line in (site.folder / "audit.log").read_text().splitlines()]
    assert lines
    assert {each.get("who") or each["operator"] for each in lines} == {"Kim (noc)"}
