"""`smlint check`: lint and score plans; the gate."""

from __future__ import annotations

import datetime
import os
import sys
from typing import Any

import click

from smlint.cli.complete import files, selection
from smlint.cli.console import Points, Problem, colour, common, complain, echo, meant, width, write
from smlint.cli.plain import Command
from smlint.reporters import FOR_PEOPLE, REPORTERS


@click.command(cls=Command)
@click.argument("paths", nargs=-1, metavar="[PATH]…", shell_complete=files)
@click.option(
    "--format", "format", type=click.Choice(list(REPORTERS)), default="text", help="What to print (default: text)."
)
@click.option("--output", "outputs", multiple=True, metavar="[FORMAT=]FILE", help="Write a file too. May be repeated.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info", "never"]),
    help="Least severity that fails (default: error).",
)
@click.option("--min-score", type=Points(), metavar="N", help="Fail below this score, 0 to 100.")
@click.option("--min-level", type=click.IntRange(1, 5), metavar="N", help="Fail below this maturity level, 1 to 5.")
@click.option(
    "--select",
    multiple=True,
    metavar="WHAT",
    shell_complete=selection,
    help="Show and gate only these rules, dimensions or severities.",
)
@click.option("--ignore", multiple=True, metavar="WHAT", shell_complete=selection, help="Neither show nor gate these.")
@click.option("--baseline", metavar="FILE", shell_complete=files, help="Findings that this file accepts do not fail.")
@click.option("--since", metavar="REV", help="Compare with a git revision: only what the change makes worse fails.")
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    metavar="N",
    help="Processes (default: one; with 200 plans or more, one per core).",
)
@click.option("--no-cache", is_flag=True, help="Judge every plan, whatever earlier runs found.")
@click.option("--plans-only", is_flag=True, help="Skip named files that are no plans, as under a folder.")
@click.option("--stdin-filename", metavar="NAME", help="The name of what is read from -.")
@click.option("--statistics", is_flag=True, help="Count the findings per rule.")
@click.option("--watch", is_flag=True, help="Lint again whenever a plan is saved, and tell what has changed.")
@click.option("--show-config", is_flag=True, help="Print what holds for the plans, and where it comes from.")
@common
def check(paths: tuple[str, ...], **options: Any) -> None:
    """Lint and score plans; the gate: 0 open, 1 closed, 2 something could not be checked.

    PATH is a file, a folder to search, or - for standard input. Without one, the current folder.
    """
    if options["show_config"]:
        from smlint.cli.settled import settled

        echo(settled(paths or (".",), options))
        return
    if options["watch"]:
        from smlint.cli.watch import watch

        watch(paths or (".",), lambda before: _once(paths or (".",), options, before))
    _, code = _once(paths or (".",), options)
    raise click.exceptions.Exit(code)


def _once(paths: tuple[str, ...], options: dict[str, Any], before: tuple[Any, ...] = ()) -> tuple[Any, int]:
    """One run: judge, print and write; the reports and the exit code. `before`: reports to compare with."""
    from smlint.cli.work import folder_in_repository, judged
    from smlint.gate import decide
    from smlint.report import Run
    from smlint.words import say

    outputs = [_output(text) for text in options["outputs"]]
    as_of = options["as_of"] or datetime.date.today()
    reports, skipped, problems, notes, book = judged(paths, as_of, options, lean=not options["watch"])
    known = {id for report in reports for id in report.settings.book.known} | set(book.known)
    select, ignore = (_selection(options[name], known, book, name) for name in ("select", "ignore"))
    verdict = decide(reports, select, ignore, problems, notes)
    if before:  # what has changed is told; the gate looks at all
        from smlint.cli.watch import compare

        compare(reports, before)
    run = Run(reports, skipped, verdict, book, as_of, options["lang"], select, ignore, folder_in_repository())
    if reports or options["format"] not in FOR_PEOPLE:
        echo(_rendered(run, options["format"], _look(options)))
    elif not problems and not options["quiet"]:
        click.echo(say("summary.nothing-checked", run.own_language), err=True)
    for format, file in outputs:
        write(file, _rendered(run, format, _look(options, file=True)))
    complain(problems, run.own_language)
    return reports, 2 if problems else 0 if verdict.passed else 1


def _look(options: dict[str, Any], file: bool = False) -> Any:
    from smlint.reporters import Look

    if file:
        return Look(width=100, colour=False, statistics=options["statistics"])
    return Look(width(), colour(options["colour"], sys.stdout), options["quiet"], options["statistics"])


def _rendered(run: Any, format: str, look: Any) -> str:
    from smlint.reporters import reporter

    return reporter(format)(run, look)


def _selection(wanted: tuple[str, ...], rules: set[str], book: Any, option: str) -> tuple[str, ...]:
    """The names after --select or --ignore, by comma too; each a rule, diagnostic, dimension or severity."""
    from smlint.finding import SEVERITIES, diagnostics

    known = [*sorted(rules), *diagnostics(), *book.dimensions, *SEVERITIES]
    names = tuple(name.strip() for text in wanted for name in text.split(",") if name.strip())
    for name in names:
        if name not in known:
            raise Problem(f"--{option}: {name!r} is no rule, dimension or severity{meant(name, known)}")
    return names


def _output(text: str) -> tuple[str, str]:
    """FORMAT=FILE, or FILE whose ending decides."""
    from smlint.reporters import ENDINGS, REPORTERS

    format, separator, file = text.partition("=")
    if separator and format in REPORTERS and file:
        return format, file
    ending = os.path.splitext(text)[1].lower()
    if ending not in ENDINGS:
        raise Problem(f"--output {text}: say the format, as in json={text} (formats: {', '.join(REPORTERS)})")
    return ENDINGS[ending], text
