"""The eight laws of the score (docs/scoring.md), each as a property over generated plans and outcomes."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from datetime import date
from fractions import Fraction
from pathlib import Path as File
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from smlint import lint
from smlint.cli import main
from smlint.finding import Outcome
from smlint.gate import decide
from smlint.plan import Path, Plan
from smlint.profile import CATEGORIES, Predicates, View
from smlint.proof import complete
from smlint.report import Report, Run, judge, reachable
from smlint.reporters.json import document
from smlint.rulebook import examples
from smlint.score import Score
from smlint.settings import Settings
from smlint.shape import shape
from tests.outcomes import mended, outcome, outcome_lists, rule, score
from tests.plans import DAY, GOOD, book, dumped, edited_examples, edits, example, judged, plans, walk, without

EMPTY = {"smlint": 1, "title": "x"}
COUNTRIES = ["NO", "SE", "DE", "US", "DK"]


def scored(plan: Any) -> Score:
    found = judged(plan).score
    assert found is not None
    return found


# --- 1: bounds -------------------------------------------------------------------------------------------------------


def within_bounds(found: Score) -> None:
    assert 0 <= found.total <= 100
    assert 1 <= found.level <= found.highest <= 5
    assert all(0 <= found.share(id) <= 1 for id in found.parts)
    assert all(found.level <= found.dimension_level(id) <= 5 for id in found.parts)
    assert (found.level == found.highest) == (found.next_level == [])


def flawless_is_all(found: Score) -> None:
    """No finding is 100 at the highest level, and 100 is no finding."""
    if found.outcomes:
        assert (not found.best) == (found.total == 100)
    if not found.best:
        assert found.level == found.highest


@given(plans())
def test_law_1_bounds_over_plans(plan: Any) -> None:
    found = scored(plan)
    within_bounds(found)
    flawless_is_all(found)


@given(outcome_lists(), st.integers(2, 5))
def test_law_1_bounds_over_outcomes(outcomes: list[Outcome], reaches: int) -> None:
    found = score(*outcomes, reaches=reaches)
    within_bounds(found)
    flawless_is_all(found)


def test_law_1_the_empty_plan_earns_nothing() -> None:
    assert (scored(EMPTY).total, scored(EMPTY).level) == (0, 1)


@given(edited_examples(("customer-service",), most=2))
def test_law_1_a_sound_plan_for_another_profile(plan: Any) -> None:
    assume(not scored(plan).best)
    assert (100, scored(plan).highest) == (scored(plan).total, scored(plan).level)


# --- 2: monotone -----------------------------------------------------------------------------------------------------


def figures(found: Score) -> list[Any]:
    """What must not fall: the score, the dimensions, the levels."""
    dimensions = [(found.share(id), found.dimension_level(id)) for id in sorted(found.parts)]
    return [found.total, found.level, *(figure for pair in dimensions for figure in pair)]


def not_lower(before: Score, after: Score) -> bool:
    return all(old <= new for old, new in zip(figures(before), figures(after), strict=True))


@given(outcome_lists(), st.data())
def test_law_2_a_subject_that_turns_to_pass_lowers_nothing(outcomes: list[Outcome], data: st.DataObject) -> None:
    left = [o for o in outcomes if o.passed < o.subjects]
    assume(left)
    chosen = data.draw(st.sampled_from(left))
    findings, blocked = chosen.findings[1:], dict(chosen.blocked)
    if not chosen.findings:
        by = data.draw(st.sampled_from(sorted(blocked)))
        blocked = {id: number - (id == by) for id, number in blocked.items() if number > (id == by)}
    better = Outcome(chosen.rule, chosen.severity, chosen.subjects, chosen.passed + 1, blocked, findings)
    after = [better if o is chosen else o for o in outcomes]
    assert not_lower(score(*outcomes), score(*after))
    assert score(*outcomes).total < score(*after).total


@given(outcome_lists(), st.data())
def test_law_2_a_subject_more_that_does_not_pass_raises_nothing(outcomes: list[Outcome], data: st.DataObject) -> None:
    chosen = data.draw(st.sampled_from(outcomes))
    blocked = {**chosen.blocked, "rule-0": chosen.blocked.get("rule-0", 0) + 1}
    worse = Outcome(chosen.rule, chosen.severity, chosen.subjects + 1, chosen.passed, blocked, chosen.findings)
    assert not_lower(score(*(worse if o is chosen else o for o in outcomes)), score(*outcomes))


@given(outcome_lists(), st.data())
def test_law_2_mending_findings_lowers_nothing(outcomes: list[Outcome], data: st.DataObject) -> None:
    findings = sorted(finding.id for o in outcomes for finding in o.findings)
    ids = data.draw(st.sets(st.sampled_from(findings))) if findings else set()
    assert not_lower(score(*outcomes), score(*mended(outcomes, ids)))
    assert (score(*mended(outcomes, set(findings))).total, score(*mended(outcomes, set(findings))).level) == (100, 5)


class Judged:
    """A plan judged subject by subject: which pass, which fail, which are blocked."""

    def __init__(self, plan: Any) -> None:
        read = Plan.read("plan.yaml", dumped(plan))
        shaped = shape(read).data
        self.items = {path for path, value in walk(shaped) if isinstance(path[-1], int) and isinstance(value, dict)}
        view = View(read, shaped, DAY)
        run = lint._Run(view, book())
        self.predicates: Predicates = view.predicates
        self.standing: dict[str, dict[Path | None, str]] = {}
        for prepared in run.rules.values():
            run.judge(prepared)
            self._note(run, prepared)
        self.score = Score(run.outcomes, book().dimensions, reachable(book(), view.predicates))

    def _note(self, run: Any, prepared: Any) -> None:
        outcome = run.outcomes.get(prepared.rule.id)
        if outcome is None:
            return
        failed = {finding.path for finding in outcome.findings}
        spots = run.spots(prepared)
        conditions = [condition for condition in prepared.blocked if condition.by in run.faults]
        found: dict[Path | None, str] = {
            spot.path: "fail"
            if spot.path in failed
            else "blocked"
            if run.blocker(conditions, spot, prepared.check)
            else "pass"
            for spot in spots
        }
        self.standing[prepared.rule.id] = found or {None: "fail" if failed else "blocked"}
        assert outcome.passed == sum(standing == "pass" for standing in found.values())

    def comparable(self, other: Judged) -> bool:
        """The same profile, the same items, and the same subjects of every rule."""
        subjects, others = ({id: found.keys() for id, found in one.standing.items()} for one in (self, other))
        return self.predicates == other.predicates and self.items == other.items and subjects == others

    def passing(self) -> set[tuple[str, Path | None]]:
        return {(id, path) for id, found in self.standing.items() for path in found if found[path] == "pass"}


@given(plans(), st.data())
def test_law_2_an_edit_that_takes_no_pass_lowers_nothing(plan: Any, data: st.DataObject) -> None:
    changed = data.draw(edits(plan))
    before, after = Judged(plan), Judged(changed)
    assume(before.comparable(after))
    if before.passing() <= after.passing():
        assert not_lower(before.score, after.score)
    if before.passing() >= after.passing():
        assert not_lower(after.score, before.score)


# Where a subject may turn to pass because a value is deleted, by the nature of its rule: rule → keys, and why.
# Everywhere else, what a rule reads and does not find makes it fail or blocks it.
LESS_IS_ASKED = "what is not asked for need not be there"
SUM = "a wrong sum may come right when a part of it goes"
MAY_RISE = {
    "ave-used": (
        "goals.*.statement goals.*.return goals.*.return.basis goals.*.success_criteria.*.name "
        "goals.*.success_criteria.*.target",
        "the words are forbidden, and go with the text that says them",
    ),
    "initiatives-exceed-budget": ("initiatives.*.cost competence.*.cost", "a smaller cost fits the budget"),
    "volunteer-dependence": ("investment.people.*.voluntary", "hours that have a price and are not unpaid are paid"),
    "capacity-overcommitted": ("initiatives.*.ongoing", "what has an end counts by its days in the period"),
    "raci-not-one-accountable": ("governance.raci.*.A.* departments.*.id", "one accountable too many is gone"),
    "language-coverage-gap": (
        "audiences.*.languages audiences.*.languages.* organisation.languages.*", LESS_IS_ASKED,
    ),
    "timezone-coverage-gap": (
        "audiences.*.id audiences.*.time_zone channels.*.audiences.* organisation.time_zones.*", LESS_IS_ASKED,
    ),
    "audience-unreached": ("audiences.*.id goals.*.audiences.*", LESS_IS_ASKED),
    "tone-not-adapted": ("organisation.countries.*", LESS_IS_ASKED),
    "social-only-information": (
        "goals.*.id goals.*.function channels.*.goals.*", "the channel is not known to serve such a goal",
    ),
    "investment-total-mismatch": ("investment.people.*.rate investment.CATEGORY", SUM),
    "evaluation-underfunded": ("investment.people.*.rate investment.CATEGORY", SUM),
    "roi-arithmetic-wrong": (
        "initiatives.*.cost initiatives.*.goals.* goals.*.id goals.*.return.per investment.people.*.rate "
        "goals.*.return.currency investment.currency",
        SUM + ", or a second currency",
    ),
    "sponsor-is-author": ("sponsor.name owner.name", "without names, the roles decide"),
    "share-chain-unresolved": ("goals.*.success_criteria.*.id", "of two equal ids one is left, and `of` has a meaning"),
}  # fmt: skip
ALLOWED = {(rule, key) for rule, (keys, _) in MAY_RISE.items() for key in keys.split()}


def key_of(path: Path) -> str:
    """A path without its indexes; the seven categories of money are one."""
    if path[0] == "investment" and path[-1] in CATEGORIES:
        return "investment.CATEGORY"
    return ".".join("*" if isinstance(part, int) else part for part in path)


def rises(plan: Any, paths: list[Path]) -> set[tuple[str, str]]:
    """Rules of which a subject turns to pass when one of these values is deleted, with the key; all else the same."""
    before, found = Judged(plan), set()
    for path in paths:
        after = Judged(without(plan, path))
        if before.comparable(after):
            risen = {rule for rule, _ in after.passing() - before.passing()}
            found |= {(rule, key_of(path)) for rule in risen}
            assert risen or not_lower(after.score, before.score)
    return found


def deletable(plan: Any) -> list[Path]:
    return [path for path, _ in walk(plan) if path[0] not in ("smlint", "title")]


@given(plans(), st.data())
def test_law_2_deleting_a_value_raises_nothing(plan: Any, data: st.DataObject) -> None:
    places = deletable(plan)
    assume(places)
    assert rises(plan, [data.draw(st.sampled_from(places))]) <= ALLOWED


def fragments() -> list[Any]:
    """The examples of the rules: small plans, each on the brink of something."""
    completed = [complete(found) for rule in book().rules.values() for found in examples(rule)[0]]
    plans = [Plan.read("example", text.encode()).data for text in completed]
    return [json.loads(json.dumps(plan, default=float)) for plan in plans]


def test_law_2_deleting_any_value_of_the_rules_own_examples() -> None:
    """Every deletion in some 550 plans; and with the witnesses, every exception of the table is a real one."""
    witnesses = [{**EMPTY, **yaml.safe_load(text)} for text in WITNESSES]
    found = {rise for plan in [*fragments(), *witnesses] for rise in rises(plan, deletable(plan))}
    assert found == ALLOWED


WITNESSES = [
    # capacity-overcommitted: ongoing, and yet with an end beyond the period
    """
    period: {from: "2027-01-01", to: "2027-12-31"}
    goals: [{id: G1}]
    investment: {people: [{hours: 100, rate: 1}]}
    initiatives: [{goals: [G1], owner: a, hours: 150, from: "2027-01-01", to: "2028-12-31", ongoing: true}]
    """,
    # raci-not-one-accountable
    """
    departments: [{id: a, name: A}, {id: b, name: B}]
    governance:
      raci:
        - {process: publish, R: [a], A: [a, b]}
        - {process: respond, R: [a], A: [a]}
        - {process: crisis, R: [a], A: [a]}
        - {process: measure, R: [a], A: [a]}
    """,
    # language-coverage-gap
    """
    organisation: {languages: [nb, sv, se]}
    goals: [{id: G1}]
    audiences: [{id: A1}]
    channels: [{id: C1, audiences: [A1], languages: [nb, sv]}]
    """,
    # timezone-coverage-gap
    """
    organisation: {time_zones: [Europe/Oslo, Europe/London, America/Los_Angeles]}
    audiences: [{id: A1}]
    channels:
      - {id: C1, two_way: true, audiences: [A1], service_hours: Mon-Fri 08:00-16:00, time_zone: Europe/Oslo}
    """,
    """
    organisation: {time_zones: [Europe/Oslo, Europe/London]}
    audiences: [{id: A1, time_zone: America/Los_Angeles}]
    channels:
      - {id: C1, two_way: true, audiences: [A1], service_hours: Mon-Fri 08:00-16:00, time_zone: Europe/Oslo}
    """,
    # audience-unreached
    """
    audiences: [{id: A1}, {id: A2, tone: formal}]
    goals: [{id: G1, audiences: [A1, A2]}]
    channels: [{id: C1, goals: [G1], audiences: [A1]}]
    """,
    # investment-total-mismatch and evaluation-underfunded; volunteer-dependence, of people with a price
    """
    organisation: {employees: 300}
    investment:
      people: [{role: a, hours: 1000, rate: 1000}, {role: b, hours: 1000, rate: 1000, voluntary: true}]
      evaluation: 60000
      total: {hours: 2000, money: 1060000}
    """,
    """
    organisation: {employees: 300}
    investment:
      people: [{role: a, hours: 1000, rate: 1000}]
      tools: 200000
      evaluation: 60000
      total: {hours: 1000, money: 1060000}
    """,
    # roi-arithmetic-wrong: a cost, a share of a goal, a price too many
    """
    goals: [{id: G1, return: {amount: 2000, roi_percent: 100}}, {id: G2, statement: b}]
    investment: {people: [{role: a, hours: 100, rate: 10}]}
    initiatives: [{goals: [G1], hours: 100, cost: 500}]
    """,
    """
    goals: [{id: G1, return: {amount: 2000, roi_percent: 100}}, {id: G2, statement: b}]
    investment: {people: [{role: a, hours: 100, rate: 10}]}
    initiatives: [{goals: [G1, G2], hours: 100}]
    """,
    """
    goals: [{id: G1, return: {amount: 4000, roi_percent: 100}}]
    investment: {people: [{role: a, hours: 50, rate: 20}, {role: b, hours: 50, rate: 20, voluntary: true}]}
    initiatives: [{goals: [G1], hours: 200}]
    """,
    # share-chain-unresolved
    """
    goals:
      - id: G1
        success_criteria:
          - {id: K1, metric: retention, unit: percent, target: 5, of: K2}
          - {id: K2, metric: retention, unit: percent, target: 5, of: {population: all, count: 9}}
          - {id: K2, metric: leads, unit: count, target: 5}
    """,
]


# --- 3: the ledger ---------------------------------------------------------------------------------------------------


def balances(found: Score) -> None:
    """earned + lost + blocked = points, in every rule and dimension and in all: exactly, and in fractions."""
    for part in (*found.rules.values(), *found.parts.values()):
        assert part.points == part.earned + part.lost + part.blocked
        assert all(isinstance(figure, Fraction) and figure >= 0 for figure in part)
    whole = 100 if found.outcomes else 0
    assert whole == sum(part.points for part in found.parts.values())
    assert whole == sum(part.points for part in found.rules.values())
    assert found.total == sum(part.earned for part in found.parts.values())
    assert found.total == sum(part.earned for part in found.rules.values())
    assert isinstance(found.total, Fraction)
    lost, blocked = (sum(getattr(part, name) for part in found.rules.values()) for name in ("lost", "blocked"))
    assert lost == sum(found.cost(finding) for finding in found.best)
    assert blocked == sum(found.opened.values())
    assert blocked == sum(found.opens(finding) for finding in found.best)  # nothing is blocked without a finding
    for each in found.outcomes.values():
        assert each.subjects == each.passed + len(each.findings) + sum(each.blocked.values()) > 0


@given(plans())
def test_law_3_the_ledger_of_a_plan_is_exact(plan: Any) -> None:
    balances(scored(plan))


@given(outcome_lists())
def test_law_3_the_ledger_of_outcomes_is_exact(outcomes: list[Outcome]) -> None:
    balances(score(*outcomes))


# --- 4: what does not matter -----------------------------------------------------------------------------------------


def ledger(report: Report) -> dict[str, Any]:
    """Every figure of a report, and what was found, with nothing that depends on lines."""
    found = report.score
    assert found is not None
    return {
        "total": found.total,
        "levels": (found.level, found.highest, {id: found.dimension_level(id) for id in sorted(found.parts)}),
        "dimensions": found.parts,
        "rules": found.rules,
        "blocked": {id: dict(sorted(outcome.blocked.items())) for id, outcome in sorted(found.outcomes.items())},
        "opened": found.opened,
        "findings": Counter((finding.id.partition("#")[0], finding.severity) for finding in report.findings),
        "steps": len(found.next_level),
    }


def shuffled(value: Any, random: random.Random) -> Any:
    """The same value with keys and items of lists in another order."""
    if isinstance(value, dict):
        keys = random.sample(list(value), len(value))
        return {key: shuffled(value[key], random) for key in keys}
    return [shuffled(item, random) for item in random.sample(value, len(value))] if isinstance(value, list) else value


def as_yaml(plan: Any) -> bytes:
    """The plan in YAML's block style, with comments wherever a line begins a key or an item."""
    lines = yaml.safe_dump(plan, sort_keys=False, allow_unicode=True, width=10**6).splitlines()
    noted = [part for line in lines for part in (("# a comment: {not: data}", line) if line.isascii() else (line,))]
    return "\n".join(["# the whole", *noted, "# the end", ""]).encode()


@given(plans(), st.randoms(use_true_random=True))
def test_law_4_order_changes_no_figure(plan: Any, random: random.Random) -> None:
    assert ledger(judged(plan)) == ledger(judged(shuffled(plan, random)))


@pytest.mark.parametrize("blocked", [{"one": 1, "other": 2}, {"other": 2, "one": 1}])
def test_law_4_of_several_rules_that_block_the_order_of_items_does_not_choose(blocked: dict[str, int]) -> None:
    run = lint._Run(View(Plan.read("plan.yaml", dumped(EMPTY)), dict(EMPTY), DAY), book())
    run.note(outcome(rule("between"), blocked=blocked))
    assert run.faults == {"between": "one"}


@given(plans())
def test_law_4_yaml_json_and_comments_change_no_figure(plan: Any) -> None:
    inner = (
        path for path, value in walk(plan) if isinstance(value, str) and ("\n" in value or not value.isprintable())
    )
    assume(not list(inner))
    assert ledger(judged(plan)) == ledger(judge("plan.yaml", as_yaml(plan), Settings(book()), DAY))


@given(plans(), st.sampled_from(["en", "nb"]))
def test_law_4_language_and_name_change_no_figure(plan: Any, language: str) -> None:
    said = {**{key: plan[key] for key in plan if key != "language"}, "language": "nb"}
    other = said | {"language": language}
    assert ledger(judged(said)) == ledger(judge("b/other.json", dumped(other), Settings(book()), DAY))


def figures_of(folder: File, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    with pytest.raises(SystemExit):
        main(["check", str(folder), "--format", "json", "--as-of", DAY.isoformat(), *options])
    printed = json.loads(capsys.readouterr().out)
    return {file["path"].rpartition("/")[2]: (file["score"], figures_in(file)) for file in printed["files"]}


def figures_in(file: dict[str, Any]) -> list[Any]:
    return [(f["id"], f["severity"], f["line"], f["exact"], f["opens"]) for f in file["findings"]]


def test_law_4_processes_and_other_files_change_no_figure(tmp_path: File, capsys: pytest.CaptureFixture[str]) -> None:
    for name in GOOD:
        (tmp_path / f"{name}.json").write_bytes(dumped(example(name)))
    alone = figures_of(tmp_path, capsys)
    assert {f"{name}.json" for name in GOOD} == alone.keys()
    assert alone == figures_of(tmp_path, capsys, "--jobs", "2")
    chosen = figures_of(tmp_path, capsys, "--select", "info", "--min-score", "99")
    assert {name: found[0] for name, found in alone.items()} == {name: found[0] for name, found in chosen.items()}
    assert alone != chosen  # fewer findings are shown
    (tmp_path / "a-first.json").write_bytes(dumped(EMPTY))
    (tmp_path / "not.yaml").write_text("smlint: [")
    more = figures_of(tmp_path, capsys)
    assert alone == {name: found for name, found in more.items() if name in alone}


# --- 5: waivers ------------------------------------------------------------------------------------------------------


@given(plans(), st.data())
def test_law_5_a_waiver_changes_no_figure(plan: Any, data: st.DataObject) -> None:
    plan = {key: value for key, value in plan.items() if key != "waivers"}
    before = judged(plan)
    assert before.score is not None
    assume(before.score.best)
    rule = data.draw(st.sampled_from(sorted({finding.rule.id for finding in before.score.best})))
    day = data.draw(st.sampled_from(["2027-01-14", "2027-01-15"]))
    after = judged(plan | {"waivers": [{"rule": rule, "reason": "agreed", "expires": day}]})
    hidden = {finding.id for finding in after.findings if after.waived(finding)}
    assert ledger(before) == ledger(after) | {"findings": ledger(before)["findings"]}
    assert {finding.id for finding in before.findings} <= {finding.id for finding in after.findings}
    assert hidden == ({f.id for f in before.score.best if f.rule.id == rule} if day >= DAY.isoformat() else set())


def test_law_5_a_waiver_opens_the_gate() -> None:
    plan = example("least")
    waived = plan | {"waivers": [{"rule": "accessibility-missing", "reason": "agreed"}]}
    gates = [decide((judged(each),)).passed for each in (plan, waived)]
    assert gates == [False, True]
    report = judged(waived)
    report.settings = Settings(book(), min_score=Fraction(90))
    assert not decide((report,)).passed


# --- 6: a more demanding profile -------------------------------------------------------------------------------------


def applicable(plan: Any) -> set[str]:
    return set(scored(plan).outcomes)


def for_micro_by_name() -> set[str]:
    return {id for id, rule in book().rules.items() if "micro" in (rule.applies or "").replace("not micro", "")}


@given(plans(), st.sampled_from([0, 9, 10, 49, 50, 249, 250]), st.integers(1, 300))
def test_law_6_more_employees_only_add_rules(plan: Any, few: int, more: int) -> None:
    organisation = plan["organisation"] if isinstance(plan.get("organisation"), dict) else {}
    small, large = (plan | {"organisation": organisation | {"employees": n}} for n in (few, few + more))
    assert applicable(small) - for_micro_by_name() <= applicable(large)
    assert scored(small).highest <= scored(large).highest


@given(plans(), st.lists(st.sampled_from(COUNTRIES), unique=True), st.lists(st.sampled_from(COUNTRIES), unique=True))
def test_law_6_more_countries_only_add_rules(plan: Any, some: list[str], more: list[str]) -> None:
    organisation = plan["organisation"] if isinstance(plan.get("organisation"), dict) else {}
    at_home, abroad = (plan | {"organisation": organisation | {"countries": c}} for c in (some, some + more))
    assert applicable(at_home) <= applicable(abroad)
    assert scored(at_home).highest <= scored(abroad).highest


# --- 7: the day is an input ------------------------------------------------------------------------------------------


def printed(plan: Any, day: date) -> str:
    reports = (judged(plan, day),)
    return json.dumps(document(Run(reports, 0, decide(reports), book(), day)))


@given(plans(), st.dates(date(2026, 1, 1), date(2029, 12, 31)))
def test_law_7_the_same_day_and_bytes_give_the_same_report(plan: Any, day: date) -> None:
    assert printed(plan, day) == printed(plan, day)


def test_law_7_in_another_process_on_another_day(tmp_path: File) -> None:
    """Another process hashes texts differently, and has another working folder, clock and time zone."""
    plan = tmp_path / "plan.json"
    plan.write_bytes(dumped(example("customer-service-first-draft")))
    command = [sys.executable, "-m", "smlint", "check", str(plan), "--format", "json", "--as-of", "2027-06-20"]
    seeds = [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo"},
        {"PYTHONHASHSEED": "2", "TZ": "America/New_York", "LANG": "C"},
    ]
    first, second = (subprocess.run(command, capture_output=True, env={**os.environ, **seed}) for seed in seeds)
    assert (1, first.stdout) == (first.returncode, second.stdout)
    assert json.loads(first.stdout)["as_of"] == "2027-06-20"


# --- 8: fail closed --------------------------------------------------------------------------------------------------

RULE = """
title: {{en: a, nb: a}}
why: {{en: a, nb: a}}
fix: {{en: a, nb: a}}
source: [SEED]
severity: info
level: 2
given: $
check: {check}
message: {{en: "{{label}}", nb: "{{label}}"}}
good: {{a: "title: x"}}
bad: {{a: {{plan: "title: x", at: ["$"]}}}}
"""


@pytest.fixture
def sound(tmp_path: File) -> File:
    """A plan that passes, and the folder for what goes wrong beside it."""
    (tmp_path / "sound.json").write_bytes(dumped(example("customer-service")))
    return tmp_path / "sound.json"


def exit_code(*words: str) -> Any:
    with pytest.raises(SystemExit) as left:
        main(["check", *words, "--as-of", DAY.isoformat()])
    return left.value.code


def test_law_8_a_sound_plan_passes(sound: File) -> None:
    assert exit_code(str(sound)) == 0


def test_law_8_no_plan_found(tmp_path: File) -> None:
    assert exit_code(str(tmp_path)) == 2
    (tmp_path / "other.yaml").write_text("title: not a plan")
    assert exit_code(str(tmp_path)) == 2


def test_law_8_an_unreadable_file(sound: File) -> None:
    assert exit_code(str(sound), str(sound.parent / "missing.yaml")) == 2
    (sound.parent / "linked.yaml").symlink_to(sound.parent / "nowhere")
    assert exit_code(str(sound), str(sound.parent / "linked.yaml")) == 2


def test_law_8_a_file_that_is_no_plan_or_cannot_be_parsed(sound: File) -> None:
    for text in ("title: no plan", "smlint: 1\nsmlint: 1", "smlint: 2", "smlint: [", ""):
        (sound.parent / "named.yaml").write_text(text)
        assert exit_code(str(sound), str(sound.parent / "named.yaml"), "--fail-on", "never") == 1


@pytest.mark.parametrize(
    "check",
    [
        "{no-such-verb: {}}",  # a plugin that is not installed
        "{count: {path: goals, no-such-option: 1}}",
        "{compares: {left: smlint, op: about, right: 1}}",
        "{in-order: {dates: [as-of, title], grace_months: 1}}",  # crashes on a text that is no date
        "{holds: '@.title =='}",
        "[]",
    ],
)
def test_law_8_a_faulty_rule_or_a_verb_that_crashes(sound: File, check: str) -> None:
    folder = sound.parent / "own" / "alignment"
    folder.mkdir(parents=True)
    (folder / "own-rule.yaml").write_text(RULE.format(check=check))
    assert exit_code(str(sound), "--rules", str(folder.parent)) == 2


def test_law_8_wrong_use(sound: File) -> None:
    for words in (["--as-off", "x"], ["--fail-on", "nothing"], ["--min-score", "NaN"], ["--select", "no-such-rule"]):
        assert exit_code(str(sound), *words) == 2


def test_law_8_two_beats_one(sound: File) -> None:
    (sound.parent / "bad.json").write_bytes(dumped(EMPTY))
    assert exit_code(str(sound.parent)) == 1
    assert exit_code(str(sound.parent), str(sound.parent / "missing.yaml")) == 2
