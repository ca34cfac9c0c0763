"""Editing the configuration: values from commands, edits of the staged copy, its faults, and what it changes. Pure."""
