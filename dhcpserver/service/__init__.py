"""Packets in, decisions out; and the core, which owns the book and the endpoint and takes turns. Pure."""
