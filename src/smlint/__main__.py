"""`python -m smlint` is the same program as the command `smlint`."""

from smlint.cli import run

if __name__ == "__main__":
    run()
