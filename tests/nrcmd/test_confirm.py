"""`failover-pair NAME confirm`: each step that can fail, at either server."""

from collections.abc import Mapping
from typing import Any

import pytest

from dhcpserver.nrcmd.api import Api, Json
from dhcpserver.nrcmd.session import Session

NORMAL: Json = {
    "server": {"serving": True, "reload_pending": False},
    "pairs": [
        {
            "name": "pair",
            "state": "NORMAL",
            "communications": "ok",
            "config_mismatch": [],
            "pools": [{"new_clients_15m": 2}],
        }
    ],
}
LOG = ["x main/dhcp/1 Error Failover 0 18103 old", "x main/dhcp/1 Info Failover 0 18102 contact"]


class Server:
    """The API of a server, as the command uses it."""

    def __init__(self, status: Json, log: list[str]) -> None:
        self.status, self.log = status, log

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Json:
        if path == "/log":
            return {"lines": [{"text": each} for each in self.log]}
        return self.status if path == "/status" else {"values": {"main": "main", "backup": "backup"}}

    def post(self, path: str, body: Json) -> Json:
        raise AssertionError("nothing is changed")

    patch = post

    def delete(self, path: str) -> Json:
        raise AssertionError("nothing is changed")


def answer(backup: Json, log: list[str], line: str = "confirm") -> list[str]:
    servers: dict[str, Api] = {"main": Server(NORMAL, LOG), "backup": Server(backup, log)}
    found = Session(servers["main"], servers.__getitem__, lambda: 0.0).execute(f"failover-pair pair {line}")
    assert found is not None
    return found.text().splitlines()


def test_a_pair_that_works() -> None:
    """R-073, R-169, R-170, R-171: an error before the last contact is of the time before."""
    assert answer(NORMAL, LOG) == [
        "100 Ok: the pair works",
        "the servers reach each other: yes",
        "both are in NORMAL: yes",
        "both serve clients: yes",
        "both use the configuration that they have stored: yes",
        "both have the same configuration: yes",
        "the logs have no new error: yes",
        "new clients that got leases in the last 15 minutes: 4",
        "by hand: have a client of each relay get a lease",
    ]


@pytest.mark.parametrize(
    ("server", "pair", "log", "line"),
    [
        (
            {},
            {"communications": "interrupted"},
            LOG,
            "the servers reach each other: backup: communications are interrupted",
        ),
        ({}, {"state": "RECOVER"}, LOG, "both are in NORMAL: backup: it is RECOVER"),
        ({"serving": False, "not_serving_reason": "disk full"}, {}, LOG, "both serve clients: backup: disk full"),
        (
            {"reload_pending": True},
            {},
            LOG,
            "both use the configuration that they have stored: backup: a reload is pending",
        ),
        ({}, {"config_mismatch": ["class 1"]}, LOG, "both have the same configuration: backup: it reports class 1"),
        (
            {},
            {},
            [*LOG, "x main/dhcp/1 Error System 0 18301 new"],
            "the logs have no new error: backup: x main/dhcp/1 Error System 0 18301 new",
        ),
    ],
)
def test_a_step_that_fails(server: dict[str, Any], pair: dict[str, Any], log: list[str], line: str) -> None:
    """R-073."""
    status = {"server": NORMAL["server"] | server, "pairs": [NORMAL["pairs"][0] | pair]}
    first, *lines = answer(status, log)
    assert first == "101 Ok, with warnings: 1 of 6 steps failed"
    assert line in lines


def test_it_has_no_arguments() -> None:
    assert answer(NORMAL, LOG, "confirm now")[0].startswith("306 Invalid command")
