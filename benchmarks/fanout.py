"""A relay with two helper addresses: `python -m benchmarks.fanout ADDRESS PORT SERVER SERVER`.

perfdhcp sends to one address, and relays of a pair send to both servers. Each datagram is sent on to each server, as it
is; the servers answer the relay agent's address in it, which is perfdhcp's.
"""

import socket
import sys

OCTETS = 2048


def main() -> None:
    address, port, *servers = sys.argv[1:]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as relay:
        relay.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        relay.bind((address, int(port)))
        while True:
            datagram = relay.recv(OCTETS)
            for server in servers:
                try:
                    relay.sendto(datagram, (server, 67))
                except OSError:
                    continue  # Nothing listens there at present.


if __name__ == "__main__":
    main()
