"""Keys: the keymap as data, the checks of a user's changes to it, and the catalogue for help and palette."""
