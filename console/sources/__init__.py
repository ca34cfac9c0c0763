"""Where observations come from. Each source hands them to `emit`, on the event loop."""
