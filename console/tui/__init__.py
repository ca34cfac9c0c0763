"""The screens: everything that imports Textual. It draws the picture and routes keys; it decides nothing."""
