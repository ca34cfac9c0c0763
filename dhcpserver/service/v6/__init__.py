"""The DHCPv6 service: messages in, decisions out. Pure. Lease book and rules of failover are those of DHCPv4."""
