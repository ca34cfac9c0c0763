"""The terminal console: a picture of a failover pair, folded from what was observed."""
