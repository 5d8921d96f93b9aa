"""`text`: for a person at a terminal; each finding with its place, the lines in question, what to do, and its points."""

from __future__ import annotations

import re

from smlint.finding import Finding
from smlint.report import Report, Run
from smlint.reporters import Look
from smlint.reporters.style import Pen, closing, columns, standing, statistics, where, worth
from smlint.words import safe

FRAME_LINES = 3  # lines of the plan that a finding shows
_BREAK = re.compile(r"\r\n|\n|\r")


def render(run: Run, look: Look) -> str:
    """Every finding of every plan, then the closing line."""
    pen, parts = Pen(look, run.own_language), []
    several = len(run.reports) > 1
    for report in run.reports:
        own = Pen(look, run.language_of(report))
        lines = _BREAK.split(report.plan.text)
        parts += [_finding(own, report, finding, lines) for finding in run.shown(report)]
        if several and not look.quiet:
            parts.append(own.wrap(f"{safe(report.plan.name)}: ") + f" {standing(own, report)}\n\n")
    if not any(run.shown(report) for report in run.reports) and not look.quiet and run.reports:
        parts.append(f"{pen.say('summary.no-findings')}\n")
    if look.statistics:
        parts.append(statistics(pen, run))
    return "".join(parts) + ("" if look.quiet else f"{closing(pen, run)}\n")


def _finding(pen: Pen, report: Report, finding: Finding, lines: list[str]) -> str:
    points = worth(pen, report, finding)
    head = f"{pen.paint(pen.say(f'severity.{finding.severity}'), finding.severity, 'bold')} {pen.paint(finding.rule.id, 'bold')}"
    head += f" {pen.paint(points, 'dim')}" if points else ""
    text = f"{pen.paint(where(report, finding), 'dim')} {head}\n{pen.wrap(finding.message(pen.language))}\n"
    text += _frame(pen, report, finding, lines)
    waiver = report.waivers.get(finding.id)
    if waiver is not None:
        who = waiver.approved_by or waiver.owner
        key = "text.waived" if waiver.expires else "text.waived-open"
        text += pen.paint(pen.wrap(pen.say(key, expires=waiver.expires, who=who, reason=waiver.reason)), "good") + "\n"
    else:
        label = pen.say("text.fix")
        text += (
            pen.paint(
                pen.wrap(f"{label}: {finding.fix(pen.language)}", indent=" " * (len(label) + 2), first=""), "good"
            )
            + "\n"
        )
    return text + "\n"


def _frame(pen: Pen, report: Report, finding: Finding, lines: list[str]) -> str:
    """The lines that a finding is about, numbered, the range on its first line underlined; nothing for a whole plan."""
    place = finding.place
    if place == (1, 1, 1, 1) or not report.plan.text:
        return ""
    last = min(place.end_line, place.line + FRAME_LINES - 1, len(lines))
    if place.end_column == 1 and last == place.end_line > place.line:
        last -= 1
    gutter = len(str(last))
    room = max(20, pen.look.width - gutter - 3)
    text = ""
    for number in range(place.line, last + 1):
        line = safe(lines[number - 1].expandtabs(1))
        line = line if columns(line) <= room else line[: room - 1] + "…"
        text += f"{pen.paint(f'{number:>{gutter}} │', 'dim')} {line}\n"
        if number == place.line:
            text += _underline(pen, finding, lines[number - 1], gutter, room)
    return text


def _underline(pen: Pen, finding: Finding, line: str, gutter: int, room: int) -> str:
    place = finding.place
    before = columns(safe(line[: place.column - 1].expandtabs(1)))
    end = place.end_column - 1 if place.end_line == place.line else len(line)
    width = columns(safe(line[place.column - 1 : end].expandtabs(1).rstrip()))
    if before >= room:
        return ""
    mark = "^" * max(1, min(width, room - before))
    return f"{pen.paint(' ' * gutter + ' │', 'dim')} {' ' * before}{pen.paint(mark, finding.severity)}\n"
