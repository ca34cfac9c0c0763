"""Notifications: decides which alarms are sent to whom and when (pure), and sends the messages (a thread)."""
