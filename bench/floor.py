"""The least that a reader with line numbers must do: drain PyYAML's C events of each file, and keep nothing."""

from __future__ import annotations

import sys
from pathlib import Path

from yaml._yaml import CParser


def drain(text: bytes) -> int:
    """The number of events, so that nobody can say that the loop was skipped."""
    parser = CParser(text)
    count = 0
    while parser.check_event():
        parser.get_event()
        count += 1
    return count


def main() -> None:
    print(sum(drain(Path(name).read_bytes()) for name in sys.argv[1:]))


if __name__ == "__main__":
    main()
