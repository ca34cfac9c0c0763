"""Tests of `dhcpserver.failover.pools`."""
