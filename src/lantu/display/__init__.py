"""How the nouns show themselves to a person who works in a notebook, and how long work shows its progress."""

from lantu.display.finding import Finding
from lantu.display.inventory import inventory_html
from lantu.display.layer import Layer
from lantu.display.progress import watching
from lantu.display.run import run_html

__all__ = ["Finding", "Layer", "inventory_html", "run_html", "watching"]
