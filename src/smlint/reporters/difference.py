"""How a difference between two states of a plan is written: for a terminal, as JSON, as Markdown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from smlint import __version__
from smlint.difference import Difference, Shift, total
from smlint.finding import Finding
from smlint.report import Report
from smlint.reporters import Look
from smlint.reporters.marked import cell
from smlint.reporters.style import Pen, where
from smlint.rulebook import MODEL
from smlint.words import Word, rounded, safe, separated

FORMAT = 1


def render(states: Difference, format: str, language: str, look: Look, as_of: date) -> str:
    """The difference as text, json or markdown."""
    if format == "json":
        return json.dumps(document(states, language, as_of), ensure_ascii=False, indent=2) + "\n"
    pen = Pen(look if format == "text" else Look(), language)
    return "\n".join(_text(states, pen) if format == "text" else _markdown(states, pen)) + "\n"


# --- text ---------------------------------------------------------------------------------------------------------


def _text(states: Difference, pen: Pen) -> list[str]:
    lines = [pen.paint(f"{safe(states.old.plan.name)} → {safe(states.new.plan.name)}", "bold"), _headline(states, pen)]
    groups = (("new", states.appeared, states.new), ("fixed", states.fixed, states.bridge))
    for key, findings, report in groups:
        if findings:
            lines += ["", pen.paint(pen.say(f"diff.{key}", n=len(findings)), "bold")]
            lines += [_line(finding, report, pen) for finding in findings]
    lines += ["", pen.say("diff.unchanged", n=len(states.unchanged))]
    if states.by_plan:
        lines += ["", pen.paint(pen.say("diff.by-plan"), "bold"), *_shifts(states.by_plan, pen)]
    if states.rules_changed:
        lines += ["", pen.paint(pen.wrap(_rules_said(states, pen)), "bold"), *_shifts(states.by_rules, pen)]
        for key, findings, report in (("asked", states.asked, states.bridge), ("dropped", states.dropped, states.old)):
            if findings:
                lines += [pen.say(f"diff.{key}", n=len(findings))]
                lines += [_line(finding, report, pen) for finding in findings]
    return lines


def _headline(states: Difference, pen: Pen) -> str:
    """Level and score, from the old plan to the new one, by the same rules."""
    one, other = states.bridge.score, states.new.score
    assert one is not None
    assert other is not None
    names = [pen.write(Word(f"level.{score.level}")) for score in (one, other)]
    key = "diff.same-level" if one.level == other.level else "diff.level"
    level = pen.say(key, before=str(one.level), after=str(other.level), was=names[0], now=names[1])
    figures = {"before": _Figure(pen.total(one)), "after": _Figure(pen.total(other))}
    change = _Figure(signed(other.total - one.total, pen))
    return f"{level} · {pen.say('diff.score', **figures, change=change)}"


class _Figure(str):
    """A number that is written out already."""

    __slots__ = ()


def _line(finding: Finding, report: Report, pen: Pen) -> str:
    severity = pen.paint(pen.say(f"severity.{finding.severity}"), finding.severity)
    waived = f" ({pen.say('table.waived')})" if finding.id in report.waivers else ""
    return f"  {severity} {finding.rule.id} {where(report, finding)}: {safe(finding.message(pen.language))}{waived}"


def _shifts(shifts: Sequence[Shift], pen: Pen) -> list[str]:
    """A table of points per rule, with a sum that is the score's change."""
    if not shifts:
        return []
    wide = max(len(shift.rule) for shift in shifts)
    rows = [f"  {shift.rule:<{wide}}{_row(shift.before, shift.after, shift.change, pen)}" for shift in shifts]
    total = signed(sum((shift.change for shift in shifts), Fraction(0)), pen)
    return [*rows, pen.paint(f"  {pen.say('table.sum'):<{wide}}{'':>20}{total:>10}", "bold")]


def _row(before: Fraction | None, after: Fraction | None, change: Fraction, pen: Pen) -> str:
    return f"{_points(before, pen):>10}{_points(after, pen):>10}{signed(change, pen):>10}"


def _points(value: Fraction | None, pen: Pen) -> str:
    return "–" if value is None else separated(str(rounded(value, 2)), pen.language)


def signed(value: Fraction, pen: Pen) -> str:
    """A change with its sign, two decimals, or as many as show that it is one."""
    decimals = next((n for n in range(2, 12) if rounded(value, n)), 2)
    figure = separated(str(rounded(abs(value), decimals)), pen.language)
    return f"{'+' if value > 0 else '−' if value < 0 else '±'}{figure}"


def _rules_said(states: Difference, pen: Pen) -> str:
    change = total(states.bridge) - total(states.old)
    return pen.say("diff.rules", change=_Figure(signed(change, pen)))


# --- markdown -----------------------------------------------------------------------------------------------------


def _markdown(states: Difference, pen: Pen) -> list[str]:
    lines = [f"### {cell(states.old.plan.name)} → {cell(states.new.plan.name)}", "", _headline(states, pen)]
    for key, findings, report in (("new", states.appeared, states.new), ("fixed", states.fixed, states.bridge)):
        if findings:
            lines += ["", f"**{pen.say(f'diff.{key}', n=len(findings))}**", "", *_findings(findings, report, pen)]
    lines += ["", pen.say("diff.unchanged", n=len(states.unchanged))]
    if states.by_plan:
        lines += ["", f"**{pen.say('diff.by-plan')}**", "", *shift_table(states.by_plan, pen)]
    if states.rules_changed:
        lines += ["", f"**{_rules_said(states, pen)}**", "", *shift_table(states.by_rules, pen)]
    return lines


def _findings(findings: Sequence[Finding], report: Report, pen: Pen) -> list[str]:
    heads = [pen.say(f"table.{name}") for name in ("severity", "where", "rule", "finding", "fix")]
    rows = [
        [
            pen.say(f"severity.{finding.severity}"),
            cell(where(report, finding)),
            f"`{finding.rule.id}`",
            cell(finding.message(pen.language)),
            cell(finding.fix(pen.language)),
        ]
        for finding in findings
    ]
    return [_table_row(heads), _table_row(["---"] * len(heads)), *map(_table_row, rows)]


def shift_table(shifts: Sequence[Shift], pen: Pen) -> list[str]:
    heads = [pen.say("table.rule"), pen.say("diff.before"), pen.say("diff.after"), pen.say("diff.change")]
    rows = [
        [f"`{shift.rule}`", _points(shift.before, pen), _points(shift.after, pen), signed(shift.change, pen)]
        for shift in shifts
    ]
    rows.append([pen.say("table.sum"), "", "", signed(sum((shift.change for shift in shifts), Fraction(0)), pen)])
    return [_table_row(heads), "| --- | ---: | ---: | ---: |", *map(_table_row, rows)]


def _table_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


# --- json ---------------------------------------------------------------------------------------------------------


def document(states: Difference, language: str, as_of: date) -> dict[str, Any]:
    """The difference as plain data."""
    return {
        "smlint": __version__,
        "format": FORMAT,
        "model": MODEL,
        "as_of": as_of.isoformat(),
        "language": language,
        "old": _state(states.bridge),
        "new": _state(states.new),
        "findings": {
            "new": [_fact(finding, states.new, language) for finding in states.appeared],
            "fixed": [_fact(finding, states.bridge, language) for finding in states.fixed],
            "unchanged": [finding.id for finding in states.unchanged],
        },
        "score": _sum(states.bridge, states.new) | {"rules": [_shift(shift) for shift in states.by_plan]},
        "rule_set": _rule_set(states, language) if states.rules_changed else None,
    }


def _state(report: Report) -> dict[str, Any]:
    """One side, by the later rules."""
    assert report.score is not None
    return {
        "path": report.plan.name,
        "rulebook": report.settings.book.fingerprint,
        "total": float(rounded(report.score.total, 1)),
        "exact": str(report.score.total),
        "level": report.score.level,
    }


def _rule_set(states: Difference, language: str) -> dict[str, Any]:
    """What the change of the rules did to the old plan."""
    return {
        "rulebook": states.old.settings.book.fingerprint,
        "findings": {
            "added": [_fact(finding, states.bridge, language) for finding in states.asked],
            "gone": [_fact(finding, states.old, language) for finding in states.dropped],
        },
        "score": _sum(states.old, states.bridge) | {"rules": [_shift(shift) for shift in states.by_rules]},
    }


def _sum(before: Report, after: Report) -> dict[str, Any]:
    change = total(after) - total(before)
    return {"change": float(rounded(change, 2)), "exact": str(change)}


def _shift(shift: Shift) -> dict[str, Any]:
    facts: dict[str, Any] = {"rule": shift.rule}
    for name, value in (("before", shift.before), ("after", shift.after), ("change", shift.change)):
        facts[name] = None if value is None else float(rounded(value, 2))
        facts[f"exact_{name}"] = None if value is None else str(value)
    return facts


def _fact(finding: Finding, report: Report, language: str) -> dict[str, Any]:
    return {
        "id": finding.id,
        "rule": finding.rule.id,
        "severity": finding.severity,
        "message": finding.message(language),
        "fix": finding.fix(language),
        "line": finding.place.line,
        "column": finding.place.column,
        "waived": finding.id in report.waivers,
    }
