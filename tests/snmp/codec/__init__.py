"""Tests of snmp.codec."""
