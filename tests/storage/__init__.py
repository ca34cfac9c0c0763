"""Tests of dhcpserver.storage."""
