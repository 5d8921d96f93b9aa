"""`text`: for a person at a terminal; findings with place, the lines in question, what to do, and points."""

from __future__ import annotations

from smlint.finding import Finding
from smlint.report import FRAME_LINES, Report, Run
from smlint.reporters import Look
from smlint.reporters.style import Pen, closing, columns, nothing, standing, statistics, where, worth
from smlint.words import safe

INDENT = "  "


def render(run: Run, look: Look) -> str:
    """Every finding of every plan, then the closing line."""
    pen, parts = Pen(look, run.own_language), []
    several = len(run.reports) > 1
    for report in run.reports:
        own = Pen(look, run.language_of(report))
        parts += [_finding(own, report, finding) for finding in run.listed(report)]
        if several and not look.quiet:
            parts.append(own.wrap(f"{safe(report.plan.name)}: ") + f" {standing(own, report)}\n\n")
    if not any(run.listed(report) for report in run.reports) and not look.quiet and run.reports:
        parts.append(nothing(pen, run))
    if look.statistics:
        parts.append(statistics(pen, run))
    return "".join(parts) + ("" if look.quiet else f"{closing(pen, run)}\n")


def _finding(pen: Pen, report: Report, finding: Finding) -> str:
    severity = pen.paint(pen.say(f"severity.{finding.severity}"), finding.severity, "bold")
    points = worth(pen, report, finding)
    head = f"{severity} {pen.paint(finding.rule.id, 'bold')}" + (f"  {pen.paint(points, 'dim')}" if points else "")
    message = pen.wrap(finding.message(pen.language), INDENT)
    place = f"{INDENT}{pen.paint(f'--> {where(report, finding)}', 'dim')}"
    frame = _frame(pen, report, finding)
    return f"{head}\n{message}\n{place}\n{frame}{_answer(pen, report, finding)}\n\n"


def _answer(pen: Pen, report: Report, finding: Finding) -> str:
    """What to do about it or, where it is waived, who accepted it and why."""
    waiver = report.waivers.get(finding.id)
    if waiver is None or not report.waived(finding):
        label = f"{INDENT}{pen.say('text.fix')}: "
        text = pen.wrap(finding.fix(pen.language), " " * len(label), label)
        return pen.paint(label, "good") + text[len(label) :]
    said = [
        ("text.waived", {}),
        ("text.until", {"date": waiver.expires}),
        ("text.by", {"who": waiver.approved_by or waiver.owner}),
    ]
    words = [pen.say(key, **values) for key, values in said if None not in values.values()]
    return pen.paint(pen.wrap(f"{' '.join(words)}: {safe(waiver.reason)}", INDENT), "good")


def _frame(pen: Pen, report: Report, finding: Finding) -> str:
    """The lines that a finding is about, numbered, the range on its first line underlined; nothing for a whole plan."""
    place, lines = finding.place, report.lines
    if place == (1, 1, 1, 1) or place.line not in lines:
        return ""
    last = min(place.end_line, place.line + FRAME_LINES - 1, max(lines))
    if place.end_column == 1 and last == place.end_line > place.line:
        last -= 1
    gutter = len(str(last))
    room = max(20, pen.look.width - gutter - 5)
    skip = _skipped(lines[place.line], place.column - 1, room)
    text = ""
    for number in range(place.line, last + 1):
        line = safe(lines[number].expandtabs(1))
        line = f"…{line[skip:]}" if skip and number == place.line else line
        line = line if columns(line) <= room else line[: room - 1] + "…"
        text += f"{INDENT}{pen.paint(f'{number:>{gutter}} │', 'dim')} {line}\n"
        if number == place.line:
            mark = _mark(finding, lines[number], skip, room)
            text += f"{INDENT}{pen.paint(' ' * gutter + ' │', 'dim')} {pen.paint(mark, finding.severity)}\n"
    return text


def _skipped(line: str, start: int, room: int) -> int:
    """Characters of a long line to leave out at the front, so that the place in question is seen."""
    return start - room // 3 if columns(line[:start]) > room * 2 // 3 else 0


def _mark(finding: Finding, line: str, skip: int, room: int) -> str:
    """Carets under what is there; of an item that lacks something only under its start, where the key goes."""
    place = finding.place
    before = columns(safe(line[skip : place.column - 1].expandtabs(1))) + (1 if skip else 0)
    end = place.end_column - 1 if place.end_line == place.line else len(line)
    width = columns(safe(line[place.column - 1 : end].expandtabs(1).rstrip()))
    return " " * before + "^" * (max(1, min(width, room - before)) if finding.stands else 1)
