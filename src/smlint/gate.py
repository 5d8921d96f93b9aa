"""Whether a run passes: findings against --fail-on, score and level against their thresholds, per file."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any, NamedTuple

from smlint.finding import SEVERITIES, Diagnostic, Finding
from smlint.report import Report, Verdict, shown
from smlint.words import Code, Word, rounded


class Thresholds(NamedTuple):
    """What the gate asks: `fail_on` a severity or "never"; least score (0–100) and level (1–5), None for no matter."""

    fail_on: str = "error"
    min_score: Fraction | None = None
    min_level: int | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


def decide(reports: tuple[Report, ...], thresholds: Thresholds, problems: tuple[Word, ...] = ()) -> Verdict:
    """The gate's decision over all files, with its reasons: sentences of words.yaml, worst first.

    `problems` say what could not be checked: with any of them the gate is closed.
    """
    unread = [report for report in reports if report.score is None]
    why: list[Word] = list(problems)
    if unread:
        why.append(Word("gate.unread", {"files": [report.plan.name for report in unread]}))
    gated = [finding for report in reports for finding in _gated(report, thresholds)]
    if counts := counted(gated):
        why.append(Word("gate.findings", {"counts": counts}))
    several = len(reports) > 1
    for report in reports:
        why += [_named(reason, report, several) for reason in _too_low(report, thresholds)]
    notes = tuple(_named(note, report, several) for report in reports for note in _notes(report, thresholds))
    return Verdict(not why, tuple(why), notes)


def _gated(report: Report, thresholds: Thresholds) -> list[Finding]:
    """The findings at or above --fail-on that no waiver hides. What stops a file is a reason of its own."""
    if thresholds.fail_on == "never":
        return []
    worst = SEVERITIES[: SEVERITIES.index(thresholds.fail_on) + 1]
    found = shown(report, thresholds.select, thresholds.ignore)
    return [f for f in found if f.severity in worst and not report.waived(f) and not stops(f)]


def stops(finding: Finding) -> bool:
    """Whether a finding keeps the file from being judged."""
    return isinstance(finding.rule, Diagnostic) and finding.rule.stops


def counted(findings: list[Finding]) -> list[Word]:
    """How many of each severity, worst first: "4 errors", "1 warning"."""
    numbers = Counter(finding.severity for finding in findings)
    return [plural(f"count.{severity}", numbers[severity]) for severity in SEVERITIES if numbers[severity]]


def plural(key: str, number: int) -> Word:
    """A counted noun: words.yaml has a form for one and a form for many."""
    return Word(f"{key}.{'one' if number == 1 else 'many'}", {"n": number})


def _too_low(report: Report, thresholds: Thresholds) -> list[Word]:
    score, reasons = report.score, []
    if score is None:
        return []
    if thresholds.min_score is not None and score.total < thresholds.min_score:
        decimals = _apart(score.total, thresholds.min_score)
        values = {"score": rounded(score.total, decimals), "min": rounded(thresholds.min_score, decimals)}
        reasons.append(Word("gate.score", values))
    if thresholds.min_level is not None and score.level < min(thresholds.min_level, score.highest):
        reasons.append(Word("gate.level", {"level": score.level, "min": min(thresholds.min_level, score.highest)}))
    return reasons


def _notes(report: Report, thresholds: Thresholds) -> list[Word]:
    """What the reader should know of an open gate too: a level that this profile cannot reach is not asked for."""
    score = report.score
    if score is None or thresholds.min_level is None or thresholds.min_level <= score.highest:
        return []
    return [Word("gate.highest", {"level": score.highest, "asked": thresholds.min_level})]


def _named(reason: Word, report: Report, several: bool) -> Word:
    return Word("gate.in-file", {"file": Code(report.plan.name), "reason": reason}) if several else reason


def _apart(one: Fraction, other: Fraction) -> int:
    """Decimals enough to tell two numbers apart, one at least."""
    decimals = 1
    while rounded(one, decimals) == rounded(other, decimals) and decimals < 40:
        decimals += 1
    return decimals


def summary(reports: tuple[Report, ...], select: tuple[str, ...], ignore: tuple[str, ...]) -> dict[str, Any]:
    """Counts over all files: findings by severity without what is waived, and the waived."""
    found = [(finding, report.waived(finding)) for report in reports for finding in shown(report, select, ignore)]
    numbers = Counter(finding.severity for finding, waived in found if not waived)
    return {
        "files": len(reports),
        **{severity: numbers[severity] for severity in SEVERITIES},
        "waived": sum(waived for _, waived in found),
    }
