"""Themes: the files, the ones in use while the console runs, and a theme that is being edited."""
