"""The load: SNMPv2c traps to one port at a given rate, from a separate process on one processor.

    python -m benchmarks.trapload PORT COUNT RATE distinct|same

Encodes COUNT traps, then sends RATE of them a second (0: as fast as possible), and prints the seconds that it took.
"""

import os
import socket
import sys
import time

from snmp.codec import encoding
from snmp.mib import specs

_NUMBER = b"000000000"
_BATCH = 16
"""Traps sent between two readings of the clock."""


def traps(count: int, distinct: bool) -> list[bytes]:
    """FreeAddrLowThreshold traps with six objects: each of another scope, or all of one scope."""
    octets = encoding.v2c(specs.free_address_low(f"scope-{_NUMBER.decode()}", "192.0.2.0", 5, 20), "public", 4711)
    if not distinct:
        return [octets] * count
    at = octets.index(_NUMBER)
    return [octets[:at] + b"%09d" % number + octets[at + len(_NUMBER) :] for number in range(count)]


def main() -> None:
    port, count, rate, kind = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    messages = traps(count, kind == "distinct")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect(("127.0.0.1", port))
        began = time.monotonic()
        for first in range(0, count, _BATCH):
            if rate:
                while (left := began + first / rate - time.monotonic()) > 0:
                    time.sleep(min(left, 0.0005))
            for octets in messages[first : first + _BATCH]:
                sock.send(octets)
        print(time.monotonic() - began)


if __name__ == "__main__":
    main()
