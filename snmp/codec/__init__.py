"""Octets to messages, messages to notifications, and notifications to octets. Pure."""
