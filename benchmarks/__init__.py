"""Benchmarks: each measures a peer and the product in one run, and prints the ratio."""
