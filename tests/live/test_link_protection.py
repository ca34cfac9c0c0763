"""A real pair whose link uses IPv6 with TLS and a shared secret, and its errors when TLS is not set up correctly."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from tests.live.pair import LivePair, LiveServer, RelayedClient, eventually

SECRET = 'shared-secret = "a secret of both servers"\n'
IPV6 = """main-ip6address = "::1"
backup-ip6address = "::1"
main-server = "0.0.0.0"
"""


def free_port6() -> int:
    with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
        probe.bind(("::1", 0))
        port: int = probe.getsockname()[1]
        return port


def certified(directory: Path, authority: trustme.CA) -> str:
    """The TLS attributes of a server that has its own certificate."""
    certificate = authority.issue_cert("pairwatch.example")
    chain, key, trusted = (directory / name for name in ("chain.pem", "key.pem", "ca.pem"))
    certificate.private_key_pem.write_to_path(str(key))
    certificate.cert_chain_pems[0].write_to_path(str(chain))
    authority.cert_pem.write_to_path(str(trusted))
    return f'tls = true\ntls-certificate = "{chain}"\ntls-key = "{key}"\ntls-ca = "{trusted}"\n'


def configure(server: LiveServer, addition: str) -> None:
    path = server.directory / "config.toml"
    text = path.read_text()
    path.write_text(text.replace('backup = "backup"\n', f'backup = "backup"\n{addition}', 1))


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[LivePair]:
    pair = LivePair(tmp_path)
    yield pair
    pair.stop()


def failure(server: LiveServer) -> str:
    seen = server.pair()
    return str(seen["link_failure"]["text"]) if seen and seen["link_failure"] else ""


def test_a_pair_uses_ipv6_with_tls_and_a_secret(pair: LivePair, tmp_path: Path) -> None:
    """R-003, R-055: IPv4 is off; leases are replicated, also after one server was killed and started again."""
    authority = trustme.CA()
    ports = (free_port6(), free_port6())
    for server in (pair.main, pair.backup):
        configure(server, IPV6 + SECRET + certified(server.directory, authority))
        path = server.directory / "config.toml"
        lines = [line for line in path.read_text().splitlines() if not line.startswith(("main-port", "backup-port"))]
        place = lines.index('backup = "backup"')
        lines[place:place] = [f"main-port = {ports[0]}", f"backup-port = {ports[1]}"]
        path.write_text("\n".join(lines))
    pair.start()
    link = (pair.main.pair() or {})["link"]
    assert (link["transport"], link["tls"], link["digest"]) == ("ipv6", True, True)
    client = RelayedClient(1)
    try:
        address = client.get(pair.main)
        assert address is not None
        eventually(
            "the lease is on the backup",
            lambda: (pair.backup.lease(address) or {}).get("state") == "leased",
        )
    finally:
        client.close()
    pair.main.kill()
    eventually("the backup detects it", lambda: pair.backup.state() == "COMMUNICATIONS-INTERRUPTED")
    pair.main.start()
    pair.wait_until_normal()


def test_an_untrusted_certificate_is_refused_and_reported(pair: LivePair) -> None:
    for server in (pair.main, pair.backup):
        configure(server, certified(server.directory, trustme.CA()))
        server.start()
    eventually("the main reports why", lambda: "TLS" in failure(pair.main))
    eventually("the backup reports why", lambda: "TLS" in failure(pair.backup))
    assert pair.backup.state() != "NORMAL"


def test_tls_on_one_server_only_is_reported_by_both(pair: LivePair) -> None:
    configure(pair.main, certified(pair.main.directory, trustme.CA()))
    pair.main.start()
    pair.backup.start()
    eventually("the main reports why", lambda: "TLS is not configured here" in failure(pair.main))
    eventually("the backup reports why", lambda: "requires TLS" in failure(pair.backup))


def test_a_certificate_that_cannot_be_read_is_named_in_the_error(pair: LivePair) -> None:
    configure(pair.main, 'tls = true\ntls-certificate = "no-such"\ntls-key = "no"\ntls-ca = "no"\n')
    pair.main.start()
    assert pair.main.process is not None
    assert pair.main.process.wait(20) == 1
    pair.main.process = None
    assert "tls-certificate: cannot use no-such" in (pair.main.directory / "stderr").read_text()
