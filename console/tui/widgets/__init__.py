"""Widgets draw what they are given; they decide nothing."""
