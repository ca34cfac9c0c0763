"""DNS updates to BIND: records of leases by a pair, their owner (DHCID), TSIG, and a partner that cleans up."""

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import dns.message
import dns.query
import dns.rdatatype
import pytest
from pydantic import SecretStr

from dhcpserver.config.classes.dns_update import DnsUpdateConfig, Key
from dhcpserver.runtime.dnscarrier import DnsCarrier
from dhcpserver.runtime.outlet import Batch, NotDeliveredError
from dhcpserver.service.dns.follower import DnsChange
from dhcpserver.wire.dhcid import dhcid
from dhcpserver.wire.options4 import MessageType
from tests.live.pair import LivePair, RelayedClient, eventually, free_port
from tests.peers.programs import need_dhcp_ports, program

pytestmark = pytest.mark.peer

ADDRESS = "127.0.0.1"
SECRET = "c2VjcmV0LXNlY3JldC1zZWNyZXQ="
NAMED = """
options {{ directory "{folder}"; pid-file "{folder}/pid"; session-keyfile "{folder}/session"; recursion no;
  listen-on port {port} {{ {address}; }}; listen-on-v6 {{ none; }}; dnssec-validation no; notify no; }};
controls {{ }};
key "ddns" {{ algorithm hmac-sha256; secret "{secret}"; }};
zone "lab.example" {{ type primary; file "lab"; allow-update {{ key ddns; }}; }};
zone "9.10.in-addr.arpa" {{ type primary; file "reverse"; allow-update {{ key ddns; }}; }};
"""
ZONE = """$TTL 60
@ SOA ns.lab.example. root.lab.example. 1 60 60 60 60
@ NS ns.lab.example.
"""
UPDATES = """
[[key]]
name = "ddns"
secret = "{secret}"

[[dns-update-config]]
name = "lab"
server-addr = "{address}"
port = {port}
server-key = "ddns"
forward-zone-name = "lab.example"
reverse-zone-name = "9.10.in-addr.arpa"
"""
POLICY = 'name = "default"\nforward-dnsupdate = "lab"\nreverse-dnsupdate = "lab"\n'


class Bind:
    """A BIND with two zones, which accepts updates with a key."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port(ADDRESS)
        self.folder = folder
        folder.mkdir()
        (folder / "lab").write_text(ZONE + "ns A 127.0.0.1\n")
        (folder / "reverse").write_text(ZONE)
        self.settings = folder / "named.conf"
        self.settings.write_text(NAMED.format(folder=folder, port=self.port, address=ADDRESS, secret=SECRET))
        command = [program("named"), "-g", "-c", str(self.settings), "-n", "1"]
        with (folder / "log").open("w") as log:
            self.process = subprocess.Popen(command, stderr=log)
        try:
            eventually("BIND answers", self.answers)
        except AssertionError:
            self.close()
            raise

    def answers(self) -> bool:
        try:
            return bool(self.ask("lab.example", "SOA"))
        except (OSError, dns.exception.DNSException, EOFError):
            return False

    def ask(self, name: str, kind: str) -> list[str]:
        answer = dns.query.tcp(dns.message.make_query(name, kind), ADDRESS, port=self.port, timeout=5)
        wanted = dns.rdatatype.from_text(kind)
        return sorted(each.to_text() for rrset in answer.answer if rrset.rdtype == wanted for each in rrset)

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(10)


@pytest.fixture
def bind(tmp_path: Path) -> Iterator[Bind]:
    one = Bind(tmp_path / "bind")
    yield one
    one.close()


class Updates:
    """A carrier to a BIND, and what it reported."""

    def __init__(self, bind: Bind, secret: str = SECRET, server: str = ADDRESS, backup: str | None = None) -> None:
        config = DnsUpdateConfig.model_validate(
            {"name": "lab", "server-addr": server, "port": bind.port, "backup-server-addr": backup}
        )
        self.accepted: list[DnsChange] = []
        self.conflicts: list[DnsChange] = []
        key = Key(name="ddns", secret=SecretStr(secret))
        self.carrier = DnsCarrier(config, key, 5.0, self.accepted.append, self.conflicts.append)

    def send(self, add: bool, name: str, address: str, client: int, *, family: int = 4) -> None:
        full = f"{name}.lab.example"
        data = dhcid(bytes((0, 3, 0, 1, client)) if family == 6 else None, bytes((1, client)), full, family=family)
        change = DnsChange("lab", add, False, "lab.example", full, full, address, data)
        self.carrier.send(Batch(1, 0, [change._asdict()]))


def test_a_name_belongs_to_its_first_client(bind: Bind) -> None:
    """RFC 4703: a second client changes nothing, also at the end of its lease."""
    one = Updates(bind)
    one.send(True, "pc", "10.9.1.1", 1)
    assert bind.ask("pc.lab.example", "A") == ["10.9.1.1"]
    one.send(True, "pc", "10.9.1.2", 2)
    assert [each.address for each in one.conflicts] == ["10.9.1.2"]
    one.send(False, "pc", "10.9.1.2", 2)
    one.send(True, "pc", "10.9.1.3", 1)
    assert bind.ask("pc.lab.example", "A") == ["10.9.1.3"], "the client's own new address"
    assert [each.address for each in one.accepted] == ["10.9.1.1", "10.9.1.3"]
    one.send(False, "pc", "10.9.1.1", 1)
    assert bind.ask("pc.lab.example", "A") == ["10.9.1.3"], "a late removal of a former address"
    one.send(False, "pc", "10.9.1.3", 1)
    assert bind.ask("pc.lab.example", "A") == bind.ask("pc.lab.example", "DHCID") == []
    one.send(True, "pc", "2001:db8::1", 3, family=6)
    assert bind.ask("pc.lab.example", "AAAA") == ["2001:db8::1"]
    one.send(True, "ns", "10.9.1.9", 1)
    assert bind.ask("ns.lab.example", "A") == ["127.0.0.1"], "a name of the operator stays"
    assert one.conflicts[-1].owner == "ns.lab.example"


def test_an_update_that_cannot_be_made_is_reported(bind: Bind) -> None:
    with pytest.raises(NotDeliveredError, match=r"BADSIG|signature|TSIG|key"):
        Updates(bind, secret="b3RoZXItb3RoZXI=").send(True, "x", "10.9.1.1", 1)
    with pytest.raises(NotDeliveredError) as caught:
        Updates(bind, server="127.0.0.54").send(True, "x", "10.9.1.1", 1)
    assert (caught.value.refused, "refused" in str(caught.value)) == (False, True)
    by_backup = Updates(bind, server="127.0.0.54", backup=ADDRESS)
    by_backup.send(True, "x", "10.9.1.1", 1)
    assert bind.ask("x.lab.example", "A") == ["10.9.1.1"]


@pytest.mark.live
def test_records_follow_leases_through_failover(bind: Bind, tmp_path: Path) -> None:
    """The main adds them; after its death the backup removes those of a lease that ended."""
    need_dhcp_ports()
    live = LivePair(tmp_path)
    for server in (live.main, live.backup):
        path = server.directory / "config.toml"
        text = path.read_text().replace('name = "default"\n', POLICY)
        path.write_text(text + UPDATES.format(secret=SECRET, address=ADDRESS, port=bind.port))
    client = RelayedClient(1)
    try:
        live.start()
        offer = client.send(live.main, MessageType.DISCOVER, (12, b"laptop"))
        assert offer is not None
        chosen = (50, offer.yiaddr.to_bytes(4, "big")), (54, offer.options[54])
        ack = client.send(live.main, MessageType.REQUEST, *chosen, (81, b"\1\0\0laptop"))
        assert ack is not None
        assert ack.options[81] == b"\1\xff\xfflaptop.lab.example"
        address = socket.inet_ntoa(ack.yiaddr.to_bytes(4, "big"))
        eventually("the name is there", lambda: bind.ask("laptop.lab.example", "A") == [address])
        pointer = ".".join(reversed(address.split("."))) + ".in-addr.arpa"
        eventually("the address is there", lambda: bind.ask(pointer, "PTR") == ["laptop.lab.example."])
        (sent,) = live.main.ask("/api/v1/status")["server"]["dns_updates"]
        assert (sent["to"], sent["sent"], sent["waiting"], sent["fault"]) == ("lab", 2, 0, None)
        assert 'pairwatch_dns_updates_total{outcome="sent",to="lab"} 2.0' in live.main.ask("/metrics")
        (sent,) = live.backup.ask("/api/v1/status")["server"]["dns_updates"]
        assert sent["sent"] == 0
        eventually("the backup has the lease", lambda: (live.backup.lease(address) or {}).get("fqdn"))
        live.main.kill()
        eventually("it is removed", lambda: bind.ask("laptop.lab.example", "A") == [], 40)
        eventually("and the address", lambda: bind.ask(pointer, "PTR") == [])
    finally:
        client.close()
        live.stop()
