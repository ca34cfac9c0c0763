"""The HTTP management API, its users and roles, and the metrics."""
