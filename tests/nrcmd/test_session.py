"""Commands of a session that need no server: help, settings, the end; and what an answer looks like."""

import httpx
import pytest

from dhcpserver.nrcmd.answer import Answer, Status
from dhcpserver.nrcmd.api import Api, HttpApi
from dhcpserver.nrcmd.command import url_of
from dhcpserver.nrcmd.session import Session


def unreachable() -> Session:
    """A session whose server does not answer."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("connection refused")

    client = httpx.Client(transport=httpx.MockTransport(refuse), base_url="http://192.0.2.1/api/v1")

    def server_of(cluster: str) -> Api:
        raise ValueError(cluster)

    return Session(HttpApi(client), server_of, lambda: 0.0)


def text(line: str) -> str:
    answer = unreachable().execute(line)
    assert answer is not None
    return answer.text()


def test_help_for_classes_and_attributes() -> None:
    assert text("help").splitlines()[0] == "100 Ok"
    assert "failover-pair" in text("help")
    assert "    mclt: the maximum client lead time" in text("help failover-pair")
    assert text("help scope backup-pct").splitlines() == [
        "100 Ok",
        "backup-pct: the backup's percentage here, instead of the pair's; 0: none",
        "    value: percent, 0 to 100",
        "    default: none",
    ]
    assert "    it is required" in text("help scope subnet")
    assert text("help dhcp log-file-count").splitlines()[2:] == ["    value: number, 1 to 999", "    default: 10"]
    assert "hush" not in text("help user password")
    for line in ("help nothing", "help scope nothing"):
        assert text(line).startswith("302 Not Found")


def test_visibility_is_a_setting_of_the_session() -> None:
    session = unreachable()
    for line, expected in (
        ("session", "100 Ok: visibility=5"),
        ("session set visibility=3", "100 Ok: visibility=3"),
        ("session", "100 Ok: visibility=3"),
        ("session set visibility=9", "306 Invalid command: visibility is 5 (normal), 4 (advanced) or 3 (expert)"),
        ("session unset visibility", "306 Invalid command: write session set visibility=NUMBER"),
    ):
        answer = session.execute(line)
        assert answer is not None
        assert answer.text() == expected


def test_exit_ends_the_session() -> None:
    session = unreachable()
    session.execute("quit")
    assert session.ended


def test_a_server_that_does_not_answer() -> None:
    assert text("scope list") == "401 Server not reachable: connection refused"
    assert text("dhcp reload") == "401 Server not reachable: connection refused"
    assert unreachable().execute("# nothing") is None


def test_the_status_line_and_the_exit_status() -> None:
    assert Answer(Status.WARNINGS, "it cannot be saved yet", ("scope lab: x",)).text() == (
        "101 Ok, with warnings: it cannot be saved yet\nscope lab: x"
    )
    assert [each for each in Status if Answer(each).succeeded] == [Status.OK, Status.WARNINGS]
    assert all(each.text for each in Status)


@pytest.mark.parametrize(
    ("server", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8067"),
        ("127.0.0.11:9000", "http://127.0.0.11:9000"),
        ("localhost", "http://localhost:8067"),
        ("dhcp-a.example.org", "https://dhcp-a.example.org:8067"),
        ("192.0.2.1:443", "https://192.0.2.1:443"),
        ("[::1]", "http://[::1]:8067"),
        ("[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("http://192.0.2.1", "http://192.0.2.1"),
    ],
)
def test_a_server_is_reached_without_tls_on_this_host_only(server: str, url: str) -> None:
    """A password crosses no network in clear text unless the URL says http."""
    assert url_of(server) == url
