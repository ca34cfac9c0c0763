"""Benchmarks: each runs a peer and the product in turn and prints the ratio."""
