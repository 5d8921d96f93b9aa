"""`markdown`: a comment on a pull request, or a step's summary: the gate, where each plan stands, what is new."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from smlint.difference import Difference
from smlint.finding import SEVERITIES, Finding
from smlint.gate import plural
from smlint.report import Report, Run
from smlint.reporters import Look
from smlint.reporters.difference import shift_table
from smlint.reporters.marked import cell
from smlint.reporters.style import Pen, standing
from smlint.words import written

LONGEST = 60_000  # characters; GitHub takes 65,536 in a comment
SIGNS = {"error": "🔴", "warning": "🟡", "info": "🔵"}
COLUMNS = ("severity", "where", "finding", "fix", "owner", "points")


def render(run: Run, look: Look) -> str:
    """The run as GitHub-flavoured Markdown; cut at the end, and saying so, where it would be too long for a comment."""
    pen = Pen(Look(), run.own_language)
    parts = [_headline(run, pen), *_notes(run, pen)]
    if len(run.reports) > 1:
        parts.append(_overview(run, pen))
    sections = [_section(run, report) for report in sorted(run.reports, key=lambda report: not run.listed(report))]
    return _within(parts, sections, pen)


def _within(parts: list[str], sections: list[str], pen: Pen) -> str:
    """All sections that fit; the number of those that do not."""
    room = LONGEST - sum(len(part) + 1 for part in parts)
    for number, section in enumerate(sections):
        if len(section) > room:
            parts.append(pen.say("markdown.cut", n=len(sections) - number) + "\n")
            break
        room -= len(section) + 1
        parts.append(section)
    return "\n".join(parts)


def _headline(run: Run, pen: Pen) -> str:
    if run.verdict.passed:
        return f"## ✅ {pen.say('markdown.open')}\n"
    reasons = [cell(pen.write(reason)) for reason in run.verdict.why]
    return f"## ❌ {pen.say('markdown.closed', why=_Written(_few('; '.join(reasons), 500)))}\n"


class _Written(str):
    """Text that is escaped already."""

    __slots__ = ()


def _few(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[:longest].rsplit(" ", 1)[0] + " …"


def _notes(run: Run, pen: Pen) -> Iterable[str]:
    if run.verdict.notes:
        yield "".join(f"- {cell(pen.write(note))}\n" for note in run.verdict.notes[:30])


def _overview(run: Run, pen: Pen) -> str:
    """A row per plan."""
    heads = [pen.say(f"table.{name}") for name in ("plan", "level", "score")]
    heads += [pen.say(f"severity.{name}") for name in SEVERITIES]
    rows = []
    for report in run.reports[:200]:
        level = pen.write(report.score.level) if report.score else "–"
        found = [finding for finding in run.listed(report) if not report.waived(finding)]
        counts = [str(sum(finding.severity == name for finding in found)) for name in SEVERITIES]
        rows.append([cell(report.plan.name), level, _score(report, pen), *counts])
    more = [pen.say("markdown.cut", n=len(run.reports) - 200), ""] if len(run.reports) > 200 else []
    return "\n".join([_row(heads), "| --- | ---: | ---: | ---: | ---: | ---: |", *map(_row, rows), "", *more])


def _score(report: Report, pen: Pen) -> str:
    """The score, with what it was."""
    before = report.change.before.score if report.change and report.change.before else None
    if report.score is None:
        return "–"
    now = pen.total(report.score)
    return now if before is None or before.total == report.score.total else f"{pen.total(before)} → {now}"


def _section(run: Run, report: Report) -> str:
    """One plan: where it stands, what is new, fixed and waived, and the rules whose points changed."""
    pen = Pen(Look(), run.language_of(report))
    lines = [
        f"### {cell(report.title or report.plan.name)}",
        "",
        f"{cell(report.plan.name)} · {standing(pen, report)}",
        "",
    ]
    lines += _next(report, pen)
    listed = [finding for finding in run.listed(report) if not report.waived(finding)]
    if listed:
        title = pen.say("markdown.new" if report.change else "markdown.findings")
        lines += [f"**{title} ({len(listed)})**", "", *_table(run, report, listed, pen)]
    known = run.known(report)
    lines += [pen.write(plural("count.known", known)), ""] if known else []
    if report.change and report.change.fixed:
        lines += [f"**{pen.say('markdown.fixed')} ({len(report.change.fixed)})**", ""]
        lines += [
            f"- `{finding.rule.id}` {cell(finding.message(pen.language))}" for finding in report.change.fixed[:50]
        ]
        lines.append("")
    lines += [*_shifts(report, pen), *_waived(run, report, pen)]
    return "\n".join(lines)


def _next(report: Report, pen: Pen) -> list[str]:
    if report.score is None or not report.score.next_level:
        return []
    count = written(plural("count.finding", len(report.score.next_level)), pen.language)
    rules = list(dict.fromkeys(f"`{finding.rule.id}`" for finding in report.score.next_level))
    text = pen.say("markdown.next", level=report.score.level + 1, findings=_Written(count))
    return [f"{text}: {', '.join(rules[:5])}{' …' if len(rules) > 5 else ''}", ""]


def _table(run: Run, report: Report, findings: Sequence[Finding], pen: Pen) -> list[str]:
    """The findings, the worst first, as many as fit."""
    heads = [pen.say(f"table.{name}") for name in COLUMNS]
    lines = [_row(heads), "| --- | --- | --- | --- | --- | ---: |"]
    room = LONGEST // 2
    ranked = sorted(findings, key=lambda finding: (SEVERITIES.index(finding.severity), -_cost(report, finding)))
    for number, finding in enumerate(ranked):
        row = _row(_cells(run, report, finding, pen))
        room -= len(row)
        if room < 0:
            return [*lines, "", pen.say("markdown.cut", n=len(findings) - number), ""]
        lines.append(row)
    return [*lines, ""]


def _cost(report: Report, finding: Finding) -> Fraction:
    return report.score.cost(finding) if report.score and not finding.structural else Fraction(0)


def _cells(run: Run, report: Report, finding: Finding, pen: Pen) -> list[str]:
    cost = _cost(report, finding)
    return [
        f"{SIGNS[finding.severity]} {pen.say(f'severity.{finding.severity}')}",
        f"{finding.place.line}:{finding.place.column}",
        f"{cell(finding.message(pen.language))} (`{finding.rule.id}`)",
        cell(finding.fix(pen.language)),
        cell(report.owners[finding.id] or ""),
        pen.points(cost) if cost else "",
    ]


def _shifts(report: Report, pen: Pen) -> list[str]:
    """The points of rules that the change moved; they add up to the score's change."""
    before = report.change.before if report.change else None
    if before is None or before.score is None or report.score is None or before.score.total == report.score.total:
        return []
    shifts = Difference(before, before, report).by_plan
    return [*_folded(pen.say("markdown.shifts"), shift_table(shifts, pen)), ""]


def _waived(run: Run, report: Report, pen: Pen) -> list[str]:
    waived = [finding for finding in run.shown(report) if report.waived(finding)]
    if not waived:
        return []
    heads = [pen.say(f"table.{name}") for name in ("finding", "reason", "owner", "until")]
    rows = []
    for finding in waived:
        waiver = report.waivers[finding.id]
        who = waiver.approved_by or waiver.owner or ""
        rows.append([cell(finding.message(pen.language)), cell(waiver.reason), cell(who), cell(waiver.expires or "")])
    table = [_row(heads), _row(["---"] * len(heads)), *map(_row, rows)]
    return [*_folded(f"{pen.say('markdown.waived')} ({len(waived)})", table), ""]


def _folded(title: str, lines: Sequence[str]) -> list[str]:
    return ["<details>", f"<summary>{title}</summary>", "", *lines, "", "</details>"]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
