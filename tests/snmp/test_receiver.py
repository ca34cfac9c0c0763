"""The receiver with its real child process, on loopback."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from snmp import encoding, specs
from snmp.errors import ReceiverError
from snmp.receiver import Counters, Receiver, ReceiverSettings
from tests.snmp.listening import PATIENCE_SECONDS, heard, receiver, total

START = encoding.v2c(specs.server_start(), "public", 100)


def distinct(number: int) -> bytes:
    return encoding.v2c(specs.free_address_low(f"scope-{number}", "192.0.2.0/24", 5, 20), "public", number)


def adds_up(counters: Counters) -> bool:
    return counters.received == (counters.decoded + counters.coalesced + counters.rejected + counters.dropped)


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_burst_of_2000_different_traps_is_heard_whole() -> None:
    burst = [distinct(number) for number in range(2_000)]
    with receiver() as (listening, address), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for data in burst:
            sock.sendto(data, address)
        seen = heard(listening, lambda found: total(found) == 2_000)
        counters = listening.counters()
    assert {one.get("scope-name") for one in seen} == {f"scope-{number}" for number in range(2_000)}
    assert counters == Counters(2_000, 2_000, 0, 0, 0, 0)


def test_a_burst_of_2000_equal_traps_is_a_few_notifications() -> None:
    with receiver() as (listening, address), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for _ in range(2_000):
            sock.sendto(START, address)
        seen = heard(listening, lambda found: total(found) == 2_000)
        counters = listening.counters()
    assert len(seen) < 20
    assert counters.decoded == len(seen)
    assert counters.received == 2_000
    assert adds_up(counters)


def test_noise_ends_nothing_and_is_counted() -> None:
    entropy = random.Random(20261123)
    noise = [entropy.randbytes(entropy.randrange(1500)) for _ in range(500)]
    noise += [b"", b"\x30" * 500, START + b"x", START[:-1], bytes(65_000)]
    with receiver() as (listening, address), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for data in noise:
            sock.sendto(data, address)
        sock.sendto(START, address)
        (seen,) = heard(listening, lambda found: total(found) == 1)
        counters = listening.counters()
    assert seen.name == "server-start"
    assert counters == Counters(len(noise) + 1, 1, 0, len(noise), 0, 0)


def test_a_full_queue_drops_and_counts() -> None:
    with receiver(queue_limit=1) as (listening, address):
        (child,) = children_of(os.getpid())
        os.kill(child, signal.SIGSTOP)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            for number in range(300):
                sock.sendto(distinct(number), address)
        os.kill(child, signal.SIGCONT)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while listening.counters().received < 300 and time.monotonic() < deadline:
            listening.receive(0.05)
        counters = listening.counters()
    assert counters.received == 300
    assert counters.dropped > 200
    assert adds_up(counters)


def test_what_the_kernel_drops_is_counted_apart() -> None:
    with receiver() as (listening, address):
        (child,) = children_of(os.getpid())
        os.kill(child, signal.SIGSTOP)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            for _ in range(20_000):
                sock.sendto(START, address)
        lost = listening.counters().kernel_drops
        os.kill(child, signal.SIGCONT)
        seen = heard(listening, lambda found: total(found) + lost == 20_000)
        counters = listening.counters()
    assert lost > 0
    assert counters.received + counters.kernel_drops == 20_000
    assert total(seen) == counters.received
    assert adds_up(counters)


def test_closing_tells_what_was_still_on_its_way() -> None:
    listening = Receiver(ReceiverSettings(("127.0.0.1", 0)))
    address = listening.start()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for number in range(100):
            sock.sendto(distinct(number), address)
    assert total(listening.close()) == 100
    assert listening.counters() == Counters(100, 100, 0, 0, 0, 0)
    assert listening.close() == []


def test_a_child_that_dies_is_replaced() -> None:
    with receiver() as (listening, address), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendto(START, address)
        heard(listening, lambda found: total(found) == 1)
        (child,) = children_of(os.getpid())
        deadline = time.monotonic() + 1.1
        while time.monotonic() < deadline:
            listening.receive(0.2)
        os.kill(child, signal.SIGKILL)
        sock.sendto(START, address)
        heard(listening, lambda found: total(found) == 1)
        counters = listening.counters()
        assert children_of(os.getpid()) != [child]
    assert counters == Counters(2, 2, 0, 0, 0, 0)


def test_a_child_that_dies_at_once_is_an_error_and_no_loop() -> None:
    with receiver() as (listening, _):
        (child,) = children_of(os.getpid())
        os.kill(child, signal.SIGKILL)
        with pytest.raises(ReceiverError, match="process ended after"):
            heard(listening, lambda found: False)


def test_the_child_ends_when_its_parent_is_killed() -> None:
    program = (
        "from snmp.receiver import *; import sys, time\n"
        "r = Receiver(ReceiverSettings(('127.0.0.1', 0))); r.start()\n"
        "print('up', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"up\n"
        (child,) = children_of(parent.pid)
        parent.kill()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while is_running(child):
        assert time.monotonic() < deadline, "the child outlives its parent"
        time.sleep(0.01)


def test_a_port_in_use_is_said_in_one_line() -> None:
    with receiver() as (_, address), pytest.raises(ReceiverError, match=r"cannot listen for traps on 127\.0\.0\.1"):
        Receiver(ReceiverSettings(address)).start()


def test_it_listens_on_ipv6() -> None:
    listening = Receiver(ReceiverSettings(("::1", 0)))
    address = listening.start()
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
        sock.sendto(START, address)
    (seen,) = heard(listening, lambda found: total(found) == 1)
    listening.close()
    assert seen.source[0] == "::1"
