"""The checklist of a pair, and the sizing for each set of pools that clients can use."""

import copy
from collections.abc import Mapping
from typing import Any

import pytest

from dhcpserver.config.objects import Configuration
from dhcpserver.nrcmd.api import Api, Json
from dhcpserver.nrcmd.checklist import IDENTICAL, cover, pool_sets
from dhcpserver.nrcmd.session import Session

DOCUMENT: Json = {
    "server": {"name": "main", "client-class": True},
    "cluster": [{"name": "main", "ipaddr": "127.0.0.1"}, {"name": "backup", "ipaddr": "127.0.0.2"}],
    "failover-pair": [{"name": "pair", "main": "main", "backup": "backup"}],
    "policy": [{"name": "default", "grace-period": 300}],
    "scope": [
        {"name": "lab", "subnet": "10.0.1.0/24", "ranges": ["10.0.1.10-10.0.1.99"], "selection-tags": ["data"]},
        {
            "name": "phones",
            "subnet": "10.0.2.0/24",
            "primary-subnet": "10.0.1.0/24",
            "ranges": ["10.0.2.10-10.0.2.99"],
            "selection-tags": ["voice"],
        },
        {"name": "hall", "subnet": "10.0.3.0/24", "ranges": ["10.0.3.10-10.0.3.99"]},
    ],
    "prefix": [{"name": "six", "address": "2001:db8::/64"}],
    "client-class": [{"name": "phone", "selection-criteria": ["voice"]}],
}


class Server:
    """The API of a server, as the checklist uses it."""

    def __init__(
        self, name: str, document: Json, pools: Mapping[str, tuple[int | None, int]], relays: list[str]
    ) -> None:
        self.document = document | {"server": document["server"] | {"name": name}}
        self.status: dict[str, Any] = {
            "name": "pair",
            "pools": [
                {"name": pool, "available": available, "new_clients_15m": arrived}
                for pool, (available, arrived) in pools.items()
            ],
            "traffic": {"relays": [{"address": each} for each in (*relays, None)]},
        }

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Json:
        if path == "/status":
            return {"pairs": [self.status]}
        if path == "/config/document":
            assert query == {"copy": "running"}
            return {"document": self.document}
        assert path == "/config/objects/failover-pair/pair"
        return {"values": {"main": "main", "backup": "backup"}}

    def post(self, path: str, body: Json) -> Json:
        raise AssertionError("nothing is changed")

    patch = post

    def delete(self, path: str) -> Json:
        raise AssertionError("nothing is changed")


POOLS = {"lab": (40, 3), "phones": (5, 4), "hall": (40, 0), "six": (None, 2)}


def answer(line: str, backup: Json = DOCUMENT, relays: tuple[str, ...] = ()) -> list[str]:
    servers: dict[str, Api] = {
        "main": Server("main", DOCUMENT, POOLS, ["10.0.1.1", *relays]),
        "backup": Server("backup", backup, POOLS, ["10.0.1.1"]),
    }
    found = Session(servers["main"], servers.__getitem__, lambda: 0.0).execute(f"failover-pair pair {line}")
    assert found is not None
    return found.text().splitlines()


def test_equal_partners_match_in_every_class() -> None:
    """R-100: each class of Table 2, but what is a server's own."""
    first, *lines = answer("checklist")
    assert first == "100 Ok: both partners are equal"
    assert [line for line in lines if line.endswith(": match")] == [f"{row.value.label}: match" for row in IDENTICAL]
    for label in (
        "Scopes",
        "Prefixes",
        "Links",
        "Reservations",
        "Client-class",
        "VPN",
        "Extensions",
        "LDAP remote server",
    ):
        assert f"{label}: match" in lines
    assert lines[-1].startswith("by hand: stop the main from time to time")


def test_a_difference_is_named_in_its_class() -> None:
    """R-100: ranges, selection tags and dynamic BOOTP are attributes of scopes."""
    other = copy.deepcopy(DOCUMENT)
    other["scope"][0]["ranges"] = ["10.0.1.10-10.0.1.50"]
    other["scope"][2]["bootp"] = True
    other["policy"][0]["grace-period"] = 60
    first, *lines = answer("checklist", other)
    assert first == "101 Ok, with warnings: 3 differences"
    at = lines.index("Scopes: 2 differ")
    assert "scope lab: replace ranges" in lines[at + 1]
    assert "scope hall: remove bootp: true" in lines[at + 2]
    assert lines[lines.index("Policy: all other properties: 1 differ") + 1].endswith("grace-period: 60 -> 300")


def test_relays_that_send_to_one_server_only_are_a_hint() -> None:
    """R-102: whether all relays send to both cannot be found in the configuration, so it is checked by hand."""
    lines = answer("checklist", relays=("10.0.9.1",))
    at = lines.index("by hand: every relay must send to both servers")
    assert lines[at + 1] == "    seen by the main only: 10.0.9.1"
    assert not any("seen by" in line for line in answer("checklist"))


def test_the_backup_must_be_able_to_serve_for_a_reasonable_time() -> None:
    """R-101, R-119: for each set of pools that clients select, with the new clients that both servers had."""
    first, *lines = answer("sizing")
    assert first == "101 Ok, with warnings: by the new clients of the last 15 minutes"
    assert lines == [
        "lab, phones (all clients): the backup has 45 for 56 new clients an hour, 0.8 h; 2 h need 112, 12 h need 672: "
        "TOO FEW",
        "phones (client-class phone): the backup has 5 for 32 new clients an hour, 0.2 h; 2 h need 64, 12 h need 384: "
        "TOO FEW",
        "hall (all clients): the backup has 40; no new clients in the last 15 minutes",
    ]


def test_a_client_with_criteria_of_its_own_has_a_set_of_its_own() -> None:
    """R-119."""
    other = copy.deepcopy(DOCUMENT)
    other["client"] = [{"name": "02:00:00:00:00:01", "selection-criteria": ["data"]}]
    found = [(each.who, each.pools) for each in pool_sets(Configuration.model_validate(other))]
    assert ("client 02:00:00:00:00:01", ("lab",)) in found


def test_without_client_class_the_sets_are_links() -> None:
    """R-119."""
    plain = copy.deepcopy(DOCUMENT)
    plain["server"]["client-class"] = False
    found = [each.pools for each in pool_sets(Configuration.model_validate(plain))]
    assert found == [("lab", "phones"), ("hall",), ("six",)]


@pytest.mark.parametrize(
    ("available", "rate", "verdict"),
    [(7, 4, "TOO FEW"), (8, 4, "enough by day"), (47, 4, "enough by day"), (48, 4, "enough")],
)
def test_what_is_enough(available: int, rate: int, verdict: str) -> None:
    """R-101: two hours in working hours, twelve outside of them."""
    assert cover(available, rate).endswith(f": {verdict}")


def test_the_commands_have_no_arguments() -> None:
    for line in ("checklist all", "sizing 5"):
        assert answer(line)[0].startswith("306 Invalid command")
