"""Tests of dhcpserver.service."""
