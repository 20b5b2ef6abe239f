"""Geometry rules: features and coverages that are broken in themselves."""
