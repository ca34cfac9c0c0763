"""Tests of dhcpserver.wire."""
