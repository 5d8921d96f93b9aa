"""`smlint history`: the score at each commit that touched a plan."""

from __future__ import annotations

import datetime
import os
import sys
from typing import Any

import click

from smlint.cli.complete import files
from smlint.cli.console import Problem, colour, common, echo, width
from smlint.cli.plain import Command


@click.command(cls=Command)
@click.argument("plan", shell_complete=files)
@click.option("--format", "format", type=click.Choice(["text", "json"]), default="text", help="What to print.")
@click.option("--most", type=click.IntRange(2), default=100, metavar="N", help="The latest N commits (default: 100).")
@common
def history(plan: str, format: str, most: int, **options: Any) -> None:
    """The score at each commit that touched a plan, by today's rules.

    Each version is judged on its own day, so that what the plan's changes did stands apart from what the passing of
    days did.
    """
    from smlint.cli.work import faults
    from smlint.reporters import Look
    from smlint.reporters.style import Pen
    from smlint.reporters.trail import document, table

    as_of = options["as_of"] or datetime.date.today()
    with faults():
        found = trail(plan, as_of, options, most)
    if format == "json":
        echo(document(found, plan))
        return
    settings, last = found[-1].report.settings, found[-1].report
    language = options["lang"] or settings.language or last.language or "en"
    echo(table(found, Pen(Look(width(), colour(options["colour"], sys.stdout)), language)))


def trail(plan: str, as_of: datetime.date, options: dict[str, Any], most: int) -> list[Any]:
    """The steps of a plan's history, up to the file as it is now. Raises GitError and Problem."""
    from smlint.cli.work import chosen
    from smlint.config import Configurations
    from smlint.discovery import Unreadable, place_of, read_bytes
    from smlint.files import Disk
    from smlint.git import Revision, top_of
    from smlint.history import Version, steps
    from smlint.plan import Limits

    place = place_of(plan)
    configured = Configurations(Disk(), chosen(options))
    settings = configured.settings[configured.of(place)]
    try:
        now = read_bytes(plan, Limits())
    except Unreadable as error:
        raise Problem(f"{plan} cannot be read ({error.problem.values['reason']})") from None
    with Revision(top_of(os.path.dirname(place)), "HEAD") as revision:
        inside = revision.inside(place)
        commits = revision.commits(inside)[-most:] if inside else []
        versions = [
            Version(each.id, datetime.date.fromisoformat(each.day), each.subject, each.path, raw)
            for each in commits
            if (raw := revision.read_at(each.id, each.path, Limits().max_bytes + 1)) is not None
        ]
    versions = [version for version in versions if version.day <= as_of]
    return list(steps([*versions, Version("", as_of, "", plan, now)], settings))
