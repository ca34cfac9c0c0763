"""DHCP clients and relays, against a server made of the wire alone."""
