"""Tests of console.commands."""
