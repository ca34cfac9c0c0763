"""How free addresses and clients are divided between the two servers."""
