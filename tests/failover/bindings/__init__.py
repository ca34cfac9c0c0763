"""Tests of `dhcpserver.failover.bindings`."""
