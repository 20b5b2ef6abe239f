"""SW: rivers, soil and water against what is planned and built."""
