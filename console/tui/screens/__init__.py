"""Screens route keys to actions and give widgets what they draw. One style sheet stands beside each."""
