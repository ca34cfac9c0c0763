"""Screens: they pass keys on to actions, and content to widgets. The style sheet of a screen is next to it."""
