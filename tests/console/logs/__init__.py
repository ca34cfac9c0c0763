"""Tests of console.logs."""
