"""DHCP clients and relays as a library. They import the wire format only."""
