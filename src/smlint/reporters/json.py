"""`json`: everything, for programs, as report.schema.json says. Figures are rounded, with the fraction beside them."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from smlint import __version__
from smlint.finding import Diagnostic, Finding
from smlint.gate import summary
from smlint.report import Report, Run
from smlint.reporters import Look
from smlint.reporters.style import shown_total
from smlint.rulebook import MODEL
from smlint.score import Part, Score
from smlint.words import Word, rounded, written

FORMAT = 1


def render(run: Run, look: Look) -> str:
    """The run as JSON with two spaces of indent; the same run gives the same bytes."""
    return json.dumps(document(run), ensure_ascii=False, indent=2) + "\n"


def document(run: Run) -> dict[str, Any]:
    """The run as plain data."""
    language = run.own_language
    return {
        "smlint": __version__,
        "format": FORMAT,
        "model": {"model": MODEL, "rulebook": rulebook_of(run)},
        "as_of": run.as_of.isoformat(),
        "language": language,
        "files": [_file(run, report) for report in run.reports],
        "skipped": run.skipped,
        "summary": {
            **summary(run.reports, run.select, run.ignore),
            "gate": "pass" if run.verdict.passed else "fail",
            "why": [written(reason, language) for reason in run.verdict.why],
            "notes": [written(note, language) for note in run.verdict.notes],
        },
    }


def rulebook_of(run: Run) -> str | None:
    """The fingerprint of the rules that judged all plans; None where they differ, as each file then says."""
    prints = {report.settings.book.fingerprint for report in run.reports} or {run.book.fingerprint}
    return prints.pop() if len(prints) == 1 else None


def _file(run: Run, report: Report) -> dict[str, Any]:
    language = run.language_of(report)
    return {
        "path": report.plan.name,
        "title": report.title,
        "language": language,
        "findings": [_finding(run, report, finding, language) for finding in run.shown(report)],
        "score": score_of(report.score, report, language) if report.score else None,
        "rulebook": report.settings.book.fingerprint,
        "config": report.settings.source,
        "change": _change(report, language) if report.change else None,
    }


def _change(report: Report, language: str) -> dict[str, Any]:
    """What a comparison found: the earlier score, and the findings that are gone."""
    change = report.change
    assert change is not None
    before = change.before.score if change.before else None
    fixed = [
        {"id": finding.id, "rule": finding.rule.id, "severity": finding.severity, "message": finding.message(language)}
        for finding in change.fixed
    ]
    return {
        "against": change.against,
        "path": change.path,
        "total": float(shown_total(before)) if before else None,
        "exact": str(before.total) if before else None,
        "level": before.level if before else None,
        "fixed": fixed,
    }


def _finding(run: Run, report: Report, finding: Finding, language: str) -> dict[str, Any]:
    rule, place = finding.rule, finding.place
    scored = report.score if report.score and not isinstance(rule, Diagnostic) else None
    waiver = report.waivers.get(finding.id)
    return {
        "id": finding.id,
        "rule": rule.id,
        "severity": finding.severity,
        "dimension": None if isinstance(rule, Diagnostic) else rule.dimension,
        "level": None if isinstance(rule, Diagnostic) else rule.level,
        "message": finding.message(language),
        "fix": finding.fix(language),
        "path": finding.pointer,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        **(_figure("points", scored.cost(finding), exact="exact") if scored else {"points": None, "exact": None}),
        **(_figure("opens", scored.opens(finding)) if scored else {"opens": None, "exact_opens": None}),
        "owner": report.owners[finding.id],
        "waived": report.waived(finding),
        "waiver": _waiver(waiver) if waiver else None,
        "new": report.is_new(finding),
    }


def _waiver(waiver: Any) -> dict[str, Any]:
    return {key: getattr(waiver, key) for key in ("reason", "owner", "approved_by", "expires")}


def score_of(score: Score, report: Report, language: str) -> dict[str, Any]:
    """A score with its parts."""
    return {
        "total": float(shown_total(score)),
        "exact": str(score.total),
        "level": score.level,
        "level_name": written(Word(f"level.{score.level}"), language),
        "ambition": report.ambition,
        "highest_level": score.highest,
        "dimensions": {
            id: {
                "score": _round(100 * score.share(id), 1),
                "exact_score": str(100 * score.share(id)),
                "level": score.dimension_level(id),
                "weight": score.dimensions[id].weight,
                **_part(part, "blocked"),
            }
            for id, part in score.parts.items()
        },
        "rules": {
            id: {
                **_part(score.rules[id], "blocked_points"),
                "subjects": outcome.subjects,
                "passed": outcome.passed,
                "blocked": sum(outcome.blocked.values()),
                "blocked_by": outcome.blocked,
            }
            for id, outcome in sorted(score.outcomes.items())
        },
        "not_applicable": sorted(report.settings.book.rules.keys() - score.outcomes.keys()),
        "next_level": {"level": score.level + 1, "findings": [finding.id for finding in score.next_level]}
        if score.next_level
        else None,
    }


def _part(part: Part, blocked: str) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for name, value in zip(("points", "earned", "lost", blocked), part, strict=True):
        figures |= _figure(name, value)
    return figures


def _figure(name: str, value: Fraction, exact: str = "") -> dict[str, Any]:
    return {name: _round(value, 2), exact or f"exact_{name}": str(value)}


def _round(value: Fraction, decimals: int) -> float:
    return float(rounded(value, decimals))
