"""pairwatch.toml: its tables, their checks, their explanation; and the paths of the console's own files."""
