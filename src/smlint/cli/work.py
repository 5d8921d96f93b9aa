"""From paths and options to reports: what check, score, report and others have in common."""

from __future__ import annotations

import datetime
import os
import sys
from typing import Any

from smlint.cli.console import Problem, meant


def rulebook(folders: tuple[str, ...]) -> Any:
    from smlint.rulebook import RuleError, load

    try:
        return load(folders)
    except RuleError as error:
        raise Problem(str(error)) from None


def settings_of(book: Any, options: dict[str, Any]) -> Any:
    from smlint.settings import Settings

    asked = {name: options.get(name) for name in ("fail_on", "min_score", "min_level")}
    return Settings(book, options["lang"], **{name: value for name, value in asked.items() if value is not None})


def judged(
    paths: tuple[str, ...], settings: Any, as_of: datetime.date, options: dict[str, Any]
) -> tuple[tuple[Any, ...], int, list[Any]]:
    """The reports in order of their names, how many files were skipped, and what could not be checked."""
    from smlint.cli import COMMANDS
    from smlint.discovery import Unreadable, sources
    from smlint.rulebook import RuleError
    from smlint.words import Word

    found: list[Any] = []
    problems: list[Word] = []
    if len(paths) == 1 and not os.path.exists(paths[0]) and (near := meant(paths[0], list(COMMANDS))):
        raise Problem(f"{paths[0]!r} is neither a file nor a command{near}")
    try:
        found += sources(tuple(path for path in paths if path != "-"), options.get("plans_only", False))
    except Unreadable as error:
        problems.append(error.problem)
    try:
        outcomes = [_standard_input(settings, as_of, options)] if "-" in paths else []
        outcomes += _work(found, settings, as_of, options)
    except RuleError as error:
        raise Problem(str(error)) from None
    problems += [outcome for outcome in outcomes if isinstance(outcome, Word)]
    reports = [outcome for outcome in outcomes if outcome is not None and not isinstance(outcome, Word)]
    skipped = outcomes.count(None)
    if not reports and not problems and not (options.get("plans_only") and skipped):
        problems.append(Word("problem.nothing"))
    return tuple(sorted(reports, key=lambda report: report.plan.name)), skipped, problems


def _standard_input(settings: Any, as_of: datetime.date, options: dict[str, Any]) -> Any:
    from smlint.plan import Limits
    from smlint.report import judge

    limits = Limits()
    raw = sys.stdin.buffer.read(limits.max_bytes + 1)
    return judge(options.get("stdin_filename") or "<stdin>", raw, settings, as_of, limits)


def _work(found: list[Any], settings: Any, as_of: datetime.date, options: dict[str, Any]) -> Any:
    """One outcome per file: a report, None for a file that is no plan, or the sentence why it could not be read."""
    from smlint import pool

    pool.prepare((settings,), as_of, lean="format" in options)
    jobs = options.get("jobs", 1)
    if jobs == 1 or len(found) < 2 * jobs:
        return map(pool.look_at, found)
    return pool.spread(found, jobs)
