"""The version, in one place: the build reads it, and so does every run record."""

__version__ = "0.1.0"
