"""Tests of snmp: the MIB tables, the decoder, the receiver and the sender, also with net-snmp as the other side."""
