"""`pairwatch handover` and `pairwatch note`: what the next shift has to know, from the journal and one poll."""

import base64
import re

import pytest

from console import cli
from console.insight.handover import handover
from console.model.observations import ActionOutcome, AlarmsKept, OperatorAction
from tests.console import scenes
from tests.console.commands.test_alarms import journal_of
from tests.console.scenes import BACKUP, MAIN, NOW, PAIR, ZONE, answer, trap
from tests.console.test_cli import Site, alone, now, site

__all__ = ["site"]

HOSTILE = "<script>alert(1)</script> | `x`"


@pytest.fixture
def troubled(site: Site) -> Site:
    """The main is gone; jo owns an address conflict and tried to rebalance."""
    at, journal = now(), journal_of(site)
    key = f"{PAIR}/address-conflict/192.0.2.9"
    journal.append(
        [
            *(answer(server, at - 60 + ago, "NORMAL") for ago in range(0, 60, 5) for server in (MAIN, BACKUP)),
            AlarmsKept(at - 9000, PAIR, ()),
            trap("address-conflict", at=at - 3000, contested_address="192.0.2.9"),
            OperatorAction(at - 2900, PAIR, "jo", "acknowledge", key, {"comment": HOSTILE}),
            OperatorAction(at - 2000, PAIR, "jo", "rebalance", MAIN, {"reason": "uneven"}),
            ActionOutcome(at - 1999, PAIR, "jo", "rebalance", MAIN, False, "refused"),
        ]
    )
    journal.close()
    site.kill(MAIN)
    site.backup.status = alone(BACKUP)
    return site


def run(site: Site, command: str, *arguments: str) -> int:
    return cli.run([command, "--config", site.config(), *arguments])


def test_the_page_has_everything_that_is_open(troubled: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(troubled, "note", PAIR, "do not start dhcp-a: its disk is at the workshop") == 0
    capsys.readouterr()
    assert run(troubled, "handover") == 0
    out = capsys.readouterr().out
    assert out.startswith("# Handover\n")
    for words in (
        "do not start dhcp-a: its disk is at the workshop (",
        "critical address-conflict: ",
        "owner jo; comment: \\<script>alert(1)\\</script> \\| \\`x\\`",
        "critical other-server-not-responding: ",
        "NO OWNER",
        "enters PARTNER-DOWN",
        "do not conclude that dhcp-a is down: the console cannot see it",
        "jo: rebalance dhcp-a: uneven",
        "jo: rebalance dhcp-a FAILED: refused",
        "to do: find both clients",
    ):
        assert words in out, words
    assert "<script>" not in out.replace("\\<script>", "")


def test_the_html_page_is_one_file_with_pictures_and_without_scripts(troubled: Site) -> None:
    page = troubled.folder / "handover.html"
    assert run(troubled, "handover", "--html", str(page)) == 0
    text = page.read_text(encoding="utf-8")
    assert page.stat().st_mode & 0o777 == 0o600
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert not re.search(r'(src|href)="(?!data:)', text), "it needs no other file"
    (picture,) = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', text)
    svg = base64.b64decode(picture).decode()
    assert svg.startswith("<svg")
    assert PAIR in svg


def test_a_note_is_there_until_it_is_removed(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(site, "note", PAIR, "first") == 0
    assert run(site, "note", PAIR, "second") == 0
    capsys.readouterr()
    assert run(site, "note", PAIR) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert ("first" in first, "second" in second) == (True, True)
    assert run(site, "note", PAIR, "--remove", first.split()[0]) == 0
    assert "first" not in capsys.readouterr().out
    assert run(site, "note", PAIR, "--remove", "nothing") == 1
    assert "unpin-note" in (site.folder / "audit.log").read_text(encoding="utf-8")


def test_without_a_journal_the_status_is_1_and_the_page_is_not_called_calm(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(site, "handover") == 1
    assert "no journal" in capsys.readouterr().err


def test_a_calm_pair_is_one_line() -> None:
    (found,) = handover([scenes.pair(*scenes.CALM)], scenes.empty().own, [], NOW, ZONE)
    assert found.calm


def test_the_pair_with_something_open_is_first() -> None:
    lost = scenes.pair(*scenes.MAIN_LOST)
    calm = scenes.pair(*scenes.CALM)
    found = handover([calm, lost], scenes.empty().own, [], NOW, ZONE)
    assert [each.calm for each in found] == [False, True]
