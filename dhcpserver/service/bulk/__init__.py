"""Bulk lease queries over TCP (RFC 5460, RFC 6926): the answers to a query, in pieces of bounded work. Pure."""
