"""Clients in a directory of slapd: attributes, two servers, and a directory that is away."""

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ldap3
import pytest
from ldap3.core.exceptions import LDAPException

from dhcpserver.config.objects import Configuration
from dhcpserver.runtime.ldapdirectory import LdapDirectory
from dhcpserver.service.consulting import Asked, Finding, Question
from tests.live.pair import LivePair, RelayedClient, eventually, free_port
from tests.peers.programs import need_dhcp_ports, program

pytestmark = pytest.mark.peer

BASE = "dc=example,dc=org"
MANAGER = f"cn=manager,{BASE}"
SETTINGS = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/pid
database mdb
suffix "{base}"
rootdn "{manager}"
rootpw hush
directory {folder}/data
"""
LDAP = f"""
[[ldap]]
name = "directory"
hostname = "127.0.0.1"
port = %d
username = "{MANAGER}"
password = "hush"
search-path = "{BASE}"
query-dictionary = {{ ou = "client-class-name", l = "selection-criteria", description = "host-name" }}
"""


class Slapd:
    """A slapd with two clients."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port("127.0.0.1")
        (folder / "data").mkdir(parents=True)
        settings = folder / "slapd.conf"
        settings.write_text(SETTINGS.format(folder=folder, base=BASE, manager=MANAGER))
        command = [program("slapd"), "-f", str(settings), "-h", f"ldap://127.0.0.1:{self.port}", "-d", "0"]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            self.connection = eventually("slapd answers", self._connect)
        except AssertionError:
            self.close()
            raise
        add: Any = self.connection.add
        assert add(BASE, ["dcObject", "organization"], {"o": "Example"})
        device = {"ou": "phone", "l": ["voice", "new"], "description": "desk"}
        assert add(f"cn=02:00:00:00:00:01,{BASE}", "device", device)
        assert add(f"cn=00:03:00:01:02:00:00:00:00:02,{BASE}", "device", {"ou": "phone"})

    def _connect(self) -> ldap3.Connection | None:
        connection = ldap3.Connection(ldap3.Server("127.0.0.1", self.port, get_info=ldap3.NONE), MANAGER, "hush")
        try:
            return connection if connection.bind() else None
        except LDAPException:
            connection.socket.close()
            return None

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(10)


@pytest.fixture
def slapd(tmp_path: Path) -> Iterator[Slapd]:
    one = Slapd(tmp_path / "slapd")
    yield one
    one.connection.unbind()
    one.close()


def settings(port: int, **more: Any) -> dict[str, Any]:
    return {
        "name": f"at {port}",
        "hostname": "127.0.0.1",
        "port": port,
        "username": MANAGER,
        "password": "hush",
        "search-path": BASE,
        "query-dictionary": {"ou": "client-class-name", "l": "selection-criteria", "description": "host-name"},
        "query-timeout": 1,
    } | {name.replace("_", "-"): value for name, value in more.items()}


async def found(names: list[str], *servers: dict[str, Any]) -> Finding:
    """Ask for a client."""
    got: asyncio.Queue[Finding] = asyncio.Queue()
    directory = LdapDirectory(Configuration.model_validate({"server": {"name": "a"}, "ldap": servers}), got.put_nowait)
    directory.ask(Question(7, Asked.DIRECTORY, {"names": names}))
    finding = await asyncio.wait_for(got.get(), 20)
    await directory.close()
    return finding


async def test_the_attributes_of_an_entry_are_those_of_a_client(slapd: Slapd) -> None:
    """R-082."""
    client = await found(["02:00:00:00:00:01"], settings(slapd.port))
    assert client.failure == ""
    assert client.result["client-class-name"] == "phone"
    assert sorted(client.result["selection-criteria"]) == ["new", "voice"]
    assert client.result["host-name"] == "desk"
    by_duid = ["00:03:00:01:02:00:00:00:00:02", "02:00:00:00:00:01"]
    assert (await found(by_duid, settings(slapd.port))).result == {
        "client-class-name": "phone",
        "selection-criteria": [],
    }
    for names in (["02:00:00:00:00:09"], ["*"], ["a)(cn=*"]):
        assert await found(names, settings(slapd.port)) == Finding(7)


async def test_servers_are_asked_in_the_order_of_their_preference(slapd: Slapd) -> None:
    """R-082: one that is away is passed over; without any answer there is a reason."""
    away = settings(free_port("127.0.0.1"), preference=1)
    name = ["02:00:00:00:00:01"]
    assert (await found(name, settings(slapd.port, preference=2), away)).result["client-class-name"] == "phone"
    refused = await found(name, settings(slapd.port, password="wrong"), away)
    assert "is refused" in refused.failure
    off = settings(slapd.port, enabled=False)
    assert "127.0.0.1" in (await found(name, off, away)).failure


@pytest.mark.live
def test_a_server_asks_the_directory_and_goes_on_without_it(slapd: Slapd, tmp_path: Path) -> None:
    need_dhcp_ports()
    live = LivePair(tmp_path)
    path = live.main.directory / "config.toml"
    text = path.read_text().replace(
        'name = "main"\nlog', 'name = "main"\nclient-class = true\nclient-cache-ttl = 0\nlog'
    )
    text = text.replace('name = "s1"', 'name = "s1"\nselection-tags = ["voice", "new"]')
    path.write_text(text + '\n[[client-class]]\nname = "phone"\n' + LDAP % slapd.port)
    client = RelayedClient(1)
    client.hardware = bytes.fromhex("020000000001")
    try:
        live.main.start()
        eventually("PARTNER-DOWN", lambda: live.main.state() == "PARTNER-DOWN")
        address = client.get(live.main)
        assert address is not None
        lease = live.main.lease(address)
        assert lease is not None
        assert lease["host_name"] == "desk"
        assert live.main.ask("/api/v1/status")["server"]["ldap"]["answered"] >= 2
        slapd.process.terminate()
        slapd.process.wait(10)
        client.patience = 5.0
        assert client.get(live.main) == address, "as the default client"
        assert live.main.ask("/api/v1/status")["server"]["ldap"]["failed"] >= 1
        assert "Clients were not found by LDAP" in live.main.log()
        assert "hush" not in live.main.log()
    finally:
        client.close()
        live.stop()
