"""Small errors made by rule in the functions of a module, and whether its tests fail: `make mutation`."""
