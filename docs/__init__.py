"""Pages about the product, and the programs that draw their pictures."""
