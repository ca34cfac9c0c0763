"""The DHCP failover server: a pure decision core that takes turns, inside a thin I/O shell."""

VERSION = "0.1.0"
