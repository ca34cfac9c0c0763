"""Synchronisation of the two partners' configurations: what changes at the target, as a report, and its result."""
