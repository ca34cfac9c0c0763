"""Tests of snmp.send."""
