"""The demo: two real server processes on loopback with real clients, and faults that really happen.

Nothing is simulated: the servers are those of `pairwatch serve`, the clients send packets through relays, a cut link is
a TCP connection that carries nothing any more, and a dead server is a process that was killed.
"""
