"""`table`: the findings table of a review meeting on a terminal or in a mail; severity, where, finding, fix, owner, points."""

from __future__ import annotations

from tabulate import tabulate

from smlint.finding import Finding
from smlint.report import Report, Run
from smlint.reporters import Look
from smlint.reporters.style import Pen, closing, statistics, where
from smlint.words import safe, shown

COLUMNS = ("severity", "where", "finding", "fix", "owner", "points")
_FIXED = 8 + 6 + 2 * 5  # severity, points, and the gaps between the columns


def render(run: Run, look: Look) -> str:
    """One table of all plans, worst severity first within a plan as everywhere: in order of lines."""
    pen = Pen(look, run.own_language)
    rows = [
        _row(Pen(look, run.language_of(report)), report, finding, run)
        for report in run.reports
        for finding in run.shown(report)
    ]
    text = ""
    if rows:
        headers = [pen.say(f"table.{name}") for name in COLUMNS]
        text = tabulate(
            rows, headers, "simple", maxcolwidths=_widths(look.width, rows), disable_numparse=True,
            colalign=("left", "left", "left", "left", "left", "right"), break_long_words=True, break_on_hyphens=True,
        ) + "\n\n"  # fmt: skip
    elif run.reports:
        text = f"{pen.say('summary.no-findings')}\n"
    text += statistics(pen, run) if look.statistics else ""
    return text + ("" if look.quiet else f"{closing(pen, run)}\n")


def _row(pen: Pen, report: Report, finding: Finding, run: Run) -> list[str]:
    severity = pen.say(f"severity.{finding.severity}")
    if report.waived(finding):
        severity += f" ({pen.say('table.waived')})"
    points = pen.points(report.score.cost(finding)) if report.score and not finding.structural else ""
    owner = report.owner(finding, run.book)
    return [
        severity,
        where(report, finding),
        safe(finding.message(pen.language)),
        safe(finding.fix(pen.language)),
        shown(owner) if owner else "",
        points,
    ]


def _widths(width: int, rows: list[list[str]]) -> list[int]:
    """Column widths: where and owner as wide as they need but at most a fifth, finding and fix share the rest."""
    fifth = max(10, (width - _FIXED) // 5)
    place = min(fifth, max(len(row[1]) for row in rows))
    owner = min(fifth, max(5, *(len(row[4]) for row in rows))) if len(rows) > 1 else fifth
    rest = max(24, width - _FIXED - place - owner)
    return [8, place, rest - rest * 9 // 20, rest * 9 // 20, owner, 6]
