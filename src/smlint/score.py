"""Outcomes → points → level: pure arithmetic in exact fractions. The laws stand in docs/scoring.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from math import lcm
from typing import Any

from smlint.finding import Finding, Outcome
from smlint.record import Record
from smlint.rule import Dimension, Rule

HIGHEST_LEVEL = 5
SHARE_PER_LEVEL = Fraction(4, 5)  # of the severity weight of a level's rules in a dimension
DIMENSIONS_FOR_LEVEL = 4  # that must have a rule at a level, for a profile to reach it
_EXACT_SEARCH = 12  # blocking rules of which every combination is tried for the next level; beyond, the cheapest few


class Part(Record):
    """Points of a dimension or a rule: what can be earned, and where it went. earned + lost + blocked = points."""

    points: Fraction
    earned: Fraction
    lost: Fraction
    blocked: Fraction


class Score:
    """The score of one plan. Everything but total and level is worked out when somebody asks."""

    _later: Callable[[], Score]

    def __init__(self, outcomes: Mapping[str, Outcome], dimensions: Mapping[str, Dimension], highest: int) -> None:
        """`outcomes` of the applicable rules; `highest`: the level that the plan's profile can reach."""
        self.outcomes: Mapping[str, Outcome] = outcomes
        self.dimensions = dimensions
        self.highest = highest

    @classmethod
    def known(cls, total: Fraction, level: int, highest: int, later: Callable[[], Score]) -> Score:
        """A score whose figures are known already; `later` gives the rest if somebody asks for it."""
        score = cls.__new__(cls)
        score.total, score.level, score.highest, score._later = total, level, highest, later
        return score

    def __getattr__(self, name: str) -> Any:
        """What `known` has put off: outcomes and dimensions."""
        if name not in ("outcomes", "dimensions"):
            raise AttributeError(name)
        whole = self.__dict__["_later"]()
        self.outcomes, self.dimensions = whole.outcomes, whole.dimensions
        return self.__dict__[name]

    @cached_property
    def _rules_of(self) -> dict[str, list[Outcome]]:
        """The outcomes of each dimension that has any."""
        found: dict[str, list[Outcome]] = {}
        for outcome in self.outcomes.values():
            found.setdefault(outcome.rule.dimension, []).append(outcome)
        return found

    @cached_property
    def _earned(self) -> dict[str, tuple[int, int]]:
        """What each dimension earns, of how much."""
        return {id: _earned(outcomes) for id, outcomes in self._rules_of.items()}

    def of(self, outcomes: Mapping[str, Outcome]) -> Score:
        """The score of the same plan, had its outcomes been these."""
        return Score(outcomes, self.dimensions, self.highest)

    # Points.

    @cached_property
    def total(self) -> Fraction:
        """The score, 0 to 100. Nothing applicable earns nothing."""
        parts = [(self.dimensions[id].weight, *earned) for id, earned in self._earned.items()]
        if not parts:
            return Fraction(0)
        common = lcm(*(whole for _, _, whole in parts))
        earned = sum(weight * part * (common // whole) for weight, part, whole in parts)
        return Fraction(100 * earned, common * sum(weight for weight, _, _ in parts))

    def share(self, dimension: str) -> Fraction:
        """The part of a dimension's points that is earned, 0 to 1."""
        return Fraction(*self._earned[dimension])

    @cached_property
    def rules(self) -> dict[str, Part]:
        """Points per applicable rule."""
        whole = sum(self.dimensions[id].weight for id in self._rules_of)
        parts: dict[str, Part] = {}
        for id, outcomes in self._rules_of.items():
            unit = Fraction(100 * self.dimensions[id].weight, whole * sum(outcome.weight for outcome in outcomes))
            for outcome in outcomes:
                each = unit * outcome.weight / outcome.subjects
                lost, blocked = len(outcome.findings), sum(outcome.blocked.values())
                parts[outcome.rule.id] = Part(
                    each * outcome.subjects, each * outcome.passed, each * lost, each * blocked
                )
        return parts

    @cached_property
    def parts(self) -> dict[str, Part]:
        """Points per dimension that has an applicable rule, in the order of the dimensions."""
        found = {}
        for id in self.dimensions:
            if id in self._rules_of:
                rules = [self.rules[outcome.rule.id] for outcome in self._rules_of[id]]
                found[id] = Part(*(sum(column, Fraction(0)) for column in zip(*rules, strict=True)))
        return found

    @cached_property
    def opened(self) -> dict[str, Fraction]:
        """Points of the subjects that a rule blocks: what mending all its findings makes reachable."""
        opened: dict[str, Fraction] = {}
        for id, outcome in self.outcomes.items():
            for by, subjects in outcome.blocked.items():
                opened[by] = opened.get(by, Fraction(0)) + self.rules[id].points * subjects / outcome.subjects
        return opened

    def cost(self, finding: Finding) -> Fraction:
        """The points that a rule's finding costs."""
        outcome = self.outcomes[finding.rule.id]
        return self.rules[finding.rule.id].points / outcome.subjects

    def opens(self, finding: Finding) -> Fraction:
        """A finding's even share of the points that its rule blocks."""
        return self.opened.get(finding.rule.id, Fraction(0)) / len(self.outcomes[finding.rule.id].findings)

    @cached_property
    def best(self) -> list[Finding]:
        """All findings of rules, those first that give most points with what they open."""
        findings = [finding for outcome in self.outcomes.values() for finding in outcome.findings]
        return sorted(findings, key=lambda finding: (-self.cost(finding) - self.opens(finding), report_order(finding)))

    # Levels.

    @cached_property
    def level(self) -> int:
        """The least level of the dimensions, and at most the highest that the profile can reach."""
        return min([self.highest, *(self.dimension_level(id) for id in self._rules_of)])

    def dimension_level(self, dimension: str) -> int:
        """The level of a dimension: gates from 2 upwards, until one is closed."""
        earned, whole = self._earned[dimension]
        if earned == whole:
            return HIGHEST_LEVEL
        by_level: dict[int, list[Outcome]] = {}
        for outcome in self._rules_of[dimension]:
            by_level.setdefault(outcome.rule.level, []).append(outcome)
        return next((level for level in sorted(by_level) if not _gate_open(by_level[level])), HIGHEST_LEVEL + 1) - 1

    @cached_property
    def next_level(self) -> list[Finding]:
        """The smallest set of findings to mend to reach the next level, in report order; empty at the highest."""
        return _next_level(self, self.level + 1) if self.level < self.highest else []


def highest_level(rules: Iterable[Rule]) -> int:
    """The highest level at which at least four dimensions have one of the rules that a profile makes applicable."""
    asked: dict[int, set[str]] = {}
    for rule in rules:
        asked.setdefault(rule.level, set()).add(rule.dimension)
    return max((level for level, found in asked.items() if len(found) >= DIMENSIONS_FOR_LEVEL), default=1)


def report_order(finding: Finding) -> tuple[int, int, str, str]:
    """Findings of one file are listed by line, column and rule."""
    return (finding.place.line, finding.place.column, finding.rule.id, finding.id)


def _earned(outcomes: list[Outcome]) -> tuple[int, int]:
    """The severity weight earned, and the whole of it, as integers of one scale: a fraction that is not made yet."""
    for outcome in outcomes:
        if outcome.passed != outcome.subjects:
            break
    else:
        return 1, 1
    common = lcm(*{outcome.subjects for outcome in outcomes})
    earned = sum(outcome.weight * outcome.passed * (common // outcome.subjects) for outcome in outcomes)
    return earned, common * sum(outcome.weight for outcome in outcomes)


def _gate_open(outcomes: list[Outcome]) -> bool:
    """All error rules of a level hold everywhere, and at least 80 % of the severity weight is earned."""
    for outcome in outcomes:
        if outcome.severity == "error" and outcome.passed < outcome.subjects:
            return False
    earned, whole = _earned(outcomes)
    return earned * SHARE_PER_LEVEL.denominator >= SHARE_PER_LEVEL.numerator * whole


# --- the next level ----------------------------------------------------------------------------------------------


def _next_level(score: Score, target: int) -> list[Finding]:
    """The smallest set of findings that, once mended, opens every gate up to `target`.

    What error rules lack must be mended in any case, and so must whatever blocks them. For the share of 80 % there is a
    choice: single findings, or all findings of a rule, which also unblocks what it blocks. Every combination of such
    rules is tried, so that the set is the smallest, not just a small one; among equals, the first in report order.
    """
    groups = _closed_gates(score, target)
    wanted = [outcome for group in groups for outcome in group if outcome.severity == "error"]
    forced = {id for outcome in wanted for id in (outcome.rule.id, *outcome.blocked)}
    behind = {id for group in groups for outcome in group for id in outcome.blocked} - forced
    best: list[Finding] | None = None
    for more in _choices(sorted(behind)):
        found = _mended(score, groups, forced | set(more))
        if found is not None and (best is None or _shorter(found, best)):
            best = found
    return best or []


def _closed_gates(score: Score, target: int) -> list[list[Outcome]]:
    groups: dict[tuple[str, int], list[Outcome]] = {}
    for outcome in score.outcomes.values():
        if outcome.rule.level <= target:
            groups.setdefault((outcome.rule.dimension, outcome.rule.level), []).append(outcome)
    return [outcomes for outcomes in groups.values() if not _gate_open(outcomes)]


def _choices(rules: list[str]) -> Iterable[tuple[str, ...]]:
    sizes = range(len(rules) + 1) if len(rules) <= _EXACT_SEARCH else (0, 1, 2, len(rules))
    return (chosen for size in sizes for chosen in combinations(rules, size))


def _mended(score: Score, groups: list[list[Outcome]], whole: set[str]) -> list[Finding] | None:
    """All findings of the rules in `whole`, and the fewest others that the gates still need; None if that cannot do."""
    chosen = [finding for id in whole for finding in score.outcomes[id].findings]
    for group in groups:
        more = _fewest(group, whole)
        if more is None:
            return None
        chosen += more
    return sorted(chosen, key=report_order)


def _fewest(group: list[Outcome], whole: set[str]) -> list[Finding] | None:
    """The fewest findings that a gate still needs once the rules in `whole` are mended: the first in report order."""
    needed = SHARE_PER_LEVEL * sum(outcome.weight for outcome in group)
    gains: list[tuple[Fraction, Finding]] = []
    for outcome in group:
        each = Fraction(outcome.weight, outcome.subjects)
        needed -= each * (outcome.passed + sum(n for by, n in outcome.blocked.items() if by in whole))
        if outcome.rule.id in whole:
            needed -= each * len(outcome.findings)
        else:
            gains += [(each, finding) for finding in outcome.findings]
    left = Counter(each for each, _ in gains)
    number = next((number for number in range(len(gains) + 1) if _dearest(left, number) >= needed), None)
    if number is None:
        return None
    chosen = []
    for each, finding in sorted(gains, key=lambda gain: report_order(gain[1])):
        left[each] -= 1
        if number and each + _dearest(left, number - 1) >= needed:  # with this one, the number stays the smallest
            chosen.append(finding)
            needed, number = needed - each, number - 1
    return chosen


def _dearest(gains: Counter[Fraction], number: int) -> Fraction:
    """What the `number` greatest gains come to."""
    total = Fraction(0)
    for gain in sorted(gains, reverse=True):
        taken = min(gains[gain], number)
        total, number = total + gain * taken, number - taken
    return total


def _shorter(one: list[Finding], other: list[Finding]) -> bool:
    if len(one) != len(other):
        return len(one) < len(other)
    return list(map(report_order, one)) < list(map(report_order, other))
