"""Time rules: plans that are not in force."""
