"""`pairwatch doctor`: checks what the console depends on, and reports each fault with its remedy."""
