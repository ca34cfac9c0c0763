"""The leases of both partners in one list: joined by address, compared, filtered and ordered. Pure."""
