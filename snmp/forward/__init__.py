"""Forwarding received notifications to other receivers."""
