"""DNS records of leases: their names, and which are added and removed (RFC 4701 to RFC 4704)."""
