"""The product against programs that someone else wrote."""
