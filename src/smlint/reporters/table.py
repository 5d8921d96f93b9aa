"""`table`: the findings table of a review meeting, for a terminal or a mail."""

from __future__ import annotations

import tabulate as tables

from smlint.finding import Finding
from smlint.pattern import pattern
from smlint.report import Report, Run
from smlint.reporters import Look
from smlint.reporters.style import Pen, closing, nothing, statistics
from smlint.words import safe, shown

_JOINTS = pattern(r"[^._-]*[._-]|[^._-]+")
COLUMNS = ("severity", "where", "finding", "fix", "owner", "points")


def render(run: Run, look: Look) -> str:
    """A table per plan that has findings, under the plan's name; the findings in the order of lines."""
    pen = Pen(look, run.own_language)
    tables = [_table(Pen(look, run.language_of(report)), report, run) for report in run.reports if run.listed(report)]
    text = "\n".join(tables) + "\n" if tables else nothing(pen, run) if run.reports else ""
    text += statistics(pen, run) if look.statistics else ""
    return text + ("" if look.quiet else f"{closing(pen, run)}\n")


def _table(pen: Pen, report: Report, run: Run) -> str:
    rows = [_row(pen, report, finding) for finding in run.listed(report)]
    headers = [pen.say(f"table.{name}") for name in COLUMNS]
    widths = _widths(pen.look.width, headers, rows)
    tables.MIN_PADDING = 0  # else every column is as wide as its heading and two more
    table = tables.tabulate(
        [[_wrapped(cell, width) for cell, width in zip(row, widths, strict=True)] for row in rows],
        headers,
        "simple",
        disable_numparse=True,
        colalign=("left", "left", "left", "left", "left", "right"),
    )
    title = f"{pen.paint(shown(report.title), 'bold')}\n" if report.title else ""
    return f"{title}{pen.paint(safe(report.plan.name), 'dim')}\n\n{table}\n"


def _row(pen: Pen, report: Report, finding: Finding) -> list[str]:
    severity = pen.say(f"severity.{finding.severity}")
    if report.waived(finding):
        severity += f" ({pen.say('table.waived')})"
    points = pen.points(report.score.cost(finding)) if report.score and not finding.structural else ""
    owner = report.owners[finding.id]
    return [
        severity,
        f"{finding.place.line}:{finding.place.column}",
        safe(finding.message(pen.language)),
        safe(finding.fix(pen.language)),
        shown(owner) if owner else "",
        points,
    ]


def _wrapped(cell: str, width: int) -> str:
    """A cell in lines. A word that is too long for one begins a line and breaks after a dot, underscore or hyphen.

    tabulate would break `governance.crisis.plan` anywhere, and fail on `1,000.00`, which it takes for a number.
    """
    lines = [""]
    for word in cell.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines += _pieces(word, width)
    return "\n".join(lines[1:] if len(lines) > 1 and not lines[0] else lines)


def _pieces(word: str, width: int) -> list[str]:
    """A word in pieces that fit a line, as long as can be."""
    pieces = [""]
    for part in _JOINTS.findall(word):
        if len(pieces[-1]) + len(part) <= width:
            pieces[-1] += part
        else:
            pieces += [part[at : at + width] for at in range(0, len(part), width)]
    return [piece for piece in pieces if piece]


def _widths(width: int, headers: list[str], rows: list[list[str]]) -> list[int]:
    """Column widths: place and owner as wide as needed, the owner at most a sixth; finding and fix share the rest."""
    severity = max(8, len(headers[0]))
    place = max(len(row[1]) for row in [headers, *rows])
    owner = min(max(14, width // 6), max(len(row[4]) for row in [headers, *rows]))
    rest = max(30, width - severity - place - owner - max(6, len(headers[5])) - 2 * 5)
    return [severity, place, rest - rest * 9 // 20, rest * 9 // 20, owner, 6]
