"""The arithmetic of the score in tables: points, gates, levels, the next level, and the reference plans."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smlint.finding import Finding, Outcome
from smlint.plan import Place, dotted
from smlint.reporters.style import shown_total
from smlint.rulebook import blockers
from smlint.score import HIGHEST_LEVEL, Score, highest_level, report_order
from smlint.words import rounded
from tests.outcomes import WEIGHTS, mended, outcome, outcome_lists, rule, score
from tests.plans import EXAMPLES, book, example, judged

# --- the reference plans ---------------------------------------------------------------------------------------------

EMPTY = {"smlint": 1, "title": "x"}
FOUND_IN_EMPTY = """
    business-objectives-missing profile-incomplete plan-owner-missing sponsor-missing approval-missing
    success-criteria-missing investment-missing goal-without-initiative raci-not-one-accountable
    competence-gap-unaddressed internal-use-missing audience-missing channel-without-purpose tone-missing
    employee-policy-missing crisis-plan-missing risk-register-missing review-missing monitoring-missing
    report-cadence-missing stop-criteria-missing
"""
FOUND_IN_LEAST = {
    "error": "accessibility-missing",
    "warning": "mfa-missing privacy-assessment-missing monitoring-missing",
    "info": "leading-indicator-missing competence-gap-unaddressed key-person-dependency tone-missing "
    "employee-policy-missing report-cadence-missing",
}


def standing(plan: dict[str, object]) -> tuple[Fraction, int, int]:
    """Score, level and number of applicable rules of a plan on the day of the reference."""
    found = judged(plan).score
    assert found is not None
    return found.total, found.level, len(found.outcomes)


def rules_found(plan: dict[str, object], day: date) -> list[str]:
    found = judged(plan, day).score
    assert found is not None
    return sorted(finding.rule.id for finding in found.best)


def test_the_complete_plan() -> None:
    found = judged(example("complete")).score
    assert found is not None
    assert (Fraction(3086, 31), 4, 76) == standing(example("complete"))
    assert [finding.rule.id for finding in found.best] == ["evaluation-underfunded"]
    assert {
        "timezone-coverage-gap", "ad-disclosure-missing", "competition-terms-unchecked", "records-procedure-missing",
    } == book().rules.keys() - found.outcomes.keys()  # fmt: skip


def test_the_least_plan() -> None:
    found = judged(example("least")).score
    assert found is not None
    assert (Fraction(12780, 143), 2, 48) == standing(example("least"))
    by_severity = {severity: sorted(rules.split()) for severity, rules in FOUND_IN_LEAST.items()}
    assert by_severity == {
        severity: sorted(finding.rule.id for finding in found.best if finding.severity == severity)
        for severity in by_severity
    }


def test_the_empty_plan() -> None:
    assert standing(EMPTY) == (0, 1, 62)
    report = judged(EMPTY)
    assert sorted(FOUND_IN_EMPTY.split()) == sorted(finding.rule.id for finding in report.findings)
    assert report.score is not None
    assert all(outcome.passed == 0 for outcome in report.score.outcomes.values())


@pytest.mark.parametrize(
    ("day", "more"),
    [
        ("2026-11-09", ["approval-missing"]),
        ("2026-11-10", []),
        ("2027-02-28", []),
        ("2027-03-01", ["baseline-missing"]),
        ("2027-03-31", ["baseline-missing"]),
        ("2027-04-01", ["baseline-missing", "baseline-missing"]),
        ("2027-06-15", ["baseline-missing", "baseline-missing"]),
        ("2027-06-16", ["baseline-missing", "baseline-missing", "plan-overdue"]),
    ],
)
def test_the_complete_plan_goes_stale(day: str, more: list[str]) -> None:
    assert sorted(["evaluation-underfunded", *more]) == rules_found(example("complete"), date.fromisoformat(day))


def test_the_sound_example_earns_everything() -> None:
    total, level, _ = standing(example("customer-service"))
    assert (total, level) == (100, 5)
    assert judged(example("customer-service")).findings == []


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.yaml")), ids=lambda file: file.stem)
def test_every_example_gives_a_score(file: object) -> None:
    assert judged(example(file.stem)).score is not None  # type: ignore[attr-defined]


# --- points ----------------------------------------------------------------------------------------------------------


def test_the_worked_example() -> None:
    shares = {
        "alignment": "0.6", "anchoring": "0.5", "measurement": "0.425", "investment": "0.3",
        "organisation": "0.45", "audience": "0.65", "governance": "0.525", "operation": "0.25",
    }  # fmt: skip
    found = score(
        *(
            outcome(rule(id, id), passed=int(Fraction(share) * 1000), failed=1000 - int(Fraction(share) * 1000))
            for id, share in shares.items()
        )
    )
    assert Fraction("46.6") == found.total
    assert {id: Fraction(share) for id, share in shares.items()} == {id: found.share(id) for id in shares}


def test_the_weights_are_those_of_the_rulebook() -> None:
    assert {id: dimension.weight for id, dimension in book().dimensions.items()} == WEIGHTS
    assert sum(WEIGHTS.values()) == 100


@pytest.mark.parametrize(
    ("severity", "points"),
    [("error", Fraction(75)), ("warning", Fraction(200, 3)), ("info", Fraction(50))],
)
def test_a_rule_weighs_by_its_severity(severity: str, points: Fraction) -> None:
    found = score(outcome(rule("one", severity=severity), passed=1), outcome(rule("two", severity="info"), failed=1))
    assert points == found.rules["one"].points
    assert points == found.total


def test_a_dimension_weighs_by_its_share_of_those_that_apply() -> None:
    found = score(outcome(rule("one", "alignment"), passed=1), outcome(rule("two", "operation"), failed=1))
    assert Fraction(18 * 100, 26) == found.parts["alignment"].points
    assert (Fraction(18 * 100, 26), Fraction(800, 26), 0) == (
        found.parts["alignment"].earned, found.parts["operation"].lost, found.parts["operation"].blocked,
    )  # fmt: skip


def test_what_a_finding_costs_and_opens() -> None:
    found = score(
        outcome(rule("cause"), passed=1, failed=2),
        outcome(rule("effect"), passed=1, failed=1, blocked={"cause": 2}, line=9),
        outcome(rule("other", "anchoring"), blocked={"cause": 1}),
    )
    cause, other = (found.outcomes[id].findings[0] for id in ("cause", "effect"))
    half = Fraction(18 * 100, 34) / 2
    assert half / 3 == found.cost(cause)
    assert half / 4 == found.cost(other)
    assert (half / 2 + Fraction(1600, 34)) / 2 == found.opens(cause)
    assert found.opens(other) == 0
    assert {"cause": half / 2 + Fraction(1600, 34)} == found.opened


def test_nothing_applicable_earns_nothing() -> None:
    found = score()
    assert (found.total, found.rules, found.parts, found.best) == (0, {}, {}, [])


def test_had_the_outcomes_been_others() -> None:
    found = score(outcome(rule("a"), passed=1), outcome(rule("b", "audience"), failed=1), reaches=4)
    assert (found.level, found.highest) == (1, 4)
    other = found.of({"b": outcome(rule("b", "audience"), passed=1)})
    assert (other.total, other.level, other.highest, list(other.parts)) == (100, 4, 4, ["audience"])


def test_a_score_that_is_known_works_out_the_rest_once_when_asked() -> None:
    found = score(outcome(rule("a"), passed=1, failed=2), outcome(rule("b", "audience"), failed=1), reaches=4)
    asked: list[Score] = []
    known = Score.known(Fraction(1, 3), 2, 4, lambda: asked.append(found) or found)
    assert (known.total, known.level, known.highest, asked) == (Fraction(1, 3), 2, 4, [])
    assert (known.rules, known.parts, known.best) == (found.rules, found.parts, found.best)
    assert (known.outcomes, known.dimensions) == (found.outcomes, found.dimensions)
    assert Score.known(Fraction(1, 3), 2, 4, lambda: found).dimensions == found.dimensions
    assert known.of({}).highest == 4
    assert asked == [found]
    with pytest.raises(AttributeError, match="nothing"):
        known.nothing  # noqa: B018


def test_the_best_come_first() -> None:
    found = score(
        outcome(rule("small", severity="info"), failed=1, line=1),
        outcome(rule("late"), failed=1, line=9),
        outcome(rule("early"), failed=1, line=5),
        outcome(rule("opens", severity="info"), failed=1, line=20),
        outcome(rule("blocked", "anchoring"), blocked={"opens": 1}),
    )
    assert [finding.rule.id for finding in found.best] == ["opens", "early", "late", "small"]


@pytest.mark.parametrize(
    ("total", "shown"),
    [
        ("100", "100.0"), ("99.96", "99.9"), ("99.9999999", "99.9"), ("99.949", "99.9"), ("99.85", "99.9"),
        ("46.6", "46.6"), ("46.65", "46.7"), ("46.649", "46.6"), ("0.05", "0.1"), ("0.049", "0.0"), ("0", "0.0"),
    ],
)  # fmt: skip
def test_shown_with_one_decimal_and_never_as_100_unless_it_is(total: str, shown: str) -> None:
    share = Fraction(total) / 100
    found = score(
        outcome(rule("one"), passed=share.numerator, failed=min(1, share.denominator - share.numerator),
                blocked={"one": max(0, share.denominator - share.numerator - 1)})
    )  # fmt: skip
    assert Fraction(total) == found.total
    assert shown == str(shown_total(found))
    assert (total == "100") == (rounded(found.total, 1) == shown_total(found) == 100)


def test_findings_are_listed_by_line_column_and_rule() -> None:
    given = [("a", 2, 3), ("b", 1, 9), ("a", 10, 1), ("b", 2, 1), ("a", 2, 1)]
    findings = [
        Finding(rule(id), "error", (), (), {}, id=f"{id}@$", place=Place(line, column, line, column + 1))
        for id, line, column in given
    ]
    expected = [("b", 1, 9), ("a", 2, 1), ("b", 2, 1), ("a", 2, 3), ("a", 10, 1)]
    listed = sorted(findings, key=report_order)
    assert expected == [(finding.rule.id, finding.place.line, finding.place.column) for finding in listed]


# --- levels ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcomes", "level"),
    [
        ([outcome(rule("w", severity="warning"), passed=4, failed=1)], 5),  # exactly 80 %
        ([outcome(rule("w", severity="warning"), passed=7999, failed=2001)], 1),
        ([outcome(rule("e"), passed=999, failed=1), outcome(rule("w", severity="warning"), passed=1)], 1),
        ([outcome(rule("e"), passed=999, blocked={"w": 1}), outcome(rule("w", "audience", 5), failed=1)], 1),
        ([outcome(rule("e"), passed=1), outcome(rule("w", severity="warning"), failed=1)], 1),  # 3 of 5
        ([outcome(rule("e"), passed=1), outcome(rule("i", severity="info"), failed=1)], 1),  # 3 of 4
        (
            [outcome(rule("e"), passed=1), outcome(rule("f"), passed=1), outcome(rule("i", severity="info"), failed=1)],
            5,
        ),
        ([outcome(rule("w", severity="warning"), passed=4, blocked={"x": 1})], 5),  # blocked is lost, like a finding
        ([outcome(rule("w", severity="warning"), passed=3, blocked={"x": 2})], 1),
        ([outcome(rule("w", level=3, severity="warning"), failed=1)], 2),
        ([outcome(rule("w", level=5, severity="warning"), failed=1)], 4),
        ([outcome(rule("a"), failed=1), outcome(rule("b", level=3), passed=1)], 1),  # no level is passed over
    ],
)
def test_a_gate_opens_at_80_percent_and_without_errors(outcomes: list[Outcome], level: int) -> None:
    assert level == score(*outcomes).dimension_level("alignment")
    assert level == score(*outcomes).level


def test_the_plan_is_at_the_level_of_its_last_dimension() -> None:
    found = score(
        outcome(rule("a", "alignment", 4), failed=1),
        outcome(rule("b", "anchoring", 3), failed=1),
        outcome(rule("c", "audience", 5), failed=1),
    )
    assert [found.dimension_level(id) for id in ("alignment", "anchoring", "audience")] == [3, 2, 4]
    assert found.level == 2


@pytest.mark.parametrize("reaches", range(1, HIGHEST_LEVEL + 1))
def test_no_plan_is_above_what_its_profile_can_reach(reaches: int) -> None:
    found = score(outcome(rule("a"), passed=1), reaches=reaches)
    assert (reaches, reaches, []) == (found.highest, found.level, found.next_level)


@pytest.mark.parametrize(("dimensions", "highest"), [(3, 1), (4, 3), (8, 3)])
def test_four_dimensions_must_ask_for_a_level(dimensions: int, highest: int) -> None:
    asked = [rule(id, id, 3) for id in list(WEIGHTS)[:dimensions]]
    assert highest == highest_level([*asked, rule("twice", "alignment", 5), rule("more", "alignment", 5)])


@pytest.mark.parametrize(
    ("organisation", "highest"),
    [
        ({"employees": 6}, 4),
        ({"employees": 6, "sector": "public"}, 4),
        ({}, 4),  # unknown counts as small
        ({"employees": 49}, 4),
        ({"employees": 49, "sector": "public", "countries": ["NO", "SE"]}, 5),
        ({"employees": 50}, 5),
        ({"employees": 420, "countries": ["NO", "SE"]}, 5),
    ],
)
def test_the_highest_level_of_a_profile(organisation: dict[str, object], highest: int) -> None:
    found = judged(EMPTY | {"organisation": organisation}).score
    assert found is not None
    assert highest == found.highest


# --- the next level --------------------------------------------------------------------------------------------------


def smallest(outcomes: list[Outcome], level: int, reaches: int) -> list[str]:
    """By brute force over all sets of findings: the smallest that reaches a level, the first in report order."""
    findings = sorted((finding for o in outcomes for finding in o.findings), key=report_order)
    for size in range(len(findings) + 1):
        for chosen in combinations(findings, size):
            ids = {finding.id for finding in chosen}
            if score(*mended(outcomes, ids), reaches=reaches).level >= level:
                return [finding.id for finding in chosen]
    raise AssertionError("mending everything reaches every level")


def ids(findings: list[Finding]) -> list[str]:
    return [finding.id for finding in findings]


@given(outcome_lists(dimensions=3, most=7, findings=9), st.integers(2, 5))
def test_the_next_level_takes_the_smallest_set_of_findings(outcomes: list[Outcome], reaches: int) -> None:
    found = score(*outcomes, reaches=reaches)
    if found.level == found.highest:
        assert found.next_level == []
    else:
        assert smallest(outcomes, found.level + 1, reaches) == ids(found.next_level)


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        # The one finding that blocks four is worth more than two single ones.
        (
            [
                outcome(rule("source", "audience", 5), failed=1, line=50),
                outcome(rule("w", severity="warning"), passed=4, failed=2, blocked={"source": 4}),
            ],
            ["source@goals[0]"],
        ),
        # Half of a rule's findings unblock nothing.
        (
            [
                outcome(rule("source", "audience", 5), failed=3, line=50),
                outcome(rule("w", severity="warning"), passed=6, failed=2, blocked={"source": 2}),
            ],
            ["w@goals[0]", "w@goals[1]"],
        ),
        # What blocks an error rule must be mended, however much is earned.
        (
            [
                outcome(rule("source", "audience", 5), failed=1, line=50),
                outcome(rule("e"), passed=99, blocked={"source": 1}),
            ],
            ["source@goals[0]"],
        ),
        # Either of two would do: the first in the file.
        (
            [
                outcome(rule("a", "audience", 5), failed=1, line=50),
                outcome(rule("b", "audience", 5), failed=1, line=40),
                outcome(rule("w", severity="warning"), passed=3, blocked={"a": 1, "b": 1}),
            ],
            ["b@goals[0]"],
        ),
        # Of equals, the first in the file.
        ([outcome(rule("w", severity="warning"), passed=3, failed=2, line=7)], ["w@goals[0]"]),
        # An error rule leaves no choice, whatever it costs.
        (
            [outcome(rule("e"), passed=97, failed=3), outcome(rule("w", severity="warning"), failed=1, line=40)],
            ["e@goals[0]", "e@goals[1]", "e@goals[2]", "w@goals[0]"],
        ),
        # A dear finding late in the file before two cheap ones; of the cheap ones that would do besides, the first.
        (
            [
                outcome(rule("a", severity="info"), passed=1, failed=4, line=1),
                outcome(rule("b", severity="warning"), failed=1, line=30),
            ],
            ["a@goals[0]", "b@goals[0]"],
        ),
        # What is chosen is spent: with a dear one taken, a cheap one and one that is left no longer do.
        (
            [
                outcome(rule("a", severity="warning"), failed=1, line=1),
                outcome(rule("b", severity="info"), failed=2, line=11),
                outcome(rule("c", severity="warning"), failed=2, line=21),
            ],
            ["a@goals[0]", "c@goals[0]", "c@goals[1]"],
        ),
    ],
)
def test_the_next_level_by_example(outcomes: list[Outcome], expected: list[str]) -> None:
    assert expected == ids(score(*outcomes).next_level)


@pytest.mark.parametrize(
    ("sources", "needed", "steps"),
    [(12, 1, 1), (12, 3, 3), (12, 9, 9), (13, 1, 1), (13, 2, 2), (13, 3, 13), (13, 10, 13)],
)
def test_beyond_twelve_blocking_rules_one_two_or_all_are_tried(sources: int, needed: int, steps: int) -> None:
    blocking = [outcome(rule(f"r{n:02}", "audience", 5), failed=1, line=50 + n) for n in range(sources)]
    blocked = {o.rule.id: 1 for o in blocking}
    effect = outcome(rule("w", severity="warning"), passed=4 * sources - 5 * needed, blocked=blocked)
    assert effect.subjects * Fraction(4, 5) - effect.passed == needed
    assert steps == len(score(effect, *blocking).next_level)


def test_beyond_twelve_blocking_rules_a_finding_of_its_own_may_do() -> None:
    blocking = [outcome(rule(f"r{n:02}", "audience", 5), failed=1, line=50 + n) for n in range(13)]
    effect = outcome(rule("w", severity="warning"), passed=51, failed=1, blocked={o.rule.id: 1 for o in blocking})
    assert ids(score(effect, *blocking).next_level) == ["w@goals[0]"]


def test_every_combination_is_tried_with_the_shipped_rules() -> None:
    """What a level's warnings may be blocked by, error rules of lower levels apart, is few enough for that."""
    for level in range(2, HIGHEST_LEVEL + 1):
        asked = [r.id for r in book().rules.values() if r.level == level and {"error"} != {s for _, s in r.severity}]
        behind: set[str] = set()
        while asked:
            new = set(blockers(book().rules[asked.pop()])) - behind
            behind |= new
            asked += new
        rules = [book().rules[id] for id in behind]
        assert sum(r.level >= level or {"error"} != {s for _, s in r.severity} for r in rules) <= 12


def test_the_next_level_of_the_examples() -> None:
    found = {name: judged(example(name)).score for name in ("complete", "least", "customer-service")}
    steps = {name: [dotted(finding.path) for finding in score.next_level] for name, score in found.items() if score}
    assert (steps["complete"], steps["customer-service"]) == (["$"], [])
    assert len(steps["least"]) == 6
