"""Tests of failover."""
