"""The receiver with its real child processes, on loopback."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from snmp.codec import encoding
from snmp.errors import ReceiverError
from snmp.mib import specs
from snmp.receive.receiver import Counters, Receiver, ReceiverSettings
from snmp.security.access import Community, User
from tests.snmp.listening import TIMEOUT_SECONDS, adds_up, receive_until, receiver, total, wait_for_count

STOP = encoding.v2c(specs.server_stop(), "public", 100)
START = encoding.v2c(specs.server_start(), "public", 100)


LOW = encoding.v2c(specs.free_address_low("scope-000000", "192.0.2.0/24", 5, 20), "public", 100)


def distinct(number: int) -> bytes:
    return LOW.replace(b"scope-000000", b"scope-%06d" % number)


def children_of(pid: int) -> list[int]:
    """The process IDs of the drain and the worker, once both processes have started."""
    wanted = ("snmp.receive.drain", "snmp.receive.worker")
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while True:
        children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        found = {name: child for child in children for name in wanted if name in command_line(child)}
        if len(found) == len(wanted):
            return [found[name] for name in wanted]
        assert time.monotonic() < deadline, [command_line(child) for child in children]
        time.sleep(0.01)


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except FileNotFoundError:
        return ""


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_burst_of_2000_different_traps_is_received_without_loss() -> None:
    burst = [distinct(number) for number in range(2_000)]
    with receiver() as (listening, address), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for data in burst:
            sock.sendto(data, address)
        seen = receive_until(listening, lambda found: total(found) == 2_000)
        counters = listening.counters()
    assert {one.get("scope-name") for one in seen} == {f"scope-{number:06}" for number in range(2_000)}
    assert counters == Counters(2_000, 2_000, 0, 0, 0, 0)


def test_a_burst_of_2000_equal_traps_becomes_a_few_notifications() -> None:
    with receiver() as (listening, address), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for _ in range(2_000):
            sock.sendto(START, address)
        seen = receive_until(listening, lambda found: total(found) == 2_000)
        counters = listening.counters()
    assert len(seen) < 20
    assert counters.decoded == len(seen)
    assert counters.received == 2_000
    assert adds_up(counters)


def test_random_octets_are_counted_and_do_not_stop_the_receiver() -> None:
    entropy = random.Random(20261123)
    noise = [entropy.randbytes(entropy.randrange(1500)) for _ in range(500)]
    noise += [b"", b"\x30" * 500, START + b"x", START[:-1], bytes(65_000)]
    with receiver() as (listening, address), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for data in noise:
            sock.sendto(data, address)
        sock.sendto(START, address)
        (seen,) = receive_until(listening, lambda found: total(found) == 1)
        counters = listening.counters()
    assert seen.name == "server-start"
    assert counters == Counters(len(noise) + 1, 1, 0, len(noise), 0, 0)


def test_a_full_queue_drops_and_counts_datagrams() -> None:
    with receiver(queue_limit=1) as (listening, address):
        child, _ = children_of(os.getpid())
        os.kill(child, signal.SIGSTOP)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            for number in range(300):
                sock.sendto(distinct(number), address)
        os.kill(child, signal.SIGCONT)
        counters = wait_for_count(listening, 300)
        causes, (rejection,) = listening.causes(), listening.rejections()
    assert counters.received == 300
    assert causes == {"queue-full": counters.dropped}
    assert (rejection.source, rejection.reason, rejection.count) == ("127.0.0.1", "queue-full", counters.dropped)
    assert counters.dropped > 200
    assert adds_up(counters)


def test_a_storm_does_not_displace_the_first_trap_of_another_kind_or_source() -> None:
    """The worker is stopped, one source repeats itself, and then other traps arrive."""
    with receiver(queue_limit=100) as (listening, address):
        _, worker = children_of(os.getpid())
        os.kill(worker, signal.SIGSTOP)
        with (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as loud,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as calm,
        ):
            calm.bind(("127.0.0.2", 0))
            for number in range(3_000):
                loud.sendto(distinct(number), address)
                if number == 2_000:
                    calm.sendto(START, address)
                    loud.sendto(STOP, address)
            time.sleep(0.2)
        os.kill(worker, signal.SIGCONT)
        lost = listening.counters().kernel_drops
        seen = receive_until(listening, lambda _: listening.counters().received == 3_002 - lost)
        counters = listening.counters()
        seen += listening.close()
    assert adds_up(counters)
    assert counters.dropped > 1_000
    assert lost == 0
    assert [one.source[0] for one in seen if one.name == "server-start"] == ["127.0.0.2"]
    assert [one.source[0] for one in seen if one.name == "server-stop"] == ["127.0.0.1"]


def test_datagrams_dropped_by_the_kernel_are_counted_separately() -> None:
    with receiver() as (listening, address):
        child, _ = children_of(os.getpid())
        os.kill(child, signal.SIGSTOP)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            for _ in range(20_000):
                sock.sendto(START, address)
        lost = listening.counters().kernel_drops
        os.kill(child, signal.SIGCONT)
        seen = receive_until(listening, lambda found: total(found) + lost == 20_000)
        counters = listening.counters()
    assert lost > 0
    assert counters.received + counters.kernel_drops == 20_000
    assert total(seen) == counters.received
    assert adds_up(counters)


def test_close_returns_the_notifications_that_were_not_yet_received() -> None:
    listening = Receiver(ReceiverSettings((("127.0.0.1", 0),)))
    (address,) = listening.start()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for number in range(100):
            sock.sendto(distinct(number), address)
    assert total(listening.close()) == 100
    assert listening.counters() == Counters(100, 100, 0, 0, 0, 0)
    assert listening.close() == []


@pytest.mark.parametrize("which", [0, 1])
def test_child_processes_that_die_are_replaced(
    which: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with receiver() as (listening, address), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendto(START, address)
        receive_until(listening, lambda found: total(found) == 1)
        children = children_of(os.getpid())
        monkeypatch.setattr("snmp.receive.receiver._MINIMUM_LIFETIME_SECONDS", 0.0)
        os.kill(children[which], signal.SIGKILL)
        receive_until(listening, lambda _: "starting new ones" in caplog.text)
        sock.sendto(START, address)
        receive_until(listening, lambda found: total(found) == 1)
        counters = listening.counters()
        assert not set(children_of(os.getpid())) & set(children)
    assert counters == Counters(2, 2, 0, 0, 0, 0)


@pytest.mark.parametrize("which", [0, 1])
def test_a_child_process_that_dies_at_once_is_an_error_and_is_not_replaced(which: int) -> None:
    with receiver() as (listening, _):
        os.kill(children_of(os.getpid())[which], signal.SIGKILL)
        with pytest.raises(ReceiverError, match="processes ended after"):
            receive_until(listening, lambda found: False)


def test_the_child_processes_end_when_their_parent_is_killed() -> None:
    program = (
        "from snmp.receive.receiver import *; import sys, time\n"
        "r = Receiver(ReceiverSettings((('127.0.0.1', 0),))); r.start()\n"
        "print('up', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"up\n"
        children = children_of(parent.pid)
        parent.kill()
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while any(is_running(child) for child in children):
        assert time.monotonic() < deadline, "a child process still runs after its parent"
        time.sleep(0.01)


def test_a_port_in_use_is_an_error_of_one_line() -> None:
    with receiver() as (_, address), pytest.raises(ReceiverError, match=r"cannot listen for traps on 127\.0\.0\.1"):
        Receiver(ReceiverSettings((("127.0.0.1", 0), address))).start()


def test_the_receiver_listens_on_ipv4_and_ipv6_at_once() -> None:
    listening = Receiver(ReceiverSettings((("127.0.0.1", 0), ("::1", 0), ("127.0.0.2", 0))))
    addresses = listening.start()
    assert [host for host, _ in addresses] == ["127.0.0.1", "::1", "127.0.0.2"]
    for host, port in addresses:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.sendto(START, (host, port))
    seen = receive_until(listening, lambda found: total(found) == 3)
    listening.close()
    assert {one.source[0] for one in seen} == {"127.0.0.1", "::1"}


def test_the_wildcard_addresses_of_both_families_can_share_a_port() -> None:
    listening = Receiver(ReceiverSettings((("0.0.0.0", 0),)))
    ((_, port),) = listening.start()
    other = Receiver(ReceiverSettings((("::", port),)))
    assert other.start() == (("::", port),)
    other.close()
    listening.close()


def test_a_smaller_buffer_than_requested_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    wanted = 2**30
    with receiver(buffer_octets=wanted):
        pass
    (record,) = caplog.records
    granted = int(record.args[0])  # type: ignore[index, arg-type]
    assert granted < wanted
    assert f"a buffer of {granted} of the requested {wanted} octets; raise net.core.rmem_max" in record.getMessage()


def test_secrets_are_not_in_command_lines_and_not_in_repr() -> None:
    """Every user of the machine can read process arguments."""
    user = User("noc", "sha", "authentic-secret", "aes-128", "private-secret")
    community = Community("community-secret")
    with receiver(users=(user,), communities=(community,)):
        texts = [command_line(child) for child in children_of(os.getpid())]
    texts += [repr(user), repr(community), repr(ReceiverSettings((("::1", 0),), (community,), (user,)))]
    assert all("snmp" in text or "noc" in text or "Community" in text for text in texts)
    assert not any("secret" in text for text in texts)


def test_a_caller_that_does_not_call_receive_loses_nothing_below_the_limit() -> None:
    """Notifications wait in bounded pipes and queues."""
    with receiver() as (listening, address), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for number in range(5_000):
            sock.sendto(distinct(number), address) if number % 500 else time.sleep(0.02)
        time.sleep(0.5)
        kernel = listening.counters().kernel_drops
        receive_until(listening, lambda found: total(found) == 4_990 - kernel)
        counters = wait_for_count(listening, 4_990 - kernel)
    assert adds_up(counters)
    assert counters.dropped == 0


def test_start_refuses_a_user_that_is_not_valid() -> None:
    listening = Receiver(ReceiverSettings((("127.0.0.1", 0),), users=(User("noc", "sha", "short"),)))
    with pytest.raises(ReceiverError, match="user 'noc': auth_key: a key has at least 8 characters, it has 5"):
        listening.start()


def test_pysnmp_is_not_loaded_before_it_is_needed() -> None:
    """Importing it takes a third of a second."""
    program = "import sys, snmp.receive.worker; print('pysnmp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout == b"False\n"
