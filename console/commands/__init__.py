"""What each shell command does; console/cli.py declares their options and turns errors into one line."""
