"""The console under load: how long from a key to its frame, how soon the first facts, how much memory."""
