"""The server's configuration as typed objects, and the checks of a configuration. Pure."""
