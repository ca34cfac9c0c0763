"""Configurations and leases of other DHCP servers, as those of this one, and what could not be carried over."""
