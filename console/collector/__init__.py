"""One process's part in a shared journal: it records, reads on, and collects while it has the seat."""
