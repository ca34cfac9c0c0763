"""Binding updates in both directions, update requests, and the rules for leases under failover."""
