"""A seeded city of any size, with every department's layers, for whole runs of ``lantu check``."""
