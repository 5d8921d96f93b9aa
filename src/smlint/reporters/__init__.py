"""One module per format; each has `render(run, look) -> str`. Modules load when their format is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from smlint.record import Record

if TYPE_CHECKING:  # a shell that completes `--format` asks for names only
    from smlint.report import Run

# format -> module; the endings of file names that mean it
REPORTERS = {
    "text": "smlint.reporters.text",
    "concise": "smlint.reporters.concise",
    "table": "smlint.reporters.table",
    "json": "smlint.reporters.json",
    "sarif": "smlint.reporters.sarif",
    "junit": "smlint.reporters.junit",
    "github": "smlint.reporters.github",
    "gitlab": "smlint.reporters.gitlab",
    "rdjson": "smlint.reporters.rdjson",
    "markdown": "smlint.reporters.markdown",
    "csv": "smlint.reporters.csv",
}
FOR_PEOPLE = (
    "text",
    "concise",
    "table",
)  # say nothing where nothing was checked; the others are well formed all the same
ENDINGS = {".json": "json", ".txt": "text", ".sarif": "sarif", ".xml": "junit", ".md": "markdown", ".csv": "csv"}


class Look(Record):
    """How a text for a terminal or file is laid out: columns, colour, and whether only findings are wanted."""

    width: int = 80
    colour: bool = False
    quiet: bool = False
    statistics: bool = False


class Render(Protocol):
    """A reporter: pure, the same run gives the same text."""

    def __call__(self, run: Run, look: Look) -> str: ...


def reporter(format: str) -> Render:
    """The render function of a format. Raises KeyError for one that is none."""
    return cast(Render, import_module(REPORTERS[format]).render)
