"""Tests of snmp.security."""
