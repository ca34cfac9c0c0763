"""Tests of `dhcpserver.failover.state`."""
