"""A report as plain values, and back: what is kept of many plans, sent between processes and remembered for next time.

Nothing in it can do anything: lists, texts and numbers, as JSON has them. Rules, their texts and the score's arithmetic
are not part of it but come from the rulebook; so it means something only beside the rules that judged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache, partial
from sys import intern
from typing import Any

from smlint.checks.general import Named
from smlint.finding import Finding, Outcome, diagnostics
from smlint.lint import applicable
from smlint.plan import Items, OutOfRange, Place, Plan
from smlint.profile import Predicates
from smlint.report import Report, reachable
from smlint.rulebook import Rulebook
from smlint.score import Score
from smlint.settings import Settings
from smlint.waiver import Waiver
from smlint.words import Choice, Code, Measure, Percent, Word

Stored = list[Any]


class NotPlain(ValueError):
    """A report that holds a value of a kind that is not known here: some plugin's."""


def stored(report: Report) -> Stored:
    """A report without its name and settings. Raises NotPlain."""
    granted = list(report.granted)
    numbers = {id(waiver): number for number, waiver in enumerate(granted)}
    holding = [report.waivers.get(finding.id) for finding in report.findings]
    return [
        [report.title, report.language, report.ambition, report.saw_day],
        _stored_score(report) if report.score else None,
        [[*_stored_finding(finding), report.owners[finding.id]] for finding in report.findings],
        [None if waiver is None else numbers[id(waiver)] for waiver in holding],
        [_plain(tuple(waiver)) for waiver in granted],
        list(report.lines.items()),
    ]


def restored(name: str, kept: Stored, settings: Settings) -> Report:
    """The lean report of a plan. Raises ValueError, TypeError, KeyError or IndexError for what is no stored report."""
    (title, language, ambition, saw_day), score, found, waived, granted, lines = kept
    findings = [_finding(fields, settings) for *fields, _ in found]
    waivers = tuple(_waiver(fields) for fields in granted)
    holding = zip(findings, waived, strict=True)
    return Report(
        Plan(name, "", {}, {}, None),
        findings,
        {finding.id: waivers[number] for finding, number in holding if number is not None},
        None if score is None else _score(score, findings, settings),
        {"title": title, "language": language, "organisation": {"ambition": {"level": ambition}}},
        settings,
        waivers,
        saw_day=saw_day,
        owners={finding.id: owner and intern(owner) for finding, (*_, owner) in zip(findings, found, strict=True)},
        lines=dict(lines),
    ).lean()


def compact(report: Report) -> Report:
    """The same report with no more of its score than it takes to work it out again: many fit beside each other."""
    report.profile = profile = _profile(tuple(sorted(report.profile)))
    score, book = report.score, report.settings.book
    if score:
        later = partial(_outcomes, book, profile, *_kept(score, book, profile), report.findings)
        report.score = Score.known(score.total, score.level, score.highest, later)
    return report.lean()


# --- score -------------------------------------------------------------------------------------------------------


def _stored_score(report: Report) -> Stored:
    """Total, level and highest level, the profile, and what is kept of the outcomes."""
    score = report.score
    assert score is not None
    subjects, unclean = _kept(score, report.settings.book, report.profile)
    total = score.total
    return [
        total.numerator, total.denominator, score.level, score.highest, sorted(report.profile), list(subjects), unclean,
    ]  # fmt: skip


def _score(kept: Stored, findings: list[Finding], settings: Settings) -> Score:
    above, below, level, highest, names, subjects, unclean = kept
    profile = _profile(tuple(names))
    if len(subjects) != len(applicable(settings.book, profile)):
        raise ValueError("the rules are others")
    later = partial(_outcomes, settings.book, profile, _small(subjects), unclean, findings)
    return Score.known(Fraction(above, below), level, highest, later)


def _kept(score: Score, book: Rulebook, profile: Predicates) -> tuple[Sequence[int], Stored]:
    """Of each rule that the profile makes applicable how many subjects it has and, where not all of them passed, its
    number, how many did and what blocks others."""
    found = score.outcomes.get
    outcomes = [found(rule.id) for rule, _ in applicable(book, profile)]
    unclean = [
        [number, outcome.passed, outcome.blocked]
        for number, outcome in enumerate(outcomes)
        if outcome is not None and outcome.passed != outcome.subjects
    ]
    return _small([outcome.subjects if outcome else 0 for outcome in outcomes]), unclean


def _small(numbers: Sequence[int]) -> Sequence[int]:
    """Numbers in as little memory as they need: many plans are kept like this."""
    return bytes(numbers) if max(numbers, default=0) < 256 else tuple(numbers)


@cache
def _profile(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(names)


def _outcomes(
    book: Rulebook, profile: Predicates, subjects: Sequence[int], unclean: Stored, findings: list[Finding]
) -> Score:
    """The whole score, worked out from what was kept of it."""
    left = {number: (passed, blocked) for number, passed, blocked in unclean}
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.rule.id, []).append(finding)
    rules = applicable(book, profile)
    outcomes = {}
    for number, ((rule, severity), count) in enumerate(zip(rules, subjects, strict=True)):
        if count:
            passed, blocked = left.get(number, (count, {}))
            here = found.get(rule.id, [])
            outcomes[rule.id] = Outcome(rule, severity, count, passed, blocked, here, book.severities)
    return Score(outcomes, book.dimensions, reachable(book, profile))


# --- findings and waivers ----------------------------------------------------------------------------------------


def _stored_finding(finding: Finding) -> Stored:
    place = list(finding.place)
    return [
        finding.rule.id, finding.severity, list(finding.path), list(finding.at), _plain(finding.values), finding.id,
        place, finding.stands, finding.variant,
    ]  # fmt: skip


def _finding(kept: Stored, settings: Settings) -> Finding:
    rule, severity, path, at, values, id, place, stands, variant = kept
    known = settings.book.rules.get(rule) or diagnostics()[rule]
    return Finding(
        known, intern(severity), _path(path), _path(at), _value(values),
        id=id, place=Place(*place), stands=stands, variant=variant,
    )  # fmt: skip


def _path(parts: Stored) -> tuple[Any, ...]:
    return tuple([intern(part) if type(part) is str else part for part in parts])


def _waiver(kept: Stored) -> Waiver:
    fields = dict(zip(Waiver._fields, _value(kept), strict=True))
    lines = None if fields["lines"] is None else tuple(fields["lines"])
    return Waiver(**{**fields, "lines": lines, "path": tuple(fields["path"]), "place": Place(*fields["place"])})


# --- values of messages ------------------------------------------------------------------------------------------

# What JSON does not know, by a letter: how it comes apart, and how it is put together again. A value without a letter
# of its own is itself; a list or map has one, so that no plan can write something that is taken for another kind.
_KINDS: dict[type, tuple[str, Callable[[Any], Any]]] = {
    Code: ("c", str),
    Named: ("n", str),
    OutOfRange: ("o", str),
    Fraction: ("f", lambda value: [value.numerator, value.denominator]),
    Word: ("w", lambda word: [word.key, _plain(word.values)]),
    Percent: ("p", lambda percent: _plain(percent.value)),
    Measure: ("m", lambda measure: [_plain(measure.value), _plain(measure.unit)]),
    Choice: ("a", lambda choice: [_plain(item) for item in choice]),
    dict: ("d", lambda value: {key: _plain(inner) for key, inner in value.items()}),
}
_LISTS = (list, tuple, Items, Place)
_MADE: dict[str, Callable[[Any], Any]] = {
    "c": Code,
    "n": Named,
    "o": OutOfRange,
    "f": lambda parts: Fraction(*parts),
    "w": lambda parts: Word(parts[0], _value(parts[1])),
    "p": lambda value: Percent(_value(value)),
    "m": lambda parts: Measure(_value(parts[0]), _value(parts[1])),
    "a": lambda items: Choice(map(_value, items)),
    "d": lambda items: {key: _value(inner) for key, inner in items.items()},
    "l": lambda items: [_value(item) for item in items],
}


def _plain(value: Any) -> Any:
    """A value as JSON has them. Raises NotPlain."""
    kind = type(value)
    if kind in (str, int, bool) or value is None:
        return value
    if kind in _LISTS:
        return ["l", [_plain(item) for item in value]]
    if kind not in _KINDS:
        raise NotPlain(kind.__name__)
    letter, apart = _KINDS[kind]
    return [letter, apart(value)]


def _value(kept: Any) -> Any:
    """The value that `_plain` made plain."""
    return _MADE[kept[0]](kept[1]) if type(kept) is list else kept
