"""Communities, SNMPv3 users, the networks that each may send from, and the SNMPv3 engine with its stored identity."""
