"""`concise`: one line per finding, `file:line:col: severity rule message`."""

from __future__ import annotations

from smlint.finding import SEVERITIES
from smlint.report import Run
from smlint.reporters import Look
from smlint.reporters.style import Pen, closing, statistics, where
from smlint.words import safe


def render(run: Run, look: Look) -> str:
    """All findings, a line each, and the closing line."""
    pen, lines = Pen(look, run.own_language), []
    for report in run.reports:
        own = Pen(look, run.language_of(report))
        listed = run.listed(report)
        severities = {each: own.paint(own.say(f"severity.{each}"), each) for each in SEVERITIES} if listed else {}
        for finding in listed:
            waived = f" ({own.say('table.waived')})" if report.waived(finding) else ""
            message = safe(finding.message(own.language))
            lines.append(
                f"{where(report, finding)}: {severities[finding.severity]} {finding.rule.id} {message}{waived}\n"
            )
    if look.statistics:
        lines.append(statistics(pen, run))
    if not look.quiet:
        lines.append(f"{closing(pen, run)}\n")
    return "".join(lines)
