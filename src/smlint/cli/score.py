"""`smlint score`: level, dimensions and next steps."""

from __future__ import annotations

import datetime
import sys
from typing import Any

import click

from smlint.cli.complete import files
from smlint.cli.console import colour, common, complain, echo, width
from smlint.cli.plain import Command


@click.command(cls=Command)
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", shell_complete=files)
@click.option("--explain", is_flag=True, help="Print the ledger that sums to 100.")
@common
def score(paths: tuple[str, ...], **options: Any) -> None:
    """Level, dimensions and next steps of plans."""
    from smlint.cli.work import judged, unjudged
    from smlint.report import Run, Verdict
    from smlint.reporters import Look
    from smlint.reporters.scorecard import render

    as_of = options["as_of"] or datetime.date.today()
    reports, skipped, problems, _, book = judged(paths, as_of, options)
    problems += unjudged(reports)
    run = Run(reports, skipped, Verdict(not problems), book, as_of, options["lang"])
    look = Look(width(), colour(options["colour"], sys.stdout), options["quiet"])
    echo(render(run, look, explain=options["explain"]))
    complain(problems, run.own_language)
    raise click.exceptions.Exit(2 if problems else 0)
