"""The sockets of the service manager are found by their name, for this process only."""

import os
import socket

import pytest

from snmp.activation import FIRST_DESCRIPTOR, ActivationError, passed_sockets, take


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"LISTEN_PID": "1", "LISTEN_FDS": "1", "LISTEN_FDNAMES": "traps"},
        {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "x", "LISTEN_FDNAMES": "traps"},
        {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"},
        {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1", "LISTEN_FDNAMES": "http"},
    ],
)
def test_without_a_socket_of_that_name_for_this_process_there_is_none(environment: dict[str, str]) -> None:
    assert passed_sockets("traps", environment) == []


def test_a_socket_is_found_by_its_name_and_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.bind(("127.0.0.1", 0))
        monkeypatch.setattr("snmp.activation.FIRST_DESCRIPTOR", opened.fileno() - 1)
        environment = {"LISTEN_PID": "7", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "other:traps"}
        (found,) = passed_sockets("traps", environment, 7)
        with found:
            assert found.getsockname() == opened.getsockname()
            assert found.fileno() != opened.fileno()
    assert FIRST_DESCRIPTOR == 3


def test_a_socket_on_an_address_that_is_not_configured_is_refused() -> None:
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.bind(("127.0.0.1", 0))
    with pytest.raises(ActivationError, match=r"0\.0\.0\.0 port 162"):
        take([opened], [("0.0.0.0", 162)], "[traps] listen")
    assert opened.fileno() == -1
