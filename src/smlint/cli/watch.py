"""`smlint check --watch`: judges again whenever a plan is saved, and tells what that changed."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

import click

from smlint.cli.console import Problem

_ENDINGS = (".yaml", ".yml", ".json", "pyproject.toml")


def watch(paths: tuple[str, ...], once: Callable[[tuple[Any, ...]], tuple[Any, int]]) -> NoReturn:
    """Run `once`, and again after every save, until Ctrl-C. What cannot be checked is said, and the watch goes on."""
    try:
        from watchfiles import watch as changes
    except ImportError:
        raise Problem("--watch needs the extra `watch`: pip install 'smlint[watch]'") from None
    if "-" in paths:
        raise Problem("--watch watches files, not standard input")
    folders = {path if os.path.isdir(path) else os.path.dirname(path) or "." for path in paths}
    if missing := [folder for folder in folders if not os.path.isdir(folder)]:
        raise Problem(f"{missing[0]} is no folder to watch")
    recursive = any(os.path.isdir(path) for path in paths)
    before = _again(once, ())
    for changed in changes(*folders, watch_filter=_meant(paths), recursive=recursive, debounce=200, step=50):
        names = sorted({os.path.relpath(path) for _, path in changed})
        click.secho(f"\n── {', '.join(names[:3])}{' …' if len(names) > 3 else ''}", dim=True)
        before = _again(once, before)
        gc.collect()
    raise KeyboardInterrupt  # watchfiles ends its loop when it is interrupted


def _again(once: Callable[[tuple[Any, ...]], tuple[Any, int]], before: tuple[Any, ...]) -> tuple[Any, ...]:
    """What is known after one more run: the reports that could be judged, and those of before where none could."""
    try:
        reports, _ = once(before)
    except click.ClickException as problem:
        problem.show()
        return before
    latest = {report.plan.name: report for report in before}
    latest |= {report.plan.name: report for report in reports if report.score is not None}
    return tuple(latest.values())


def _meant(paths: Iterable[str]) -> Callable[[Any, str], bool]:
    """A filter for what is saved: the named files, plans in the named folders, and configuration."""
    named = {os.path.realpath(path) for path in paths if not os.path.isdir(path)}
    inside = any(os.path.isdir(path) for path in paths)

    def fits(change: Any, path: str) -> bool:
        name = os.path.basename(path)
        if os.path.realpath(path) in named or name in ("smlint.yaml", "pyproject.toml"):
            return True
        return inside and name.endswith(_ENDINGS) and not name.startswith(".")

    return fits


def compare(reports: Iterable[Any], before: Iterable[Any]) -> None:
    """Tell each report what it is compared with: the same plan as it was judged last."""
    from smlint.comparison import Earlier, compared
    from smlint.words import say

    known = {report.plan.name: report for report in before}
    for report in reports:
        if (last := known.get(report.plan.name)) is not None:
            last.change = None
            report.change = compared(report, last, Earlier("--watch"))
            language = report.settings.language or report.language or "en"
            for finding in report.change.fixed:
                click.secho(f"✓ {say('diff.mended', language, message=finding.message(language))}", fg="green")
