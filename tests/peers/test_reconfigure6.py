"""dhcpcd is asked to renew by RECONFIGURE: it checks the signature with the key that it got with its lease."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from tests.live.pair import eventually
from tests.peers.programs import end_client, program
from tests.peers.site6 import Site, no_tentative, running_site
from tests.peers.test_foreign_clients6 import PRIVATE

pytestmark = [pytest.mark.peer, pytest.mark.live]

HARDWARE = "02:00:00:00:06:09"
DHCPCD_CONF = """
duid ll
noipv6rs
noipv4
option dhcp6_reconfigure_accept
interface link
ia_na 1
"""
ALLOWED = "default-prefix-length = 56\nreconfigure = true\nreconfigure-on-reload = true\n"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with running_site(tmp_path) as found:
        yield found


def reload(site: Site, name: str, old: str, new: str, words: str = "-> NORMAL") -> None:
    """Change the configuration of a server, and wait until it has logged the words again."""
    directory = site.directory / name
    path, log = directory / "config.toml", directory / "logs" / "name_dhcp_1_log"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    before = log.read_text().count(words)
    site.servers[name].send_signal(signal.SIGHUP)
    eventually(f"{name} has logged {words!r}", lambda: log.read_text().count(words) > before)


def start_dhcpcd(site: Site, cleanup: ExitStack) -> Path:
    """Start the client; return its log."""
    namespace = site.joined("reconfigured", HARDWARE, cleanup)
    eventually("no other machine has the addresses of the link", partial(no_tentative, namespace))
    conf, output = site.directory / "dhcpcd.conf", site.directory / "dhcpcd"
    conf.write_text(DHCPCD_CONF)
    own = f"{PRIVATE}exec {program('dhcpcd')} -B -d -f {conf} -c /bin/true link"
    command = [program("ip"), "netns", "exec", namespace, program("unshare"), "--mount", "sh", "-c", own]
    with output.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT, start_new_session=True)
    cleanup.callback(end_client, process)
    return output


def test_dhcpcd_renews_when_a_reload_has_changed_its_options(site: Site) -> None:
    """RFC 8415 section 20.4: Reconfigure Accept, the key in the REPLY, the signed RECONFIGURE, and RENEW."""
    reload(site, "b", "default-prefix-length = 56\n", ALLOWED, "started.")
    reload(site, "a", "default-prefix-length = 56\n", ALLOWED)  # The main connects when it starts.
    with ExitStack() as cleanup:
        output = start_dhcpcd(site, cleanup)
        eventually("the client has an address", lambda: "BOUND6" in output.read_text())
        assert "accepted reconfigure key" in output.read_text()
        assert "RECONFIGURE6" not in output.read_text()
        reload(site, "a", "2001:db8::53", "2001:db8::54")
        eventually("the client is asked", lambda: "RECONFIGURE6 from fe80:" in output.read_text())
        eventually("the client has renewed", lambda: "executing: /bin/true RENEW6" in output.read_text())
    assert (
        "is sent to the clients of prefix 'na' for reload"
        in (site.directory / "a" / "logs" / "name_dhcp_1_log").read_text()
    )
