"""Outcomes made up for the arithmetic of the score: rules, findings and who blocks whom, without a plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from smlint.finding import Finding, Outcome
from smlint.plan import Place
from smlint.rule import Dimension, Rule
from smlint.score import Score

Draw = Callable[[st.SearchStrategy[Any]], Any]
WEIGHTS = {
    "alignment": 18, "anchoring": 16, "measurement": 16, "investment": 14,
    "organisation": 12, "audience": 8, "governance": 8, "operation": 8,
}  # fmt: skip
TEXT = {"en": "x", "nb": "x"}
DIMENSIONS = {id: Dimension(id, weight, TEXT, TEXT, "", None) for id, weight in WEIGHTS.items()}


def rule(id: str, dimension: str = "alignment", level: int = 2, severity: str = "error") -> Rule:
    """A rule of which only id, dimension, severity and level matter."""
    return Rule(
        id, dimension, (("", severity),), level, None, "$", (), None, {}, {}, {}, None, TEXT, TEXT, TEXT, TEXT, (),
        "", {},
    )  # fmt: skip


def outcome(
    of: Rule, passed: int = 0, failed: int = 0, blocked: dict[str, int] | None = None, *, line: int = 1
) -> Outcome:
    """What a rule found: so many subjects that pass, fail (from `line` on, one a line) and are blocked."""
    blocked = blocked or {}
    findings = [_finding(of, number, line + number) for number in range(failed)]
    return Outcome(of, of.default_severity, passed + failed + sum(blocked.values()), passed, blocked, findings)


def _finding(of: Rule, number: int, line: int) -> Finding:
    path = ("goals", number)
    place = Place(line, 1, line, 2)
    return Finding(of, of.default_severity, path, path, {}, id=f"{of.id}@goals[{number}]", place=place)


def score(*outcomes: Outcome, reaches: int = 5) -> Score:
    """The score of outcomes, for a profile that can reach a level."""
    return Score({outcome.rule.id: outcome for outcome in outcomes}, DIMENSIONS, reaches)


def mended(outcomes: list[Outcome], ids: set[str]) -> list[Outcome]:
    """The outcomes once these findings pass; so does what a rule without any finding left has blocked."""
    clean = {o.rule.id for o in outcomes if all(finding.id in ids for finding in o.findings)}
    return [_mended(o, ids, clean) for o in outcomes]


def _mended(o: Outcome, ids: set[str], clean: set[str]) -> Outcome:
    left = [finding for finding in o.findings if finding.id not in ids]
    blocked = {by: number for by, number in o.blocked.items() if by not in clean}
    return Outcome(o.rule, o.severity, o.subjects, o.subjects - len(left) - sum(blocked.values()), blocked, left)


@st.composite
def outcome_lists(draw: Draw, dimensions: int = 8, most: int = 8, findings: int = 40) -> list[Outcome]:
    """Outcomes as lint gives them: every subject passes, fails or is blocked, and what blocks has a finding."""
    made: list[Outcome] = []
    left = findings
    for number in range(draw(st.integers(1, most))):
        of = rule(
            f"rule-{number}",
            draw(st.sampled_from(list(WEIGHTS)[:dimensions])),
            draw(st.integers(2, 5)),
            draw(st.sampled_from(["error", "warning", "info"])),
        )
        failed = min(left, draw(st.integers(0, 3)))
        left -= failed
        sources = [o.rule.id for o in made if o.findings]
        blocked = draw(st.dictionaries(st.sampled_from(sources), st.integers(1, 2), max_size=2)) if sources else {}
        passed = draw(st.integers(0 if failed or blocked else 1, 4))
        made.append(outcome(of, passed, failed, blocked, line=draw(st.integers(1, 30))))
    return made
