"""Accepted findings: in the plan and in comments, what they cover, and what is said of those without effect."""

from __future__ import annotations

import sys
from datetime import date
from typing import Any

import pytest

from smlint.comment import comments
from smlint.finding import Finding
from smlint.plan import Plan
from smlint.report import Report, judge
from smlint.rulebook import load
from smlint.settings import Settings

AS_OF = date(2027, 1, 15)
PLAN = """\
smlint: 1
title: A plan
organisation: {employees: 300}
objectives:
  - {id: B1, statement: More sales}
goals:
  - id: G1
    statement: Sell more
  - id: G2
    statement: Answer faster
"""


def judged(text: str) -> Report:
    report = judge("plan.yaml", text.encode(), Settings(load()), AS_OF)
    assert report.score is not None
    return report


def waived(report: Report) -> list[str]:
    """The ids of the findings that a waiver hides."""
    return sorted(finding.id for finding in report.findings if report.waived(finding))


def complaints(report: Report) -> list[Finding]:
    return [finding for finding in report.findings if finding.rule.id.startswith("waiver-")]


def complained(text: str) -> list[str]:
    return [finding.rule.id for finding in complaints(judged(text))]


def with_waiver(**keys: str) -> str:
    return PLAN + "waivers:\n  - {" + ", ".join(f"{key}: {value}" for key, value in keys.items()) + "}\n"


# --- in the plan ---------------------------------------------------------------------------------------------------

ORPHANS = ["goal-orphan@goals[id=G1]", "goal-orphan@goals[id=G2]"]


@pytest.mark.parametrize(
    ("rule", "at", "expected"),
    [
        ("goal-orphan", None, ORPHANS),
        ("goal-orphan", "G1", ORPHANS[:1]),
        ("goal-orphan", "goals", ORPHANS),
        ("sponsor-missing", None, ["sponsor-missing@$"]),
        ("sponsor-missing", "sponsor", ["sponsor-missing@$"]),
        ("sponsor-missing", "review", []),
        ("goal-orphan", "B1", []),
        ("objective-unserved", "B1", ["objective-unserved@objectives[id=B1]"]),
    ],
)
def test_what_a_waiver_covers(rule: str, at: str | None, expected: list[str]) -> None:
    report = judged(with_waiver(rule=rule, reason="agreed", **({"at": at} if at else {})))
    assert expected == waived(report)
    assert ([] if expected else ["waiver-unused"]) == [finding.rule.id for finding in complaints(report)]


def test_at_an_id_covers_what_lies_in_the_item() -> None:
    text = with_waiver(rule="target-missing", at="G1", reason="agreed").replace(
        "    statement: Sell more\n", "    success_criteria: [{id: K1, metric: reach}, {id: K2, metric: leads}]\n"
    )
    expected = [f"target-missing@goals[id=G1].success_criteria[id=K{number}]" for number in (1, 2)]
    assert expected == waived(judged(text))
    assert expected[1:] == waived(judged(text.replace("at: G1", "at: K2")))


def test_a_waiver_is_shown_with_what_it_says() -> None:
    keys = {"reason": "'as agreed '", "owner": "Head", "approved_by": "CFO", "expires": "2027-01-15"}
    report = judged(with_waiver(rule="goal-orphan", at="G1", **keys))
    [waiver] = report.waivers.values()
    assert ("as agreed ", "Head", "CFO", "2027-01-15") == (
        waiver.reason, waiver.owner, waiver.approved_by, waiver.expires,
    )  # fmt: skip


def test_waivers_change_neither_score_nor_level() -> None:
    plain, eased = judged(PLAN), judged(with_waiver(rule="goal-orphan", reason="agreed"))
    assert plain.score is not None
    assert eased.score is not None
    assert (plain.score.total, plain.score.level) == (eased.score.total, eased.score.level)
    assert [finding.id for finding in plain.findings] == [finding.id for finding in eased.findings]


def test_the_first_of_several_waivers_holds() -> None:
    text = (
        PLAN
        + """\
waivers:
  - {rule: goal-orphan, at: G1, reason: first}
  - {rule: goal-orphan, reason: second}
  - {rule: goal-orphan, at: goals, reason: third}
  - {rule: sponsor-missing, reason: fourth}
"""
    )
    report = judged(text)
    assert [] == complaints(report)
    actual = {id: waiver.reason for id, waiver in report.waivers.items()}
    assert {ORPHANS[0]: "first", ORPHANS[1]: "second", "sponsor-missing@$": "fourth"} == actual


# --- without effect --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "missing"),
    [
        ({"reason": "agreed"}, ["rule"]),
        ({"rule": "goal-orphan"}, ["reason"]),
        ({"x-note": "nothing"}, ["rule", "reason"]),
        ({"rule": "goal-orphan", "reason": "' '"}, ["reason"]),
        ({"rule": "goal-orphan", "reason": "TBD"}, ["reason"]),
        ({"rule": "goal-orphan", "reason": "7"}, ["reason"]),
        ({"rule": "7", "reason": "agreed"}, ["rule"]),
        ({"rule": "goal-orphan", "reason": "agreed", "at": "G9"}, ["at"]),
        ({"rule": "goal-orphan", "reason": "agreed", "at": "TBD"}, ["at"]),
        ({"rule": "goal-orphan", "reason": "agreed", "at": "[G1]"}, ["at"]),
        ({"rule": "goal-orphan", "reason": "agreed", "at": "''"}, ["at"]),
        ({"rule": "goal-orphan", "reason": "agreed", "at": "$schema"}, ["at"]),
        ({"rule": "goal-orphan", "reason": "agreed", "expires": "soon"}, ["expires"]),
        ({"rule": "goal-orphan", "reason": "agreed", "expires": "2027-02-30"}, ["expires"]),
        ({"rule": "goal-orphan", "reason": "agreed", "expires": "2027"}, ["expires"]),
        ({"rule": "''", "reason": "'?'", "at": "G9", "expires": "never"}, ["rule", "reason", "at", "expires"]),
    ],
)
def test_malformed_waivers_have_one_finding_and_no_effect(keys: dict[str, str], missing: list[str]) -> None:
    report = judged(with_waiver(**keys))
    assert [] == waived(report)
    assert ["waiver-malformed"] == [finding.rule.id for finding in report.findings if finding.structural]
    [finding] = complaints(report)
    assert missing == finding.values["missing"]
    assert ("waivers", 0) == finding.path
    assert 12 == finding.place.line


def test_empty_keys_of_a_waiver_are_not_there() -> None:
    text = with_waiver(rule="goal-orphan", reason="agreed", at="null", expires="null")
    assert (ORPHANS, []) == (waived(judged(text)), complained(text))


def test_a_list_of_something_else_is_the_formats_business() -> None:
    report = judged(PLAN + "waivers:\n  - goal-orphan\n  -\n  - {rule: goal-orphan, reason: agreed, at: G1}\n")
    assert ["wrong-type"] == [finding.rule.id for finding in report.findings if finding.structural]
    assert ORPHANS[:1] == waived(report)
    assert ["wrong-type"] == [f.rule.id for f in judged(PLAN + "waivers: none\n").findings if f.structural][:1]


@pytest.mark.parametrize(
    ("rule", "suggestion"),
    [
        ("goal-orphans", "goal-orphan"), ("Goal-Orphan", "goal-orphan"), ("goal_orphan", "goal-orphan"),
        ("no-such-thing", None), ("unknown-key", None), ("placeholder-value", None), ("x" * 10**5, None),
    ],
)  # fmt: skip
def test_unknown_rules(rule: str, suggestion: str | None) -> None:
    report = judged(with_waiver(rule=rule, reason="agreed"))
    assert [] == waived(report)
    [finding] = complaints(report)
    assert "waiver-unknown-rule" == finding.rule.id
    assert suggestion == finding.values["suggestion"]
    assert ("did you mean" in finding.message("en")) == bool(suggestion)


def test_expiry_includes_the_day_itself() -> None:
    def on(day: str) -> list[str]:
        return complained(with_waiver(rule="goal-orphan", reason="agreed", expires=day))

    assert [] == on("2027-01-15")
    assert ["waiver-expired"] == on("2027-01-14")
    assert [] == waived(judged(with_waiver(rule="goal-orphan", reason="agreed", expires="2027-01-14")))


def test_structural_findings_cannot_be_waived() -> None:
    report = judged(with_waiver(rule="unknown-key", reason="agreed") + "budget: 1\n")
    assert [] == waived(report)
    assert {"unknown-key", "waiver-unknown-rule"} == {f.rule.id for f in report.findings if f.structural}


@pytest.mark.parametrize(
    ("keys", "id", "en", "nb"),
    [
        (
            {"rule": "goal-orphan", "at": "G9"},
            "waiver-malformed@waivers[at=G9]=goal-orphan",
            "The waiver has no valid `reason` and `at` and takes no effect.",
            "Fraviket har ikke gyldig `reason` og `at` og er uten virkning.",
        ),
        (
            {"rule": "goal-orphans", "at": "G1", "reason": "x"},
            "waiver-unknown-rule@waivers[at=G1]=goal-orphans",
            "The waiver names `goal-orphans`, which is not a rule; did you mean `goal-orphan`?",
            "Fraviket gjelder `goal-orphans`, som ikke er en regel; mente du `goal-orphan`?",
        ),
        (
            {"rule": "goal-orphan", "at": "G1", "reason": "x", "expires": "2026-12-31"},
            "waiver-expired@waivers[at=G1]=goal-orphan",
            "The waiver for `goal-orphan` expired on 2026-12-31.",
            "Fraviket fra `goal-orphan` utløp 2026-12-31.",
        ),
        (
            {"rule": "goal-orphan", "at": "B1", "reason": "x"},
            "waiver-unused@waivers[at=B1]=goal-orphan",
            "The waiver for `goal-orphan` matches no finding.",
            "Fraviket fra `goal-orphan` gjelder ingen funn.",
        ),
    ],
)
def test_what_is_said_of_waivers(keys: dict[str, str], id: str, en: str, nb: str) -> None:
    [finding] = complaints(judged(with_waiver(**keys)))
    assert (id, en, nb) == (finding.id, finding.message("en"), finding.message("nb"))
    assert all(finding.fix(language).endswith(".") for language in ("en", "nb"))


# --- comments --------------------------------------------------------------------------------------------------------


def commented(comment: str, line: str = "  - id: G1\n") -> str:
    """The plan with a comment at the end of a line."""
    return PLAN.replace(line, line.rstrip("\n") + f" {comment}\n")


@pytest.mark.parametrize("dash", ["—", "–", "--", "-", ":"])
@pytest.mark.parametrize("until", ["", " until 2027-06-30"])
@pytest.mark.parametrize("blank", [" ", "  \t "])
def test_comments_on_the_line(dash: str, until: str, blank: str) -> None:
    report = judged(commented(f"# smlint: waive goal-orphan{until}{blank}{dash}{blank}a reason - in full: yes  "))
    assert (ORPHANS[:1], []) == (waived(report), complaints(report))
    [waiver] = report.waivers.values()
    assert ("a reason - in full: yes", "2027-06-30" if until else None) == (waiver.reason, waiver.expires)


def test_comments_above_the_line() -> None:
    for above in ("# smlint: waive goal-orphan — x\n", "  #smlint:waive goal-orphan: x\n\n# a note\n   # another\n"):
        assert ORPHANS[:1] == waived(judged(PLAN.replace("  - id: G1\n", above + "  - id: G1\n")))
        assert ORPHANS[1:] == waived(judged(PLAN.replace("  - id: G2\n", above + "  - id: G2\n")))


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_ends(newline: str) -> None:
    above = PLAN.replace("  - id: G2\n", "# smlint: waive goal-orphan — x\n  - id: G2\n")
    beside = commented("# smlint: waive goal-orphan — x", "  - id: G2\n")
    for text in (above, beside):
        assert ORPHANS[1:] == waived(judged(text.replace("\n", newline)))


def test_a_waiver_of_the_whole_plan_stands_by_its_first_line() -> None:
    comment = "# smlint: waive sponsor-missing — x"
    for text in (
        f"{comment}\n{PLAN}",
        f"# a note\n\n{comment}\n# more\n{PLAN}",
        f"# a note\n{comment}\n---\n{PLAN}",
        f"---\n{comment}\n{PLAN}",
        PLAN.replace("smlint: 1\n", f"smlint: 1 {comment}\n"),
        "# a note\n" + PLAN.replace("smlint: 1\n", f"smlint: 1 {comment}\n"),
    ):
        assert (["sponsor-missing@$"], []) == (waived(judged(text)), complained(text))
    for text in (PLAN + comment, PLAN.replace("title: A plan\n", f"title: A plan {comment}\n")):
        assert ([], ["waiver-unused"]) == (waived(judged(text)), complained(text))


@pytest.mark.parametrize(
    "line",
    [
        "title: 'A # smlint: waive goal-orphan — x'",
        'title: "A\n  # smlint: waive goal-orphan — x"',
        "title: |\n  A\n  # smlint: waive goal-orphan — x\n  more",
        "title: >-\n  # smlint: waive goal-orphan — x",
        "title: A# smlint:waive goal-orphan — x",
        "title: A # smlint: waiver goal-orphan — x",
        "title: A # smlint waive goal-orphan — x",
        "title: A # SMLINT: WAIVE goal-orphan — x",
        "title: A # smlint: nothing",
        "title: A # see issue# smlint: waive goal-orphan — x",
        "'x- # smlint: waive goal-orphan — x': A\ntitle: A",
        "title: &a A\nx-list: [*a, '# smlint: waive goal-orphan — x']",
    ],
)
def test_these_are_no_waivers(line: str) -> None:
    text = PLAN.replace("title: A plan", line)
    assert ([], []) == (waived(judged(text)), complained(text))
    assert [] == comments(Plan.read("plan.yaml", text.encode()))


def test_a_comment_beside_the_head_of_a_block_scalar() -> None:
    for head in ("|", ">-", "|2", "&a |", "!!str >"):
        text = PLAN.replace("title: A plan\n", f"title: {head} # smlint: waive goal-orphan — x\n  A\n")
        assert ["waiver-unused"] == complained(text)


@pytest.mark.parametrize(
    ("comment", "missing"),
    [
        ("# smlint: waive", ["rule", "reason"]),
        ("# smlint: waive — a reason", ["rule"]),
        ("# smlint: waive - a reason", ["rule"]),
        ("# smlint: waive goal-orphan", ["reason"]),
        ("# smlint: waive goal-orphan —", ["reason"]),
        ("# smlint: waive goal-orphan - TBD", ["reason"]),
        ("# smlint: waive goal-orphan for good reasons", ["reason"]),
        ("# smlint: waive goal-orphan until 2027-06-30", ["reason"]),
        ("# smlint: waive goal-orphan until 2027-06-30 for good reasons", ["reason"]),
        ("# smlint: waive goal-orphan until summer — a reason", ["expires"]),
        ("# smlint: waive goal-orphan until 2027-02-30 — a reason", ["expires"]),
        ("# smlint: waive goal-orphan until — a reason", ["expires"]),
        ("# smlint: waive until 2027-06-30 — a reason", ["rule"]),
        ("# smlint: waive until", ["rule", "reason", "expires"]),
    ],
)
def test_malformed_comments(comment: str, missing: list[str]) -> None:
    report = judged(commented(comment))
    [finding] = complaints(report)
    assert ("waiver-malformed", missing) == (finding.rule.id, finding.values["missing"])
    assert [] == waived(report)
    assert (7, 12, 7, 12 + len(comment)) == finding.place


def test_comments_that_expired_or_name_no_rule() -> None:
    assert ["waiver-expired"] == complained(commented("# smlint: waive goal-orphan until 2027-01-14 — x"))
    assert [] == complained(commented("# smlint: waive goal-orphan until 2027-01-15 — x"))
    assert ["waiver-unknown-rule"] == complained(commented("# smlint: waive goal-orfan — x"))


def test_several_comments_for_one_line() -> None:
    above = "# smlint: waive goal-without-initiative — a\n# smlint: waive goal-orphan — b\n"
    text = PLAN.replace("  - id: G1\n", above + "  - id: G1 # smlint: waive x — c\n")
    assert [ORPHANS[0], "goal-without-initiative@goals[id=G1]"] == waived(judged(text))
    assert ["waiver-unknown-rule"] == complained(text)


def test_a_comment_is_known_by_what_it_speaks_of() -> None:
    [finding] = complaints(judged(commented("# smlint: waive sponsor-missing — x")))
    assert ("waiver-unused@goals[id=G1]=sponsor-missing", "/goals/0") == (finding.id, finding.pointer)
    moved = "# a line more\n" + commented("# smlint: waive sponsor-missing — x")
    assert finding.id == complaints(judged(moved))[0].id
    [finding] = complaints(judged(PLAN.replace("goals:\n", "# smlint: waive sponsor-missing — x\ngoals:\n")))
    assert "waiver-unused@goals=sponsor-missing" == finding.id
    [finding] = complaints(judged(PLAN + "# smlint: waive sponsor-missing — x"))
    assert "waiver-unused@$=sponsor-missing" == finding.id


def test_comments_in_flow_collections() -> None:
    text = """\
{smlint: 1, title: A plan,
 objectives: [{id: B1, statement: x}],
 goals: [
  # smlint: waive goal-orphan — x
  {id: G1},
  {id: G2} ]}
"""
    assert ORPHANS[:1] == waived(judged(text))


@pytest.mark.parametrize(
    "text",
    [
        "# smlint: waive \x85\u2028 \u202e goal-orphan\u2029 — x",
        "# smlint: waive " + "- " * 5000,
        "# smlint: waive " + "until " * 5000,
        "# smlint: waive " + ":" * 5000 + " until" * 5000,
        "# smlint: waive goal-orphan" + " " * 50_000 + "x",
        "# smlint: waive goal-orphan — # smlint: waive sponsor-missing — x",
        "# smlint: waive {value} %s — {reason}",
        "# smlint: waive " + "é" * 50_000 + " — x",
    ],
)
def test_hostile_comments(text: str) -> None:
    for finding in complaints(judged(commented(text))):
        assert len(finding.message("en")) < 300
        assert finding.message("nb").isprintable()
        assert len(finding.id) < 300


def calls(text: str) -> int:
    """How many functions it takes to judge a plan's waivers and the rest."""
    counted = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    load()
    sys.setprofile(count)
    try:
        judge("plan.yaml", text.encode(), Settings(load()), AS_OF)
    finally:
        sys.setprofile(None)
    return counted


@pytest.mark.parametrize("kind", ["in the plan", "in comments", "unknown", "above one line"])
def test_many_waivers_cost_no_more_than_their_number(kind: str) -> None:
    def text(size: int) -> str:
        goals = "".join(f"  - id: G{number + 10}\n" for number in range(size))
        if kind == "in the plan":
            rows = "".join(f"  - {{rule: goal-orphan, reason: x, at: G{number + 10}}}\n" for number in range(size))
            return PLAN + goals + "waivers:\n" + rows
        if kind == "unknown":
            return PLAN + "waivers:\n" + "".join(f"  - {{rule: goal-orfan{n}, reason: x}}\n" for n in range(size))
        if kind == "above one line":
            return PLAN + "# smlint: waive goal-orphan — x\n" * size + "  - id: G3\n"
        return PLAN + goals.replace("\n", " # smlint: waive goal-orphan — x\n")

    assert calls(text(2000)) < 12 * calls(text(200))
