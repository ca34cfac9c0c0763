"""Incidents: the observations of a period, saved to one file, and a report about them for the post-mortem."""
