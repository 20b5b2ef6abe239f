"""The invented district that ships with Lantu: its ground, its layers, and the truth about them."""
