"""Attribute rules: one object, two values."""
