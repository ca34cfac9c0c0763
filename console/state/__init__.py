"""The one picture while a process runs: the store, a replay, the zone, and the garbage collector's part in it."""
