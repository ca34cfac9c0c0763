"""Pages about the product, and what draws their pictures."""
