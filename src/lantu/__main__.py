"""``python -m lantu``: the command line without its script."""

from lantu.cli import main

if __name__ == "__main__":
    main()
