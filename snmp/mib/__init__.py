"""Facts of the MIBs: objects and notifications as tables, and the notifications that a server can send."""
