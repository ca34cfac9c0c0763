"""Sending notifications: one queue, thread and carrier for each recipient."""
