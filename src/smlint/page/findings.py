"""The findings as a meeting's table has them: in the plan's own words, with who has to act."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from smlint.finding import SEVERITIES, Diagnostic, Finding
from smlint.report import Report, Run
from smlint.words import Word, safe, shown, written


class Row(NamedTuple):
    """One finding. `rank` orders severities, worst first; `points` are exact; `new` is None without a comparison."""

    code: str
    id: str
    rule: str
    severity: str
    rank: int
    where: str
    place: str
    message: str
    why: str
    fix: str
    owner: str
    points: Fraction
    opens: Fraction
    dimension: str
    level: int | None
    new: bool | None
    waived: bool
    reason: str
    until: str | None
    by: str


def rows(run: Run, report: Report, named: dict[tuple[str, str], str], language: str) -> list[Row]:
    """The findings of a plan, worst first: by severity, then by what they cost with what they open."""
    found = [_row(report, finding, named[report.plan.name, finding.id], language) for finding in run.shown(report)]
    return sorted(found, key=lambda row: (row.rank, -row.points - row.opens, row.place, row.id))


def _row(report: Report, finding: Finding, code: str, language: str) -> Row:
    rule = finding.rule
    structural = isinstance(rule, Diagnostic)
    score = None if structural else report.score
    label = finding.values.get("label", Word("label.plan"))
    waiver = report.waivers.get(finding.id)
    return Row(
        code=code,
        id=safe(finding.id),
        rule=rule.id,
        severity=finding.severity,
        rank=SEVERITIES.index(finding.severity),
        where=written(label, language),
        place=f"{safe(report.plan.name)}:{finding.place.line}",
        message=finding.message(language),
        why="" if isinstance(rule, Diagnostic) else rule.why[language],
        fix=finding.fix(language),
        owner=shown(report.owners[finding.id] or ""),
        points=score.cost(finding) if score else Fraction(0),
        opens=score.opens(finding) if score else Fraction(0),
        dimension=""
        if isinstance(rule, Diagnostic)
        else report.settings.book.dimensions[rule.dimension].title[language],
        level=None if isinstance(rule, Diagnostic) else rule.level,
        new=report.is_new(finding),
        waived=report.waived(finding),
        reason=shown(waiver.reason) if waiver else "",
        until=waiver.expires if waiver else None,
        by=shown(waiver.approved_by or waiver.owner or "") if waiver else "",
    )
