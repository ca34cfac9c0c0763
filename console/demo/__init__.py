"""The demo: two real server processes on loopback with real clients and real faults.

Nothing is simulated: the servers are those of `pairwatch serve`, the clients send packets through relays, a cut link is
a TCP connection that carries no more data, and a server that is down is a process that was killed.
"""
