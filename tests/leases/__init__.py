"""Tests of the lease book."""
