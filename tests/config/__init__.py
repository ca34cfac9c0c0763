"""Tests of dhcpserver.config."""
