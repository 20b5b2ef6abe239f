"""RO: roads and their red lines."""
