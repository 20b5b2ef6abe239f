"""How large what is planted is made."""

from __future__ import annotations

STRENGTHS = (0.5, 1.0, 1.5, 2.0, 3.0, 5.0)
"""In tolerances of the pair of layers, or in limits of the rule."""
