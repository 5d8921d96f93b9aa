"""`smlint diff`: what became of a plan between two states of it."""

from __future__ import annotations

import datetime
import os
import sys
from contextlib import ExitStack
from typing import Any

import click

from smlint.cli.complete import files
from smlint.cli.console import Problem, colour, common, echo, width
from smlint.cli.plain import Command


@click.command(cls=Command)
@click.argument("old", shell_complete=files)
@click.argument("new", shell_complete=files)
@click.option(
    "--format", "format", type=click.Choice(["text", "json", "markdown"]), default="text", help="What to print."
)
@click.option("--exit-code", is_flag=True, help="1 where NEW is worse: new findings that fail, a lower score or level.")
@common
def diff(old: str, new: str, format: str, exit_code: bool, **options: Any) -> None:
    """Fixed, new and unchanged findings and the score's change, rule by rule.

    OLD and NEW are files or REV:path. What a change of the rules did is told apart from what the plan's change did.
    """
    from smlint.cli.work import faults
    from smlint.comparison import Earlier, compared
    from smlint.difference import Difference
    from smlint.gate import decide
    from smlint.report import judge_plan
    from smlint.reporters import Look
    from smlint.reporters.difference import render

    as_of = options["as_of"] or datetime.date.today()
    with faults(), ExitStack() as stack:
        (one, before), (other, after) = (_state(name, options, stack) for name in (old, new))
        report = judge_plan(other, after, as_of)
        bridge = judge_plan(one, after, as_of)
        same = before.book.fingerprint == after.book.fingerprint
        states = Difference(bridge if same else judge_plan(one, before, as_of), bridge, report)
        for each in states:
            if each.score is None:
                raise Problem(f"{each.plan.name} cannot be judged: {each.findings[0].message('en')}")
        report.change = compared(report, bridge, Earlier(old, revision=True))
    look = Look(width(), colour(options["colour"], sys.stdout), options["quiet"])
    echo(render(states, format, options["lang"] or after.language or report.language or "en", look, as_of))
    raise click.exceptions.Exit(1 if exit_code and not decide((report,)).passed else 0)


def _state(name: str, options: dict[str, Any], stack: ExitStack) -> tuple[Any, Any]:
    """The plan behind a file name or REV:path, and the settings that hold for it there."""
    from smlint.cli.work import chosen
    from smlint.config import Configurations
    from smlint.discovery import Source, Unreadable, place_of, read
    from smlint.files import Disk
    from smlint.git import Revision, top_of
    from smlint.plan import Limits, Plan

    if os.path.exists(name) or ":" not in name:
        configured = Configurations(Disk(), chosen(options))
        try:
            plan = read(Source(name, True), Limits())
        except Unreadable as error:
            raise Problem(f"{name} cannot be read ({error.problem.values['reason'] or 'not a regular file'})") from None
        return plan, configured.settings[configured.of(place_of(name))]
    rev, _, path = name.partition(":")
    top = top_of(os.getcwd())
    revision = stack.enter_context(Revision(top, rev))
    places = [os.path.normpath(os.path.join(folder, path)) for folder in (top, os.getcwd())]
    for place in places if not path.startswith(".") else places[1:]:
        inside = revision.inside(place)
        raw = revision.read(inside, Limits().max_bytes + 1) if inside else None
        if raw is not None:
            configured = Configurations(revision, chosen(options))
            return Plan.read(name, raw), configured.settings[configured.of(place)]
    raise Problem(f"there is no file {path} at {rev}")
