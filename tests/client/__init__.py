"""Tests of dhcpserver.client, against a server that uses the wire format only."""
