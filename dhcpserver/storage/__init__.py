"""Stable storage: the lease store and the failover state."""
