"""The numbers that decide: each a formula over the picture with its threshold, and in words what it is and means."""
