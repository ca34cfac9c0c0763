"""The trap receiver: sockets, two child processes, and the decisions about each datagram."""
