"""`smlint baseline`: writes, checks or prunes the file of findings that are accepted for now."""

from __future__ import annotations

import datetime
import os
from collections.abc import Sequence
from typing import Any

import click

from smlint.cli.complete import files
from smlint.cli.console import Problem, common, complain, write
from smlint.cli.plain import Command


@click.command(cls=Command)
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", shell_complete=files)
@click.option("--baseline", metavar="FILE", help="The file (default: the configuration's, else smlint-baseline.json).")
@click.option("--check", is_flag=True, help="Write nothing; 1 if the file is not as the plans are.")
@click.option("--prune", is_flag=True, help="Only remove entries that are stale; add none.")
@common
def baseline(paths: tuple[str, ...], check: bool, prune: bool, **options: Any) -> None:
    """Write a baseline of today's findings, so that only new ones fail.

    Every entry that is added or removed is printed. Entries of plans that are not among PATH stay as they are.
    """
    from smlint.baseline import Baseline, changes, renewed
    from smlint.cli.work import Work, chosen, faults
    from smlint.config import Configurations
    from smlint.files import Disk, called

    with faults():
        configured = Configurations(Disk(), chosen(options | {"baseline": None}))
        as_of = options["as_of"] or datetime.date.today()
        work = Work(paths, configured, as_of, options | {"plans_only": False}, lean=True)
        work.baselines = _no_baselines(configured)
        work.judge(work.sources())
        done = work.done()
        path = _path(options["baseline"], configured)
        old = _read(path) if os.path.exists(path) else Baseline(os.path.dirname(path), {})
        there = [name for name in old.plans if os.path.isfile(os.path.join(old.folder, name))]
        new = renewed(old, work.reports, there, prune)
    unread = [report.plan.name for report in done.reports if report.score is None]
    complain(done.problems, "en")
    if done.problems or unread:
        raise Problem(f"cannot be judged: {', '.join(unread)}" if unread else f"{called(path)} is left as it was")
    added, gone = changes(old, new)
    _tell("+", added, options)
    _tell("-", gone, options)
    if not check and (added or gone or not os.path.exists(path)):
        write(path, new.text())
    if not options["quiet"]:
        count = sum(map(len, new.plans.values()))
        state = "would hold" if check else "holds"
        click.echo(f"{called(path)} {state} {count} findings: {len(added)} added, {len(gone)} removed")
    raise click.exceptions.Exit(1 if check and (added or gone) else 0)


def _no_baselines(configured: Any) -> Any:
    """Nothing is compared while a baseline is made."""
    from smlint.cli.work import Baselines

    class NoBaselines(Baselines):
        def of(self, settings: int) -> Any:
            return None

    return NoBaselines(configured)


def _path(wanted: str | None, configured: Any) -> str:
    """Where the baseline lies: as the option says, else as the one configuration of the plans says, else here."""
    from smlint.baseline import FILE

    if wanted is not None:
        return os.path.abspath(wanted)
    named = sorted({settings.baseline for settings in configured.settings if settings.baseline})
    if len(named) > 1:
        raise Problem(f"the plans have several baselines ({', '.join(named)}): say which one with --baseline")
    return named[0] if named else os.path.abspath(FILE)


def _read(path: str) -> Any:
    from smlint.baseline import read_baseline
    from smlint.files import Disk, called

    return read_baseline(Disk().entry(path), path, called(path))


def _tell(sign: str, entries: Sequence[tuple[str, str]], options: dict[str, Any]) -> None:
    from smlint.words import safe

    for plan, id in entries if not options["quiet"] else ():
        click.echo(f"{sign} {safe(plan)}: {safe(id)}")
