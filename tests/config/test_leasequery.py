"""Listeners of bulk lease queries: what they need, and their ports."""

import pytest

from dhcpserver.config.document import read
from dhcpserver.config.errors import ConfigurationError

ON = 'leasequery = true\nleasequery-relays = ["192.0.2.0/24"]\nleasequery-relays6 = ["2001:db8::/32"]\n'


def text(server: str, *addresses: str) -> str:
    listeners = "".join(f'[[leasequery-listener]]\naddress = "{address}"\n' for address in addresses)
    return f'[server]\nname = "a"\n{server}{listeners}'


def test_the_port_is_that_of_the_family() -> None:
    listeners = read(text(ON, "127.0.0.1", "::1")).leasequery_listener
    assert [listener.tcp_port for listener in listeners] == [67, 547]
    assert read(text(ON, "127.0.0.1") + "port = 6067\n").leasequery_listener[0].tcp_port == 6067


def test_there_is_none_by_default() -> None:
    assert read(text(ON)).leasequery_listener == ()


@pytest.mark.parametrize(
    ("server", "addresses", "fault"),
    [
        ("", ("127.0.0.1",), "it needs leasequery = true"),
        ("leasequery = true\n", ("127.0.0.1",), "in leasequery-relays"),
        ('leasequery = true\nleasequery-relays = ["10.0.0.0/8"]\n', ("::1",), "in leasequery-relays6"),
        (ON, ("127.0.0.1", "127.0.0.1"), "127.0.0.1 port 67 is there twice"),
        (ON, ("elsewhere",), "address"),
    ],
)
def test_a_listener_that_would_answer_no_requester_is_refused(
    server: str, addresses: tuple[str, ...], fault: str
) -> None:
    with pytest.raises(ConfigurationError, match=fault):
        read(text(server, *addresses))
