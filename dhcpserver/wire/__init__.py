"""Bytes to messages and back. Pure and total: any bytes give a message or a WireError."""
