"""Tests of snmp.receive."""
