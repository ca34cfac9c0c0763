"""Tests of dhcpserver.runtime."""
