"""The implementation of each shell command. console/cli.py declares the options and reports the errors."""
