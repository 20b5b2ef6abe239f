"""Boundary rules: one id, two boundaries."""
