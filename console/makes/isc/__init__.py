"""ISC dhcpd: its failover state by OMAPI, its pools and leases from its files where this host has them."""
