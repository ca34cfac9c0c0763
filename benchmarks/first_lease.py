"""A program: sends new clients to a server until one of them has a lease, and prints the time of that lease.

    python -m benchmarks.first_lease RELAY SERVER PORT

Every five milliseconds a new client sends a DISCOVER, relayed from RELAY. The first client that gets an offer requests
it. The time of its ACK (Unix seconds) is printed.
"""

import os
import selectors
import socket
import sys
import time
from ipaddress import IPv4Address

from dhcpserver.wire.dhcp4 import Packet, encode, parse
from dhcpserver.wire.errors import WireError
from dhcpserver.wire.options4 import MessageType

INTERVAL = 0.005


def main(relay: str, server: str, port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock, selectors.DefaultSelector() as selector:
        sock.bind((relay, 67))
        sock.setblocking(False)
        selector.register(sock, selectors.EVENT_READ)
        through = int(IPv4Address(relay))
        due = time.monotonic()
        while True:
            if time.monotonic() >= due:
                due += INTERVAL
                _send(sock, (server, port), through, b"\2" + os.urandom(5), MessageType.DISCOVER)
            if not selector.select(max(0.0, due - time.monotonic())):
                continue
            try:
                reply = parse(sock.recv(4096))
            except (WireError, OSError):
                continue
            if reply.message_type == MessageType.ACK:
                print(time.time(), flush=True)
                return
            if reply.message_type == MessageType.OFFER:
                wanted = ((50, reply.yiaddr.to_bytes(4, "big")), (54, reply.options[54]))
                _send(sock, (server, port), through, reply.chaddr[:6], MessageType.REQUEST, *wanted)


def _send(
    sock: socket.socket, server: tuple[str, int], relay: int, mac: bytes, kind: MessageType, *more: tuple[int, bytes]
) -> None:
    xid = int.from_bytes(mac[2:], "big")
    packet = Packet(1, 1, 6, 1, xid, 0, 0, 0, 0, 0, relay, mac, {})
    sock.sendto(encode(packet, [(53, bytes([kind])), *more]), server)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
