"""The server's configuration as typed objects, and what makes a configuration wrong. Pure."""
