"""Every course of events of a small pair: the real core, all interleavings, all invariants in each state."""
