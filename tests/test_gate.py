"""The gate's decision in tables: what closes it, what it says, and what it passes over."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import pytest

from smlint.finding import Finding, Outcome, diagnostics
from smlint.gate import counted, decide, plural, summary
from smlint.plan import Fault, Place, Plan
from smlint.report import Change, Report
from smlint.score import Score
from smlint.settings import Settings
from smlint.waiver import Waiver
from smlint.words import Word, written
from tests.outcomes import outcome, rule, score
from tests.plans import book

WAIVER = Waiver("r", "because", None, None, None, None, None, (), Place(1, 1, 1, 1), "")
ERROR = outcome(rule("e"), passed=3, failed=1)
WARNING = outcome(rule("w", "audience", severity="warning"), passed=1, failed=2, line=5)
INFO = outcome(rule("i", "operation", severity="info"), passed=1, failed=1, line=9)
SOUND = outcome(rule("e"), passed=4)


def report(
    *outcomes: Outcome,
    more: Iterable[Finding] = (),
    waived: Iterable[str] = (),
    new: Iterable[str] | None = None,
    before: Score | None = None,
    unaccepted: Iterable[str] = (),
    name: str = "a.yaml",
    reaches: int = 5,
    **settings: Any,
) -> Report:
    """A report on outcomes; `new` makes it one of a comparison, with what was there `before`."""
    findings = [finding for o in outcomes for finding in o.findings]
    found = score(*outcomes, reaches=reaches) if outcomes else None
    plan = Plan(name, "", {}, {}, None)
    made = Report(plan, [*findings, *more], dict.fromkeys(waived, WAIVER), found, {}, Settings(book(), **settings))
    if new is not None:
        earlier = Report(plan, [], {}, before, {}, Settings(book())) if before else None
        made.change = Change("main", frozenset(new), unaccepted=frozenset(unaccepted), before=earlier)
    return made


def unread(name: str = "a.yaml") -> Report:
    """A report on a file that could not be parsed."""
    plan = Plan(name, "", {}, {}, Fault("not-a-plan", 0, 0, {}))
    return Report(plan, [structural("not-a-plan")], {}, None, {}, Settings(book()))


def structural(id: str) -> Finding:
    kind = diagnostics()[id]
    return Finding(kind, kind.severity, (), (), {}, id=f"{id}@$", place=Place(1, 1, 1, 1))


def why(*reports: Report, **more: Any) -> list[str]:
    """The reasons of the decision in English; the gate is closed where there are any."""
    verdict = decide(reports, **more)
    assert verdict.passed == (not verdict.why)
    return [written(reason, "en") for reason in verdict.why]


# --- findings against --fail-on --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fail_on", "reasons"),
    [
        ("never", []),
        ("error", ["1 error"]),
        ("warning", ["1 error and 2 warnings"]),
        ("info", ["1 error, 2 warnings and 1 info"]),
    ],
)
def test_findings_from_the_severity_that_is_asked_for_close_the_gate(fail_on: str, reasons: list[str]) -> None:
    assert reasons == why(report(INFO, WARNING, ERROR, fail_on=fail_on))


def test_without_findings_the_gate_is_open() -> None:
    assert why(report(SOUND)) == []
    assert decide((report(SOUND),)).notes == ()
    assert why() == []


@pytest.mark.parametrize(
    ("select", "ignore", "reasons"),
    [
        ((), (), ["1 error and 2 warnings"]),
        (("e",), (), ["1 error"]),
        (("warning",), (), ["2 warnings"]),
        ((), ("e",), ["2 warnings"]),
        ((), ("audience",), ["1 error"]),
        (("e", "w"), ("w", "e"), []),
    ],
)
def test_only_what_is_selected_counts(select: tuple[str, ...], ignore: tuple[str, ...], reasons: list[str]) -> None:
    given = report(ERROR, WARNING, fail_on="warning")
    assert reasons == why(given, select=select, ignore=ignore)


def test_what_is_waived_does_not_count_unless_only_the_change_waives_it() -> None:
    waived = ["e@goals[0]"]
    assert why(report(ERROR, waived=waived)) == []
    assert why(report(ERROR, waived=waived, new=waived)) == []
    assert why(report(ERROR, waived=waived, new=waived, unaccepted=waived)) == ["new: 1 error"]


def test_what_a_comparison_knows_does_not_count() -> None:
    assert why(report(ERROR, WARNING, new=[], fail_on="info")) == []
    assert why(report(ERROR, WARNING, new=["w@goals[1]"], fail_on="info")) == ["new: 1 warning"]


def test_new_is_said_where_a_comparison_stands_behind_any_of_the_findings() -> None:
    compared, plain = report(ERROR, new=["e@goals[0]"]), report(ERROR)
    assert why(compared, plain) == why(plain, compared) == ["new: 2 errors"]
    assert why(report(ERROR, new=[]), plain) == ["1 error"]


# --- what could not be judged ----------------------------------------------------------------------------------------


def test_what_cannot_be_read_closes_the_gate_and_is_no_finding_besides() -> None:
    assert why(unread()) == ["cannot be judged: a.yaml"]
    assert why(unread(), report(SOUND), unread("c.yaml")) == ["cannot be judged: a.yaml and c.yaml"]
    assert why(unread(), select=("e",)) == ["cannot be judged: a.yaml"]


def test_a_structural_error_counts_like_any_other() -> None:
    assert why(report(SOUND, more=[structural("unknown-key")])) == ["1 error"]


def test_reasons_come_worst_first_and_notes_change_nothing() -> None:
    problem, note = Word("gate.open"), Word("gate.open")
    low = report(ERROR, name="b.yaml", min_score=Fraction(100))
    assert why(unread(), low, problems=(problem,), notes=(note,)) == [
        "gate open", "cannot be judged: a.yaml", "1 error", "`b.yaml`: score 75.0 is below 100.0",
    ]  # fmt: skip
    assert decide((report(SOUND),), notes=(note,)) == (True, (), (note,))
    assert not decide((report(SOUND),), problems=(problem,)).passed


# --- score and level -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "reasons"),
    [
        ({"min_score": Fraction(75)}, []),
        ({"min_score": Fraction(7501, 100)}, ["score 75.00 is below 75.01"]),
        ({"min_score": Fraction(751, 10)}, ["score 75.0 is below 75.1"]),
        ({"min_score": Fraction(0)}, []),
        ({"min_level": 1}, []),
        ({"min_level": 2}, ["level 1 is below 2"]),
        ({"min_level": 5}, ["level 1 is below 4"]),
        ({"min_score": Fraction(76), "min_level": 3}, ["score 75.0 is below 76.0", "level 1 is below 3"]),
    ],
)
def test_score_and_level_must_reach_what_is_asked(asked: dict[str, Any], reasons: list[str]) -> None:
    assert reasons == why(report(ERROR, reaches=4, fail_on="never", **asked))


def test_figures_have_decimals_enough_to_differ_but_forty_at_most() -> None:
    for digits, shown in ((30, 30), (39, 39), (40, 40), (41, 40), (60, 40)):
        (said,) = why(report(ERROR, fail_on="never", min_score=75 + Fraction(4, 10**digits)))
        assert said.startswith(f"score 75.{'0' * shown} is below 75.0")


@pytest.mark.parametrize(("asked", "notes"), [(None, 0), (3, 0), (4, 0), (5, 1)])
def test_a_level_that_the_profile_cannot_reach_is_not_asked_for_but_told(asked: int | None, notes: int) -> None:
    verdict = decide((report(SOUND, reaches=4, min_level=asked), unread("b.yaml")))
    said = "`a.yaml`: level 5 was asked for, but 4 is the highest that this profile can reach"
    assert [said] * notes == [written(note, "en") for note in verdict.notes]


def test_of_several_plans_each_reason_names_its_own() -> None:
    low, sound = report(ERROR, fail_on="never", min_level=2), report(SOUND, name="b.yaml", min_level=2)
    assert why(low) == ["level 1 is below 2"]
    assert why(low, sound) == ["`a.yaml`: level 1 is below 2"]
    assert decide((report(SOUND, min_level=5, reaches=2),)).notes == (Word("gate.highest", {"level": 2, "asked": 5}),)


# --- score and level against what they were --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "now", "reasons"),
    [
        (SOUND, ERROR, ["the score drops from 100.0 to 75.0", "the level drops from 5 to 1"]),
        (ERROR, SOUND, []),
        (ERROR, ERROR, []),
        (ERROR, outcome(rule("e"), passed=2, failed=2), ["the score drops from 75.0 to 50.0"]),
        (
            outcome(rule("e"), passed=19998, blocked={"x": 10002}),
            outcome(rule("e"), passed=19997, blocked={"x": 10003}),
            ["the score drops from 66.660 to 66.657"],
        ),
        (outcome(rule("w", severity="warning"), failed=1), ERROR, []),  # a higher score with another rule
        (
            outcome(rule("w", severity="warning", level=3), passed=3, failed=2),
            outcome(rule("e"), passed=3, failed=1),
            ["the level drops from 2 to 1"],
        ),
    ],
)
def test_a_change_may_not_lower_score_or_level(before: Outcome, now: Outcome, reasons: list[str]) -> None:
    assert reasons == why(report(now, new=[], before=score(before), fail_on="never"))


def test_without_an_earlier_score_nothing_can_drop() -> None:
    assert why(report(ERROR, new=[], fail_on="never")) == []
    earlier = report(ERROR, new=[])
    earlier.change = Change("main", frozenset(), before=unread())
    assert why(earlier) == []
    gone = unread()
    gone.change = Change("main", frozenset(), before=report(SOUND))
    assert why(gone) == ["cannot be judged: a.yaml"]


CAUSE = outcome(rule("cause", "anchoring"), passed=1, failed=1)
EFFECT = outcome(rule("effect", "alignment"), passed=1, failed=1, blocked={"cause": 2}, line=5)
WHOLE = score(outcome(rule("cause", "anchoring"), passed=2), outcome(rule("effect"), passed=3, failed=1, line=5))


@pytest.mark.parametrize(
    ("waived", "new", "drops"),
    [
        (["cause@goals[0]"], ["cause@goals[0]"], False),  # with what it blocks
        (["cause@goals[0]"], [], True),  # an old finding was paid for already
        ([], ["cause@goals[0]"], True),
        (["effect@goals[0]"], ["effect@goals[0]"], True),  # the cause and what it blocks remain
        (["cause@goals[0]", "effect@goals[0]"], ["cause@goals[0]", "effect@goals[0]"], False),
    ],
)
def test_who_accepts_a_new_finding_accepts_what_it_costs(waived: list[str], new: list[str], drops: bool) -> None:
    said = why(report(CAUSE, EFFECT, waived=waived, new=new, before=WHOLE, fail_on="never"))
    assert drops == any(reason.startswith("the score drops") for reason in said)


def test_an_accepted_finding_frees_what_it_blocks_only_with_the_last_of_its_rule() -> None:
    cause = outcome(rule("cause", "anchoring"), failed=2)
    before = score(outcome(rule("cause", "anchoring"), passed=1, failed=1), EFFECT)
    one = ["cause@goals[0]"]
    assert why(report(cause, EFFECT, waived=one, new=one, before=before, fail_on="never")) == []
    free = score(outcome(rule("cause", "anchoring"), passed=1, failed=1), outcome(rule("effect"), passed=3, failed=1))
    said = why(report(cause, EFFECT, waived=one, new=one, before=free, fail_on="never"))
    assert said[0].startswith("the score drops from ")


def test_what_is_blocked_by_a_rule_without_findings_stays_blocked() -> None:
    cause = outcome(rule("cause", "anchoring"), blocked={"root": 2})
    root = outcome(rule("root", "operation"), passed=1, failed=1, line=9)
    new = ["effect@goals[0]"]
    before = score(cause, root, outcome(rule("effect"), passed=4))
    said = why(report(cause, root, EFFECT, waived=new, new=new, before=before, fail_on="never"))
    assert said[0].startswith("the score drops from ")


def test_the_figures_told_are_those_of_the_plan_as_it_is() -> None:
    before = score(outcome(ERROR.rule, passed=4), outcome(WARNING.rule, passed=3))
    now = report(ERROR, WARNING, waived=["w@goals[0]"], new=["w@goals[0]", "e@goals[0]"], before=before)
    assert why(now) == ["new: 1 error", "the score drops from 100.0 to 62.2", "the level drops from 5 to 1"]


# --- counts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "key"), [(0, "count.plan.many"), (1, "count.plan.one"), (2, "count.plan.many")])
def test_one_and_many(number: int, key: str) -> None:
    assert Word(key, {"n": number}) == plural("count.plan", number)


def test_findings_are_counted_worst_first() -> None:
    findings = [finding for o in (INFO, WARNING) for finding in o.findings]
    assert counted(findings) == [Word("count.warning.many", {"n": 2}), Word("count.info.one", {"n": 1})]
    assert counted([]) == []


def test_the_summary_counts_what_is_waived_apart() -> None:
    reports = (report(ERROR, WARNING, waived=["w@goals[0]"]), report(WARNING, INFO, name="b.yaml"))
    assert summary(reports, (), ()) == {"files": 2, "error": 1, "warning": 3, "info": 1, "waived": 1}
    assert summary(reports, ("warning",), ()) == {"files": 2, "error": 0, "warning": 3, "info": 0, "waived": 1}
    assert summary(reports, (), ("w",)) == {"files": 2, "error": 1, "warning": 0, "info": 1, "waived": 0}
    assert summary((), (), ()) == {"files": 0, "error": 0, "warning": 0, "info": 0, "waived": 0}
