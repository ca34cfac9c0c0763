"""The measured receivers: starting them, their processor time, and what they received."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_CLOCK = os.sysconf("SC_CLK_TCK")
_START_SECONDS = 20.0
_RUN = "import sys; from console.cli import main; sys.exit(main())"
_SERVER = '[[pair.server]]\nname = "{role}"\nrole = "{role}"\napi = "http://127.0.0.1:9"\nuser = "nobody"\n'
_PAIR = '[[pair]]\nname = "none"\n' + _SERVER.format(role="main") + _SERVER.format(role="backup")
"""A configuration needs a pair; this one is not polled."""
_REPORTED = re.compile(rb"scope-\d{9}")


@dataclass(frozen=True, slots=True)
class Received:
    """What a receiver has reported."""

    traps: int
    lines: int
    counters: dict[str, int]
    """Empty for a receiver without counters."""
    kernel_drops: int
    """The kernel's count for the socket."""

    def adds_up(self, sent: int) -> bool:
        """Whether the counters, if there are any, account for every sent trap."""
        found = self.counters
        if not found:
            return True
        ends = found["decoded"] + found["coalesced"] + found["rejected"] + found["dropped"]
        reported = found["decoded"] + found["coalesced"]
        return (
            found["received"] == ends and found["received"] + found["kernel_drops"] == sent and reported == self.traps
        )

    def drops(self, sent: int) -> str:
        """Return where the other sent traps were dropped."""
        own = self.counters.get("dropped", 0)
        unknown = sent - self.traps - own - self.kernel_drops
        parts = [f"{self.kernel_drops} kernel"] + [f"{own} receiver, counted"] * bool(own)
        return ", ".join(parts + [f"{unknown} unaccounted for"] * bool(unknown))


class Running(ABC):
    """A receiver that listens on `port`."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, output: Path) -> None:
        self.process = process
        self.port = port
        self.output = output
        self._kernel_drops = 0

    def cpu(self) -> float:
        """Processor seconds of all its processes so far."""
        return sum(_cpu(pid) for pid in _family(self.process.pid))

    def wait_until_quiet(self, seconds: float, timeout: float) -> float:
        """Wait until the output has not changed for so long; return the Unix seconds of its last change."""
        deadline = time.time() + timeout
        while time.time() < deadline:
            self._kernel_drops = kernel_drops(self.port)
            if self.is_idle() and time.time() - self.output.stat().st_mtime > seconds:
                break
            time.sleep(0.05)
        return self.output.stat().st_mtime

    def is_idle(self) -> bool:
        """Whether its processes use no processor time. A receiver can be busy and not have reported yet."""
        before = self.cpu()
        time.sleep(0.3)
        return self.cpu() - before < 0.05

    @abstractmethod
    def stop(self) -> Received: ...

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class _Pairwatch(Running):
    def stop(self) -> Received:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        traps = lines = 0
        counters: dict[str, int] = {}
        for line in self.output.read_bytes().splitlines():
            content = json.loads(line)
            if "counters" in content:
                counters = content["counters"]
            else:
                traps += content["count"]
                lines += 1
        return Received(traps, lines, counters, counters["kernel_drops"])


class _Snmptrapd(Running):
    def stop(self) -> Received:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        reported = len(_REPORTED.findall(self.output.read_bytes()))
        return Received(reported, reported, {}, self._kernel_drops)


@dataclass(frozen=True, slots=True)
class Receiver:
    """One way to receive traps."""

    name: str
    about: str
    start: Callable[[Path, bool], Running]


def _start_pairwatch(directory: Path, default_buffer: bool, privileged: bool = True) -> Running:
    port, output = _free_port(), directory / "traps.json"
    configuration = directory / "pairwatch.toml"
    buffer = 0 if default_buffer else 4 * 1024 * 1024
    configuration.write_text(
        f'{_PAIR}[traps]\nlisten = "127.0.0.1:{port}"\nreceive_buffer = {buffer}\n', encoding="utf-8"
    )
    program = [sys.executable, "-c", _RUN, "traps", "--json", "--config", str(configuration)]
    if not privileged:
        program = ["setpriv", "--bounding-set=-sys_nice", "--inh-caps=-sys_nice", *program]
    with output.open("wb") as file:
        process = subprocess.Popen(program, stdout=file)
    _wait_for(port, process)
    # Wait until the worker process has started: then no process uses processor time.
    running = _Pairwatch(process, port, output)
    while not running.is_idle():
        pass
    return running


def _start_snmptrapd(directory: Path, default_buffer: bool) -> Running:
    port, output, configuration = _free_port(), directory / "traps.log", directory / "snmptrapd.conf"
    buffer = "" if default_buffer else f"[snmp] serverRecvBuf {4 * 1024 * 1024}\n"
    configuration.write_text(f"{buffer}authCommunity log public\nformat2 %v\\n\n", encoding="utf-8")
    program = shutil.which("snmptrapd", path="/usr/sbin:/usr/bin:/sbin") or "snmptrapd"
    process = subprocess.Popen(
        [
            *(program, "-f", "-C", "-c", str(configuration), "-On", "-m", "", "-n"),
            *("-Lf", str(output), "-p", str(directory / "pid"), f"udp:127.0.0.1:{port}"),
        ],
        env={"SNMP_PERSISTENT_DIR": str(directory), "PATH": "/usr/sbin:/usr/bin:/bin"},
    )
    _wait_for(port, process)
    time.sleep(0.3)
    return _Snmptrapd(process, port, output)


RECEIVERS = (
    Receiver(
        "pairwatch",
        "`pairwatch traps --json` into a file: decoded, named, coalesced; its drain process with real-time "
        "scheduling, which is permitted here",
        _start_pairwatch,
    ),
    Receiver(
        "pairwatch, unprivileged",
        "the same without the capability for real-time scheduling",
        lambda directory, default_buffer: _start_pairwatch(directory, default_buffer, privileged=False),
    ),
    Receiver("snmptrapd", "numeric output (`-On -n -m ''`) into a file", _start_snmptrapd),
)


def kernel_drops(port: int) -> int:
    """Return the datagrams that the kernel dropped at the socket of that port."""
    for line in Path("/proc/net/udp").read_text(encoding="ascii").splitlines()[1:]:
        columns = line.split()
        if int(columns[1].rpartition(":")[2], 16) == port:
            return int(columns[-1])
    return 0


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    wanted = f":{port:04X} "
    while wanted not in Path("/proc/net/udp").read_text(encoding="ascii"):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{process.args!r} does not listen for traps")
        time.sleep(0.02)


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _family(pid: int) -> list[int]:
    """Return a process and all its descendants."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return []
    return [pid] + [each for child in children for each in _family(int(child))]


def _cpu(pid: int) -> float:
    try:
        columns = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(columns[11]) + int(columns[12])) / _CLOCK
