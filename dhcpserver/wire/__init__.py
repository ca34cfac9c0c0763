"""Octets to messages and back. Pure: any octets result in a message or a WireError."""
