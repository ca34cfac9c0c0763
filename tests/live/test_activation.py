"""Sockets that systemd opens: the first request starts the server, and traps arrive without root."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live.pair import ApiError, LivePair, LiveServer, eventually, free_port
from tests.packaging.units import required

pytestmark = pytest.mark.live


def launcher(*listen: str) -> list[str]:
    """The command line before that of the program. Only named variables are passed on."""
    program = required("systemd-socket-activate", "systemd")
    return [program, *listen, *(each for name in ("PYTHONPATH", "HOME") if name in os.environ for each in ("-E", name))]


def test_the_first_request_starts_a_server_and_a_reload_keeps_the_socket(tmp_path: Path) -> None:
    live = LivePair(tmp_path / "pair")
    server = live.main
    server.launcher = launcher("-l", f"{server.address}:{server.api}", "--fdname=http")
    try:
        server.start()
        assert server.process is not None
        eventually("it listens", lambda: _connects(server.address, server.api))
        eventually("the API answers", lambda: _answers(server))
        server.process.send_signal(signal.SIGHUP)
        eventually("it starts again", lambda: server.log().count(" started.") >= 2)
        eventually("the API answers after the reload", lambda: _answers(server))
    finally:
        live.stop()


def test_a_socket_on_another_address_ends_the_start_with_both_addresses(tmp_path: Path) -> None:
    live = LivePair(tmp_path / "pair")
    server, port = live.main, free_port("127.0.0.1")
    server.launcher = launcher("-l", f"127.0.0.1:{port}", "--fdname=http")
    try:
        server.start()
        assert server.process is not None
        eventually("it listens", lambda: _connects("127.0.0.1", port))
        assert server.process.wait(30) == 1
        server.process = None
        words = (server.directory / "stderr").read_text()
        assert f"a socket on 127.0.0.1 port {port}, and [api] is {server.address} port {server.api}" in words
    finally:
        live.stop()


def test_traps_arrive_by_a_socket_of_the_service_manager() -> None:
    """The first trap starts the program; this is how port 162 is received without root."""
    snmptrap = required("snmptrap", "snmp")
    port = free_port("127.0.0.1", socket.SOCK_DGRAM)
    command = [
        *launcher("-d", "-l", f"127.0.0.1:{port}", "--fdname=traps"),
        sys.executable,
        "-m",
        "console.cli",
        "traps",
    ]
    command += ["--listen", f"127.0.0.1:{port}", "--seconds", "5"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        eventually("it listens", lambda: not _binds(port))
        arguments = ["-v2c", "-c", "public", f"127.0.0.1:{port}", "1", "1.3.6.1.6.3.1.1.5.1"]
        subprocess.run([snmptrap, *arguments], check=True, timeout=20)
        printed, complaints = process.communicate(timeout=60)
    finally:
        process.kill()
    assert "cold-start" in printed, printed + complaints


def _answers(server: LiveServer) -> bool:
    try:
        return bool(server.ask("/healthz"))
    except (ApiError, OSError):
        return False


def _connects(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), 1).close()
    except OSError:
        return False
    return True


def _binds(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
