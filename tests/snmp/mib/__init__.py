"""Tests of snmp.mib."""
