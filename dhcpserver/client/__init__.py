"""DHCP clients and relays as a library; they know the wire alone."""
