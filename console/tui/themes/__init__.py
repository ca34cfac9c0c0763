"""Themes: the files, the themes of a running console, and a theme that is being edited."""
