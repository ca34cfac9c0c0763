"""The console under load: the time from a key to its frame, the time to the first facts, and the memory."""
