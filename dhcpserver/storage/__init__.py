"""What must survive: the lease store, the failover state and the saved configuration."""
