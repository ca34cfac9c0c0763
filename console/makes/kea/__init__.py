"""Kea with the hook library for high availability (libdhcp_ha.so)."""
