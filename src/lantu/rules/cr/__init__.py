"""Coordinate rules: deliveries whose coordinates cannot be trusted."""
