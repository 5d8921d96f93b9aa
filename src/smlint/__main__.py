"""`python -m smlint` is the same program as the command `smlint`."""

from smlint.cli import main

if __name__ == "__main__":
    main()
