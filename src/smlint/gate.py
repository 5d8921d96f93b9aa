"""Whether a run passes: findings against --fail-on, score and level against their thresholds and, with a comparison,
against what they were; per file."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

from smlint.finding import SEVERITIES, Diagnostic, Finding
from smlint.report import Report, Verdict, shown
from smlint.score import Score
from smlint.words import Code, Word, rounded


def decide(
    reports: tuple[Report, ...],
    select: tuple[str, ...] = (),
    ignore: tuple[str, ...] = (),
    problems: tuple[Word, ...] = (),
    notes: tuple[Word, ...] = (),
) -> Verdict:
    """The gate's decision over all files, with its reasons: sentences of words.yaml, worst first.

    `problems` say what could not be checked: with any of them the gate is closed. `notes` change nothing.
    """
    unread = [report for report in reports if report.score is None]
    why: list[Word] = list(problems)
    if unread:
        why.append(Word("gate.unread", {"files": [report.plan.name for report in unread]}))
    gated = [(report, finding) for report in reports for finding in _gated(report, select, ignore)]
    if counts := counted([finding for _, finding in gated]):
        compared = any(report.change for report, _ in gated)
        why.append(Word("gate.new" if compared else "gate.findings", {"counts": counts}))
    several = len(reports) > 1
    for report in reports:
        why += [_named(reason, report, several) for reason in (*_too_low(report), *_dropped(report))]
    notes += tuple(_named(note, report, several) for report in reports for note in _notes(report))
    return Verdict(not why, tuple(why), notes)


def _gated(report: Report, select: tuple[str, ...], ignore: tuple[str, ...]) -> list[Finding]:
    """The findings at or above --fail-on that no waiver hides and no comparison knows. What stops a file is a reason of
    its own."""
    return [finding for finding in shown(report, select, ignore) if counts_against(report, finding)]


def counts_against(report: Report, finding: Finding) -> bool:
    """Whether a finding closes the gate by its severity."""
    fail_on = report.settings.fail_on
    if fail_on == "never" or SEVERITIES.index(finding.severity) > SEVERITIES.index(fail_on):
        return False
    return not report.waived(finding) and not stops(finding) and report.is_new(finding) is not False


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


def _too_low(report: Report) -> list[Word]:
    score, settings, reasons = report.score, report.settings, []
    if score is None:
        return []
    if settings.min_score is not None and score.total < settings.min_score:
        reasons.append(Word("gate.score", _two("score", score.total, "min", settings.min_score)))
    if settings.min_level is not None and score.level < min(settings.min_level, score.highest):
        reasons.append(Word("gate.level", {"level": score.level, "min": min(settings.min_level, score.highest)}))
    return reasons


def _dropped(report: Report) -> list[Word]:
    """Where the change has made the plan's score or level lower."""
    before = report.change.before.score if report.change and report.change.before else None
    score, reasons = report.score, []
    if score is None or before is None:
        return []
    accepted = _as_accepted(report, score)
    if accepted.total < before.total:
        reasons.append(Word("gate.score-dropped", _two("score", score.total, "before", before.total)))
    if accepted.level < before.level:
        reasons.append(Word("gate.level-dropped", {"level": score.level, "before": before.level}))
    return reasons


def _as_accepted(report: Report, score: Score) -> Score:
    """The score as it would be if the new findings that a waiver rightly hides had passed, with what they block: who
    accepts a finding accepts what it costs."""
    hidden = {finding.id for finding in report.findings if report.waived(finding) and report.is_new(finding)}
    if not hidden:
        return score
    left = {id: [f for f in outcome.findings if f.id not in hidden] for id, outcome in score.outcomes.items()}
    free = {id for id, outcome in score.outcomes.items() if outcome.findings and not left[id]}
    outcomes = {}
    for id, outcome in score.outcomes.items():
        blocked = {by: count for by, count in outcome.blocked.items() if by not in free}
        passed = outcome.subjects - sum(blocked.values()) - len(left[id])
        outcomes[id] = outcome.with_passed(passed, blocked, left[id])
    return score.of(outcomes)


def _two(one: str, value: Fraction, other: str, limit: Fraction) -> dict[str, Any]:
    """Two figures with decimals enough to differ."""
    decimals = _apart(value, limit)
    return {one: rounded(value, decimals), other: rounded(limit, decimals)}


def _notes(report: Report) -> list[Word]:
    """What the reader should know of an open gate too: a level that this profile cannot reach is not asked for."""
    score, asked = report.score, report.settings.min_level
    if score is None or asked is None or asked <= score.highest:
        return []
    return [Word("gate.highest", {"level": score.highest, "asked": asked})]


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
