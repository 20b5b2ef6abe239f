"""The command line: reads the words of a command, calls the floor below, says what came of it."""

from lantu.cli.main import main

__all__ = ["main"]
