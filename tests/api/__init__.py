"""Tests of dhcpserver.api."""
