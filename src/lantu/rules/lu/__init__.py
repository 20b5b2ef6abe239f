"""Land use rules: one piece of ground, two uses."""
