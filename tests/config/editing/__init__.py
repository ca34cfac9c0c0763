"""Tests of `dhcpserver.config.editing`."""
