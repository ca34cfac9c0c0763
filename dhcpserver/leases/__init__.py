"""Leases, the book that indexes them, and the free pools. Pure."""
