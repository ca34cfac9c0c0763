"""`pairwatch serve --check`: the configuration, and what a client would get at each listener."""

import sys
from pathlib import Path

import pytest

from console import cli
from dhcpserver import main
from dhcpserver.config.document import read
from dhcpserver.runtime.precheck import Asked, QuestionError, precheck
from tests.service.standalone import CONFIGURATION
from tests.service.test_port_reservations import PORTS

LISTENED = CONFIGURATION + '\n[[listener]]\naddress = "127.0.0.1"\n'
ON_LINK = CONFIGURATION + '\n[[listener]]\ninterface = "lo"\n'
CLIENT = "02:00:00:00:00:99"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "config.toml"
    found.write_text(LISTENED)
    return found


def test_a_correct_configuration_is_said_to_be_correct(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["serve", "--check", "--config", str(path)]) == 0
    assert capsys.readouterr().out == f"{path}: correct, 1 scopes\n"
    assert cli.run(["serve", "--check", "--data", str(path.parent)]) == 0
    assert [each.name for each in path.parent.iterdir()] == ["config.toml"], "nothing is made"


def test_a_wrong_configuration_has_all_its_errors_with_lines(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path.write_text(
        LISTENED.replace('mac = "02:00:00:00:00:99"', 'mac = "01:00:00:00:00:99"').replace(
            "192.0.2.10-", "192.0.2.0-", 1
        )
    )
    assert cli.run(["serve", "--check", "--config", str(path)]) == 1
    out = capsys.readouterr()
    assert out.out == ""
    assert f"{path}: 3 errors" in out.err
    lines = path.read_text().splitlines()
    for words in ("subnet = ", "192.0.2.0-", "01:00:00:00:00:99"):
        number = next(index for index, line in enumerate(lines, 1) if words in line)
        assert f"line {number}: " in out.err


def test_a_client_gets_its_address_and_options(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    question = ["--client", CLIENT, "--relay", "192.0.2.1", "--options", "1,routers,66", "--class", "x"]
    assert cli.run(["serve", "--check", "--config", str(path), *question]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "127.0.0.1:",
        "  network: 192.0.2.0/24 (scope s1)",
        "  address: 192.0.2.12 (reserved for this client)",
        "  lease time: 1000 s",
        "  server identifier: 127.0.0.1",
        "  option 58 dhcp-renewal-time: 500",
        "  option 59 dhcp-rebinding-time: 875",
        "  option 1 subnet-mask: 255.255.255.0",
        "  option 3 routers: 192.0.2.1",
        "  option 66 tftp-server-name: requested, not configured",
    ]


def test_a_client_without_an_address_is_status_3(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    question = ["--client", CLIENT, "--relay", "10.9.9.9"]
    assert cli.run(["serve", "--check", "--config", str(path), *question]) == 3
    assert "address: none, no answer (no-scope)" in capsys.readouterr().out


def test_the_module_has_the_same_check(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["dhcpserver", "--check", "--config", str(path), "--client", CLIENT, "--relay", "192.0.2.1"]
    monkeypatch.setattr(sys, "argv", words)
    assert main.main() == 0
    assert "192.0.2.12" in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", ["dhcpserver", "--check"])
    with pytest.raises(SystemExit):
        main.main()


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (Asked("02:00"), None),
        (Asked("here"), "a hardware address is written"),
        (Asked(CLIENT, client_id="0"), "hexadecimal digits"),
        (Asked(CLIENT, relay="here"), "here"),
        (Asked(CLIENT, circuit_id=""), "has 1 to 255 octets"),
        (Asked(CLIENT, remote_id="hex:0"), "after hex: are octets"),
        (Asked(CLIENT, options="nonsense"), "there is no option 'nonsense'"),
        (Asked(CLIENT, options="300"), "300 is not the number of an option"),
        (Asked(relay="192.0.2.1"), "--client"),
    ],
)
def test_a_client_that_cannot_be_is_refused(asked: Asked, words: str | None) -> None:
    if words is None:
        precheck(read(LISTENED), asked, 0.0)
        return
    with pytest.raises(QuestionError, match=words):
        precheck(read(LISTENED), asked, 0.0)


def test_a_client_on_the_link_is_heard_on_interfaces_only() -> None:
    report = precheck(read(LISTENED), Asked(CLIENT), 0.0)
    assert not report.served
    assert report.lines == ("address: none, no listener has an interface for clients without a relay: use --relay",)
    report = precheck(read(ON_LINK), Asked(CLIENT), 1e9)
    assert report.served, "127.0.0.0/8 is a relay subnet of the scope"
    assert report.lines[0].startswith("lo")


def test_an_interface_that_is_not_there_is_unknown_and_not_good() -> None:
    report = precheck(read(ON_LINK.replace('"lo"', '"nowhere0"')), Asked(CLIENT), 0.0)
    assert not report.served
    assert report.lines[1] == "  unknown: the interface is not there, or has no IPv4 address"


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["--check"], "--data is required, or --config"),
        (["--data", "x", "--client", CLIENT], "a client is a question of --check"),
        (["--check", "--config", "x", "--relay", "192.0.2.1"], ""),
    ],
)
def test_a_wrong_command_line_is_refused(words: list[str], error: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["serve", *words]) in (1, 2)
    assert error in capsys.readouterr().err


@pytest.mark.parametrize(
    ("circuit_id", "remote_id", "address"),
    [("Gi1/0/5", "hex:00:06:02:00:00:00:00:aa", "192.0.2.100"), ("hex:000400", None, "192.0.2.10")],
)
def test_the_port_of_the_client_counts(circuit_id: str, remote_id: str | None, address: str) -> None:
    """A reservation by option 82, behind a relay."""
    asked = Asked("02:00:00:00:00:01", relay="192.0.2.1", circuit_id=circuit_id, remote_id=remote_id)
    report = precheck(read(LISTENED + PORTS), asked, 0.0)
    assert any(line.strip().startswith(f"address: {address} ") for line in report.lines), report.lines
