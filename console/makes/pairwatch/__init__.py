"""Pairwatch's own server, over its HTTP API (docs/http-api.md)."""
