"""Tests of `dhcpserver.failover.link`."""
