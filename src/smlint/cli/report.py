"""`smlint report`: the document of a review meeting."""

from __future__ import annotations

import datetime
import os
import sys
from typing import Any

import click

from smlint.cli.complete import files
from smlint.cli.console import Problem, common, complain, echo, write
from smlint.cli.plain import Command

FORMATS = ("html", "xlsx", "markdown", "csv")
ENDINGS = {".html": "html", ".htm": "html", ".xlsx": "xlsx", ".md": "markdown", ".csv": "csv"}


@click.command(cls=Command)
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", shell_complete=files)
@click.option("-o", "--output", "file", required=True, metavar="FILE", help="The file to write; - is standard output.")
@click.option("--format", "format", type=click.Choice(FORMATS), help="What to write (default: by FILE's ending).")
@click.option("--baseline", metavar="FILE", help="Mark findings that this file does not know as new.")
@click.option("--since", metavar="REV", help="Compare with a git revision.")
@click.option("--history", "trails", is_flag=True, help="Draw the score through the commits of each plan (html).")
@common
def report(paths: tuple[str, ...], file: str, format: str | None, trails: bool, **options: Any) -> None:
    """Write the review document of plans: a page, a spreadsheet, Markdown or CSV.

    0 where all plans could be judged, else 2; what was found does not matter here.
    """
    from smlint.cli.work import folder_in_repository, judged, unjudged
    from smlint.gate import decide
    from smlint.report import Run

    format = format or ENDINGS.get(os.path.splitext(file)[1].lower())
    if format is None:
        raise Problem(f"--output {file}: say the format with --format ({', '.join(FORMATS)})")
    render = _renderer(format, options if trails else None)
    as_of = options["as_of"] or datetime.date.today()
    reports, skipped, problems, notes, book = judged(paths, as_of, options)
    verdict = decide(reports, problems=problems, notes=notes)
    run = Run(reports, skipped, verdict, book, as_of, options["lang"], folder=folder_in_repository())
    if reports:
        _put(file, render(run))
    problems += unjudged(reports)
    complain(problems, run.own_language)
    if reports and file != "-" and not options["quiet"]:
        click.echo(f"{file}: {len(reports)} plans" if len(reports) > 1 else file)
    raise click.exceptions.Exit(2 if problems else 0)


def _renderer(format: str, history: dict[str, Any] | None) -> Any:
    """The function that writes a run in a format; with `history`, these options judge the commits of its plans. What
    only some users need is an extra."""
    from smlint.reporters import Look

    try:
        if format == "html":
            from smlint.page import render as page

            return lambda run: page(run, Look(), _trails(run, history) if history is not None else {})
        if format == "xlsx":
            from smlint.sheet import render as sheet

            return sheet
    except ImportError as error:
        if error.name and error.name.startswith("smlint"):
            raise
        raise Problem(
            f"{format} needs the extra `report` ({error.name} is missing): pip install 'smlint[report]'"
        ) from None
    from smlint import meeting

    return meeting.csv if format == "csv" else meeting.markdown


def _trails(run: Any, options: dict[str, Any]) -> dict[str, Any]:
    """The history of each plan, by name."""
    from smlint.cli.history import trail
    from smlint.cli.work import faults

    with faults():
        return {each.plan.name: trail(each.plan.name, run.as_of, options, 100) for each in run.reports}


def _put(file: str, content: str | bytes) -> None:
    if file != "-":
        write(file, content)
    elif isinstance(content, bytes):
        sys.stdout.buffer.write(content)
    else:
        echo(content)
