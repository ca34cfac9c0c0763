"""Incidents: a stretch of what was observed, saved to one file, and told as a page for the post-mortem."""
