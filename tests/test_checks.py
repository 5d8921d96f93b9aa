"""The verbs: every option, every boundary, and what they do when something is missing."""

# ruff: noqa: E501 - a case is a row

from __future__ import annotations

import datetime
import gc
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path as File
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from smlint.checks import VERBS, Fail, OptionError, Verdict, options, quantity, verb
from smlint.checks.dates import add_months, days_between, in_months, months_between
from smlint.checks.domain import resolved_chain
from smlint.checks.general import Named
from smlint.checks.texts import _composed, _expression, _glance, _within
from smlint.checks.verdict import one
from smlint.hours import WEEK, clock, longest_gap, staffed
from smlint.lint import lint
from smlint.plan import Plan
from smlint.profile import View, all_criteria
from smlint.query import query
from smlint.quick import quick
from smlint.rulebook import load
from smlint.shape import shape
from smlint.spot import Spot
from smlint.words import Measure, Percent, Word, written

DAY = "2027-01-15"


def view_of(plan: str, day: str = DAY) -> View:
    """The view of a plan written as YAML, `smlint` and `title` left out."""
    read = Plan.read("plan", f"smlint: 1\ntitle: x\n{plan}".encode())
    assert read.fault is None
    return View(read, shape(read).data, datetime.date.fromisoformat(day))


def ask(name: str, options: Any, plan: str, at: str = "$", day: str = DAY) -> Verdict:
    """What a verb says of the first subject at `at`; the function that is made of it for many plans agrees."""
    view = view_of(plan, day)
    path, value = query(at).located(view.data)[0]
    verdict = VERBS[name](Spot(path, value, view.plan), options, view)
    if isinstance(value, dict):
        assert (verdict is None) == quick({name: options})([value], view.data, view)
    return verdict


def holds(name: str, options: Any, plan: str, at: str = "$", day: str = DAY) -> bool:
    return ask(name, options, plan, at, day) is None


GOALS = "goals: [{id: G1}, {id: G2}, {id: G3}]"

HOLDS: list[tuple[str, Any, str, str, bool]] = [
    # present
    ("present", ["owner.role"], "owner: {role: Head}", "$", True),
    ("present", ["owner.role", "owner.name"], "owner: {role: Head}", "$", False),
    ("present", ["organisation.regulated", "organisation.locations"], "organisation: {regulated: false, locations: 0}", "$", True),
    ("present", ["owner.role"], "owner: {role: TBD}", "$", False),
    ("present", {"any": ["owner.role", "owner.name"]}, "owner: {name: N}", "$", True),
    ("present", {"any": ["owner.role", "owner.name"]}, "{}", "$", False),
    ("present", {"fields": ["owner.unit"], "any": ["owner.name"]}, "owner: {name: N}", "$", False),
    ("present", {"true": ["organisation.regulated"]}, "organisation: {regulated: true}", "$", True),
    ("present", {"true": ["organisation.regulated"]}, "organisation: {regulated: false}", "$", False),
    ("present", {"true": ["organisation.regulated"]}, "{}", "$", False),
    ("present", {"fields": ["target"], "type": "number"}, "goals: [{success_criteria: [{target: 0}]}]", "$.goals[0].success_criteria[0]", True),
    ("present", {"fields": ["target"], "type": "number"}, "goals: [{success_criteria: [{target: most}]}]", "$.goals[0].success_criteria[0]", False),
    ("present", {"fields": ["target"], "type": "text"}, "goals: [{success_criteria: [{target: most}]}]", "$.goals[0].success_criteria[0]", True),
    ("present", {"fields": ["target"], "type": "text"}, "goals: [{success_criteria: [{target: 5}]}]", "$.goals[0].success_criteria[0]", False),
    ("present", {"fields": ["leading"], "type": "number"}, "goals: [{success_criteria: [{leading: true}]}]", "$.goals[0].success_criteria[0]", False),
    ("present", {"fields": ["owner.role"], "not_words": ["the team"]}, "owner: {role: The  TEAM}", "$", False),
    ("present", {"fields": ["owner.role"], "not_words": ["the team"]}, "owner: {role: The team lead}", "$", True),
    ("present", {"fields": ["owner.role"], "not_words": []}, "owner: {role: all}", "$", True),
    ("present", {"each": "channels[*]", "fields": ["two_way"]}, "channels: [{id: a, two_way: false}]", "$", True),
    ("present", {"each": "channels[*]", "fields": ["two_way"]}, "channels: [{id: a, two_way: true}, {id: b}]", "$", False),
    ("present", {"each": "channels[*]", "fields": ["two_way"]}, "{}", "$", True),
    # count
    ("count", {"path": "goals[*]", "min": 3, "max": 3}, GOALS, "$", True),
    ("count", {"path": "goals[*]", "min": 4}, GOALS, "$", False),
    ("count", {"path": "goals[*]", "max": 2}, GOALS, "$", False),
    ("count", {"path": "goals[*]"}, "{}", "$", True),
    ("count", {"path": "goals[*]", "min": 1}, "{}", "$", False),
    ("count", {"path": "goals[*]", "distinct": "function", "min": 2}, "goals: [{function: hr}, {function: hr}, {id: G}]", "$", False),
    ("count", {"path": "goals[*]", "distinct": "function", "min": 2}, "goals: [{function: hr}, {function: sales}, {id: G}]", "$", True),
    ("count", {"path": "goals[*]", "distinct": "function", "max": 1}, "goals: [{function: hr}, {function: sales}]", "$", False),
    ("count", {"path": "channels[*]", "distinct": "two_way", "min": 2}, "channels: [{two_way: true}, {two_way: false}]", "$", True),
    ("count", {"path": "channels[*]", "distinct": "admins", "max": 1}, "channels: [{admins: 1}, {admins: 1.0}]", "$", True),
    ("count", {"path": "channels[*]", "distinct": "admins", "min": 2}, "channels: [{admins: 1}, {admins: 2}, {id: c}]", "$", True),
    ("count", {"path": "channels[*]", "distinct": "languages", "min": 2}, "channels: [{languages: [nb]}, {languages: [nb, sv]}]", "$", True),
    ("count", {"path": "goals[*]", "distinct": "function", "own": True, "min": 3}, "goals: [{function: hr}, {id: H}, {id: G}]", "$", True),
    ("count", {"path": "reporting[*]", "distinct": "to", "max": 1}, "reporting: [{to: The Chief}, {to: 'the  chief'}]", "$", True),
    # one-of
    ("one-of", {"field": "status", "values": ["draft", "approved"]}, "status: approved", "$", True),
    ("one-of", {"field": "status", "values": ["draft"]}, "status: approved", "$", False),
    ("one-of", {"field": "sponsor.level", "values": ["board"]}, "{}", "$", False),
    ("one-of", {"field": "sponsor.level", "not": ["manager"]}, "sponsor: {level: board}", "$", True),
    ("one-of", {"field": "sponsor.level", "not": ["manager"]}, "sponsor: {level: manager}", "$", False),
    ("one-of", {"field": "sponsor.level", "not": ["manager"]}, "{}", "$", False),
    ("one-of", {"field": "sponsor.level", "values": ["board"], "also": {"small": ["manager"]}}, "sponsor: {level: manager}", "$", True),
    ("one-of", {"field": "sponsor.level", "values": ["board"], "also": {"large": ["manager"]}}, "sponsor: {level: manager}", "$", False),
    ("one-of", {"field": "unit", "by": {"field": "metric", "table": {"leads": ["count"]}}}, "goals: [{success_criteria: [{metric: leads, unit: count}]}]", "$.goals[0].success_criteria[0]", True),
    ("one-of", {"field": "unit", "by": {"field": "metric", "table": {"leads": ["count"]}}}, "goals: [{success_criteria: [{metric: leads, unit: days}]}]", "$.goals[0].success_criteria[0]", False),
    ("one-of", {"field": "unit", "by": {"field": "metric", "table": {"leads": ["count"]}}}, "goals: [{success_criteria: [{metric: views, unit: days}]}]", "$.goals[0].success_criteria[0]", True),
    ("one-of", {"field": "unit", "by": {"field": "metric", "table": {"leads": ["count"]}}}, "goals: [{success_criteria: [{metric: views}]}]", "$.goals[0].success_criteria[0]", False),
    # refers-to
    ("refers-to", {"field": "supports", "to": "$.objectives[*].id"}, "objectives: [{id: B1}]\ngoals: [{supports: [B1]}]", "$.goals[0]", True),
    ("refers-to", {"field": "supports", "to": "$.objectives[*].id"}, "objectives: [{id: B1}]\ngoals: [{id: G, supports: [B2]}]", "$.goals[0]", False),
    ("refers-to", {"field": "supports", "to": "$.objectives[*].id"}, "objectives: [{id: B1}]\ngoals: [{id: G}]", "$.goals[0]", False),
    ("refers-to", {"field": "supports", "to": "$.objectives[*].id", "min": 2}, "objectives: [{id: B1}]\ngoals: [{supports: [B1, B1]}]", "$.goals[0]", False),
    ("refers-to", {"field": "supports", "to": "$.objectives[*].id", "min": 2}, "objectives: [{id: B1}, {id: B2}]\ngoals: [{supports: [B1, B2]}]", "$.goals[0]", True),
    ("refers-to", {"field": "collaboration.channels", "to": "$.channels[?@.scope == 'internal'].id"}, "channels: [{id: a}]\ncollaboration: {channels: [a]}", "$", False),
    ("refers-to", {"field": "return.criterion", "to": "success_criteria[*].id"}, "goals: [{return: {criterion: K1}, success_criteria: [{id: K1}]}]", "$.goals[0]", True),
    ("refers-to", {"field": "return.criterion", "to": "success_criteria[*].id"}, "goals: [{return: {criterion: K2}, success_criteria: [{id: K1}]}, {success_criteria: [{id: K2}]}]", "$.goals[0]", False),
    ("refers-to", {"field": "at", "to": ["$.channels[*].id", "$.goals[*].id"]}, "goals: [{id: G1}]\nreview: {stop_criteria: [{at: G1}]}", "$.review.stop_criteria[0]", True),
    # referenced-by
    ("referenced-by", {"from": "$.initiatives[*].goals[*]"}, "goals: [{id: G1}]\ninitiatives: [{id: I, goals: [G1]}]", "$.goals[0]", True),
    ("referenced-by", {"from": "$.initiatives[*].goals[*]"}, "goals: [{id: G1}]\ninitiatives: [{id: I}]", "$.goals[0]", False),
    ("referenced-by", {"from": "$.initiatives[*].goals[*]"}, "goals: [{horizon: long}]", "$.goals[0]", False),
    ("referenced-by", {"from": "$.goals[*].supports[*]", "unless": "not_served"}, "objectives: [{id: B1, not_served: later}]", "$.objectives[0]", True),
    ("referenced-by", {"from": "$.risks[*].description", "key": "skill"}, "competence: [{skill: video}]\nrisks: [{description: video}]", "$.competence[0]", True),
    # differs
    ("differs", {"a": "owner.role", "b": "sponsor.role"}, "owner: {role: Head}\nsponsor: {role: Chief}", "$", True),
    ("differs", {"a": "owner.role", "b": "sponsor.role"}, "owner: {role: Head}\nsponsor: {role: ' HEAD'}", "$", False),
    ("differs", {"a": "owner.role", "b": "sponsor.role"}, "owner: {role: Head}", "$", False),
    ("differs", {"a": "owner.name", "b": "sponsor.name", "or": {"a": "owner.role", "b": "sponsor.role"}}, "owner: {role: A}\nsponsor: {role: B, name: N}", "$", True),
    ("differs", {"a": "owner.name", "b": "sponsor.name", "or": {"a": "owner.role", "b": "sponsor.role"}}, "owner: {role: A, name: N}\nsponsor: {role: B, name: N}", "$", False),
    # holds
    ("holds", "@.status == 'draft'", "{}", "$", True),
    ("holds", "@.status == 'draft'", "status: approved", "$", False),
    ("holds", "@.have >= @.needed", "competence: [{have: 3, needed: 3}]", "$.competence[0]", True),
]  # fmt: skip


@pytest.mark.parametrize(("name", "options", "plan", "at", "expected"), HOLDS)
def test_general_verbs(name: str, options: Any, plan: str, at: str, expected: bool) -> None:
    assert expected == holds(name, options, "" if plan == "{}" else plan, at)


DATES: list[tuple[str, Any, str, bool]] = [
    ("in-order", {"dates": ["period.from", "period.to"]}, "period: {from: 2027-01-01, to: 2027-01-01}", True),
    ("in-order", {"dates": ["period.from", "period.to"], "strict": True}, "period: {from: 2027-01-01, to: 2027-01-01}", False),
    ("in-order", {"dates": ["period.from", "period.to"], "strict": True}, "period: {from: 2027-01-01, to: 2027-01-02}", True),
    ("in-order", {"dates": ["period.from", "period.to"]}, "period: {from: 2027-01-02, to: 2027-01-01}", False),
    ("in-order", {"dates": ["period.from", "period.to"]}, "period: {from: 2027-01-02}", False),
    ("in-order", {"dates": ["period.from", "period.to"], "skip_missing": True}, "period: {from: 2027-01-02}", True),
    ("in-order", {"dates": ["as-of", "review.next"]}, "review: {next: 2027-01-15}", True),
    ("in-order", {"dates": ["as-of", "review.next"]}, "review: {next: 2027-01-14}", False),
    ("in-order", {"dates": ["approval.date", "as-of"]}, "approval: {date: 2027-01-15}", True),
    ("in-order", {"dates": ["approval.date", "as-of"]}, "approval: {date: 2027-01-16}", False),
    ("in-order", {"dates": ["review.next", "period.to"], "grace_months": 3}, "review: {next: 2027-03-31}\nperiod: {to: 2026-12-31}", True),
    ("in-order", {"dates": ["review.next", "period.to"], "grace_months": 3}, "review: {next: 2027-04-01}\nperiod: {to: 2026-12-31}", False),
    # the grace is that of the last date only
    ("in-order", {"dates": ["period.from", "review.next", "period.to"], "grace_months": 3}, "review: {next: 2027-03-31}\nperiod: {from: 2027-05-01, to: 2027-12-31}", False),
    ("not-stale", {"field": "approval.date", "max_months": 24}, "approval: {date: 2027-01-15}", True),
    ("not-stale", {"field": "approval.date", "max_months": 24}, "approval: {date: 2027-01-16}", False),
    ("not-stale", {"field": "approval.date", "max_months": 24}, "approval: {date: 2025-01-15}", True),
    ("not-stale", {"field": "approval.date", "max_months": 24}, "approval: {date: 2025-01-14}", False),
    ("not-stale", {"field": "approval.date", "max_months": 24}, "", False),
]  # fmt: skip


@pytest.mark.parametrize(("name", "options", "plan", "expected"), DATES)
def test_verbs_on_dates(name: str, options: Any, plan: str, expected: bool) -> None:
    assert expected == holds(name, options, plan)


MONEY = "investment: {people: [{role: a, hours: 100, rate: 10, voluntary: true}, {role: b, hours: 300}], tools: 100, total: {hours: 404, money: 990}}"
COMPARES: list[tuple[Any, str, bool]] = [
    ({"left": 1, "op": "=", "right": 1}, "", True),
    ({"left": 1, "op": "!=", "right": 1}, "", False),
    ({"left": 1, "op": "<", "right": 1}, "", False),
    ({"left": 1, "op": "<=", "right": 1}, "", True),
    ({"left": 1, "op": ">", "right": 1}, "", False),
    ({"left": 1, "op": ">=", "right": 1}, "", True),
    ({"left": 1, "op": "~", "right": 1}, "", True),
    ({"left": 2, "op": "!=", "right": 1}, "", True),
    ({"left": "investment.tools", "op": ">", "right": 99}, MONEY, True),
    ({"left": "investment.agency", "op": "<", "right": 99}, MONEY, False),  # missing
    ({"left": 1, "op": "<", "right": "investment.agency"}, MONEY, False),
    ({"left": "status", "op": "<", "right": 99}, MONEY, False),  # no number
    # within so many percent of the right side, the limit included
    ({"left": 101, "op": "~", "right": 100, "tolerance_percent": 1}, "", True),
    ({"left": 99, "op": "~", "right": 100, "tolerance_percent": 1}, "", True),
    ({"left": Fraction(10101, 100), "op": "~", "right": 100, "tolerance_percent": 1}, "", False),
    ({"left": Fraction(9899, 100), "op": "~", "right": 100, "tolerance_percent": 1}, "", False),
    ({"left": -95, "op": "~", "right": -100, "tolerance_percent": 5}, "", True),
    ({"left": -94, "op": "~", "right": -100, "tolerance_percent": 5}, "", False),
    ({"left": 101, "op": "<=", "right": 100, "tolerance_percent": 1}, "", True),
    ({"left": 102, "op": "<=", "right": 100, "tolerance_percent": 1}, "", False),
    ({"left": 99, "op": ">=", "right": 100, "tolerance_percent": 1}, "", True),
    ({"left": 98, "op": ">=", "right": 100, "tolerance_percent": 1}, "", False),
    ({"left": 0, "op": "~", "right": 0, "tolerance_percent": 1}, "", True),
    ({"left": 1, "op": "~", "right": 0, "tolerance_percent": 1}, "", False),
    ({"left": 3, "op": "=", "right": 2, "tolerance_points": 1}, "", True),
    ({"left": 4, "op": "=", "right": 2, "tolerance_points": 1}, "", False),
    ({"left": 1, "op": "=", "right": 2, "tolerance_points": 1}, "", True),
    ({"left": Fraction(301, 100), "op": "=", "right": 2, "tolerance_points": 1}, "", False),
    ({"left": Fraction(305, 100), "op": "=", "right": 2, "tolerance_points": 1, "tolerance_percent": 2}, "", False),
    ({"left": Fraction(304, 100), "op": "=", "right": 2, "tolerance_points": 1, "tolerance_percent": 2}, "", True),
    ({"left": 99, "op": "=", "right": 100, "tolerance_percent": 1}, "", True),
    ({"left": 1, "op": "<", "right": 2}, "", True),
    ({"left": 2, "op": ">", "right": 1}, "", True),
    ({"left": Fraction(1, 3), "op": "=", "right": Fraction(1, 3)}, "", True),
    ({"left": Fraction(1, 3), "op": "<", "right": Fraction(1, 2)}, "", True),
    # quantities
    ({"left": {"sum": ["investment.people[*].hours", "investment.tools"]}, "op": "=", "right": 500}, MONEY, True),
    ({"left": {"sum": ["investment.agency", "investment.nothing[*]"]}, "op": "=", "right": 0}, MONEY, True),
    ({"left": {"count": "investment.people[*]"}, "op": "=", "right": 2}, MONEY, True),
    ({"left": {"count": ["investment.people[*]", "$.investment.tools"]}, "op": "=", "right": 3}, MONEY, True),
    ({"left": {"share": {"of": {"sum": ["investment.people[?@.voluntary == true].hours"]}, "in": "investment._people_hours"}}, "op": "=", "right": 25}, MONEY, True),
    ({"left": {"share": {"of": 1, "in": "investment.agency"}}, "op": "<=", "right": 100}, MONEY, False),
    ({"left": {"share": {"of": 1, "in": 0}}, "op": "<=", "right": 100}, MONEY, False),
    ({"left": {"share": {"of": "investment.agency", "in": 1}}, "op": "<=", "right": 100}, MONEY, False),
    ({"left": "investment.total.hours", "op": "~", "right": "investment._people_hours", "tolerance_percent": 1}, MONEY, True),
    ({"left": "investment.total.money", "op": "~", "right": "investment._money", "tolerance_percent": 1}, MONEY, False),
    # a field that picks the operator; words in rising order
    ({"left": 2, "op": {"draft": ">", "approved": "<"}, "by": "status", "right": 1}, "", True),
    ({"left": 2, "op": {"draft": ">", "approved": "<"}, "by": "status", "right": 1}, "status: approved", False),
    ({"left": 2, "op": {"draft": ">"}, "by": "status", "right": 1}, "status: approved", False),
    ({"left": "sponsor.level", "op": ">=", "right": "status", "scale": ["draft", "manager", "board"]}, "sponsor: {level: manager}", True),
    ({"left": "sponsor.level", "op": "<=", "right": "status", "scale": ["draft", "manager", "board"]}, "sponsor: {level: manager}", False),
    ({"left": "sponsor.level", "op": ">=", "right": "status", "scale": ["draft", "manager"]}, "sponsor: {level: board}", False),
    ({"left": "sponsor.level", "op": ">=", "right": "status", "scale": ["draft", "manager"]}, "", False),
]  # fmt: skip


@pytest.mark.parametrize(("options", "plan", "expected"), COMPARES)
def test_compares(options: Any, plan: str, expected: bool) -> None:
    assert expected == holds("compares", options, plan)


PATTERNS: list[tuple[Any, str, str | None]] = [
    ({"forbid": ["AVE"]}, "measured in AVE.", "AVE"),
    ({"forbid": ["AVE"]}, "we have no ave", None),  # all capitals: as written
    ({"forbid": ["AVE"]}, "WAVE AVES", None),
    ({"forbid": ["earned media value"]}, "Earned  Media\tVALUE", "Earned  Media\tVALUE"),
    ({"forbid": ["earned media value"]}, "earned media values", None),
    ({"forbid": ["annonseverdi*"]}, "Annonseverdien er", "Annonseverdien"),
    ({"forbid": ["annonseverdi*"]}, "superannonseverdi", None),
    ({"forbid": ["PR-verdi*"]}, "økt pr-verdi", "pr-verdi"),
    ({"forbid": ["blåbær*"]}, "BLA\u030aBÆRTUR", "BLÅBÆRTUR"),  # composed and decomposed
    ({"forbid": ["a.b"]}, "a.b", "a.b"),
    ({"forbid": ["a.b"]}, "axb", None),
    ({"forbid": ["/colou?rs/"]}, "two colors", "colors"),
    ({"forbid": ["/"]}, "a / b", "/"),  # a lone slash is no expression
    ({"forbid": ["/a/"]}, "b a", "a"),
    ({"forbid": ["//"]}, "a // b", "//"),  # nor are two
    ({"forbid": []}, "anything", None),
    # several words, in texts of ASCII and of more
    ({"forbid": ["earned value", "AVE", "verdi*", "ærlig"]}, "not earned  value", "earned  value"),
    ({"forbid": ["earned value", "AVE", "verdi*", "ærlig"]}, "two verdier and AVE", "verdier"),
    ({"forbid": ["earned value", "AVE", "verdi*", "ærlig"]}, "blåbær AVE", "AVE"),
    ({"forbid": ["earned value", "AVE", "verdi*", "ærlig"]}, "et ærlig svar", "ærlig"),
    ({"forbid": ["earned value", "AVE", "verdi*", "ærlig"]}, "earnest, ave, arlig, overdi", None),
    ({"forbid": ["sign"]}, "a \u017fign", "\u017fign"),  # a long s is an s in every case
    ({"forbid": ["info"]}, "\u0130nfo", "\u0130nfo"),  # and so are an i with its dot and one without
    ({"forbid": ["info"]}, "\u0131nfo", "\u0131nfo"),
    ({"forbid": ["kine"]}, "\u212aine", "Kine"),  # the sign for Kelvin
    ({"forbid": ["#ad", "-x"]}, "this is #ad", "#ad"),
    ({"require": ["a", "b"]}, "only c", "only c"),
    ({"require": ["K1"]}, "when K1 falls", None),
    ({"require": ["K1"]}, "when K12 falls", "when K12 falls"),
    ({"forbid": ["everyone", "folk flest"], "whole": True}, "«Everyone!»", "«Everyone!»"),
    ({"forbid": ["everyone", "folk flest"], "whole": True}, "folk  flest", "folk  flest"),
    ({"forbid": ["everyone", "folk flest"], "whole": True}, "everyone in Oslo", None),
    ({"require": ["everyone"], "whole": True}, "everyone in Oslo", "everyone in Oslo"),
    ({"ids_of": "$.goals[*].success_criteria[*].id"}, "K1 below 15", None),
    ({"ids_of": "$.goals[*].success_criteria[*].id"}, "below 15 (K1)", None),
    ({"ids_of": "$.goals[*].success_criteria[*].id"}, "K1a below 15", "K1a below 15"),
    ({"ids_of": "$.goals[*].success_criteria[*].id"}, "k1 below 15", "k1 below 15"),
    ({"ids_of": "$.goals[*].success_criteria[*].id"}, "when svar-tid/2 rises", None),
]


@pytest.mark.parametrize(("options", "text", "found"), PATTERNS)
def test_pattern(options: Any, text: str, found: str | None) -> None:
    plan = yaml.safe_dump({"goals": [{"statement": text, "success_criteria": [{"id": "K1"}, {"id": "svar-tid/2"}]}]})
    fail = ask("pattern", {"fields": ["statement"], **options}, plan, "$.goals[0]")
    assert found == (fail.values["value"] if fail else None)


PIECES = [
    "ave",
    "AVE",
    "earned",
    " ",
    "  ",
    "value",
    "æ",
    "å",
    "i",
    "İ",
    "ı",
    "ſ",
    "s",
    "verdi",
    "-",
    "#",
    "x",
    "\u212a",
    "k",
]


@given(st.lists(st.sampled_from(PIECES)).map("".join), st.lists(st.sampled_from(PIECES), min_size=1).map("".join))
def test_what_is_not_looked_for_is_not_there(text: str, word: str) -> None:
    """Looking for the first letters only must find all that the expression finds."""
    words = (word.strip() or "x", "verdi*")
    found = _expression(words).search(_composed(text))
    assert _within(words)(text) == (found[0] if found else None)


def test_pattern_looks_at_every_text_and_points_at_the_first_that_fails() -> None:
    plan = "goals: [{statement: fine, success_criteria: [{name: fine}, {name: AVE}, {target: 5}]}]"
    options = {"fields": ["statement", "success_criteria[*].name", "success_criteria[*].target"], "forbid": ["AVE"]}
    fail = ask("pattern", options, plan, "$.goals[0]")
    assert fail is not None
    assert ("goals", 0, "success_criteria", 1, "name") == fail.at


@pytest.mark.parametrize(("words", "text", "may"), [
    ((), "anything", False),
    (("all", "every one"), "small balls are several", False),  # in the midst of words
    (("all",), "one for all.", True),
    (("all",), "ALL", True),
    (("every one",), "every", True),  # looked for in full only then
    (("AVE",), "we have an ave", False),  # all capitals: as written
    (("AVE",), "the AVE", True),
    (("AVE",), "HAVE", False),
    (("verdi*",), "overdierne", True),  # any ending: its beginning may stand anywhere
    (("verdi*",), "verden", False),
    (("a**",), "ba", True),
    (("a*b",), "a*b", True),  # an asterisk in the midst is one
    (("a*b",), "ab", False),
    (("både",), "bare", True),  # only the plain letters count
    (("både",), "dag", False),
    (("a_b",), "ab", True),
    (("ærlig",), "x", True),  # there are none
    (("all",), "\u00e5 ball", False),
    (("is",), "\u0131\u017f", True),
])  # fmt: skip
def test_a_glance_tells_most_texts_from_those_that_may_hold_a_word(
    words: tuple[str, ...], text: str, may: bool
) -> None:
    assert _glance(words)(text) == may


def test_pattern_without_a_text_holds_unless_one_is_required() -> None:
    assert holds("pattern", {"fields": ["statement"], "forbid": ["x"]}, GOALS, "$.goals[0]")
    assert not holds("pattern", {"fields": ["statement"], "forbid": ["x"], "required": True}, GOALS, "$.goals[0]")


COVERS: list[tuple[Any, str, list[str] | None]] = [
    ({"need": "$.objectives[*].id"}, "objectives: [{id: G1}, {id: G3}]", None),
    ({"need": "$.objectives[*].id"}, "objectives: [{id: G1}, {id: x}, {id: y}]", ["x", "y"]),
    ({"need": "$.objectives[*].id", "allow_missing": 1}, "objectives: [{id: G1}, {id: x}]", None),
    ({"need": "$.objectives[*].id", "allow_missing": 1}, "objectives: [{id: x}, {id: y}]", ["x", "y"]),
    ({"need": "$.objectives[*].id"}, "", []),
    ({"need": "$.objectives[*].id", "need_else": "$.audiences[*].id"}, "audiences: [{id: x}]", ["x"]),
    ({"need": "$.objectives[*].id", "need_else": "$.audiences[*].id"}, "objectives: [{id: G1}]\naudiences: [{id: x}]", None),
    ({"need": "organisation.countries[*]", "have": "tone.by_country"}, "organisation: {countries: [NO, SE]}\ntone: {by_country: {SE: formal}}", ["NO"]),
]  # fmt: skip


@pytest.mark.parametrize(("options", "plan", "lacking"), COVERS)
def test_covers(options: Any, plan: str, lacking: list[str] | None) -> None:
    fail = ask("covers", {"have": "$.goals[*].id", "as": "lacks", **options}, f"{GOALS}\n{plan}")
    assert lacking == (fail.values["lacks"] if fail else None)


@pytest.mark.parametrize(
    ("need", "have", "covered"),
    [
        ("sv", "sv", True), ("sv", "SV", True), ("sv", "sv-SE", True), ("sv-SE", "sv", True), ("sv-SE", "sv-FI", False),
        ("zh-Hant-TW", "zh", True), ("zh", "zh-Hant-TW", True), ("zh-Hant", "zh-Hans", False), ("sv", "svx", False),
        ("nb", "nn", False),
    ],
)  # fmt: skip
def test_languages_match_with_and_without_subtags(need: str, have: str, covered: bool) -> None:
    plan = f"organisation: {{languages: [{need}]}}\nchannels: [{{id: a, languages: [{have}]}}]"
    options = {"need": "organisation.languages[*]", "have": "channels[*].languages[*]", "language": True}
    assert covered == holds("covers", options, plan)


# The values of the message, the keys that are missing, and the place to look at.
FAILS: list[tuple[str, Any, str, str, Fail]] = [
    ("present", ["owner.role", "$.sponsor.role"], "owner: {name: N}", "$", Fail({"value": None}, ("owner.role", "sponsor.role"), ("owner", "role"))),
    ("present", {"fields": ["owner.role"], "not_words": ["all"]}, "owner: {role: All}", "$", Fail({"value": "All"}, ("owner.role",), ("owner", "role"))),
    ("present", {"fields": ["owner.unit"], "any": ["owner.role", "@.owner.team"], "true": ["crisis.plan"]}, "", "$", Fail({"value": None}, ("owner.unit", "crisis.plan", "owner.role", "owner.team"), ("owner", "unit"))),
    ("present", {"each": "channels[*]", "fields": ["owner", "purpose"], "type": "text"}, "channels: [{owner: a, purpose: b}, {purpose: c}, {owner: d}, {owner: d}]", "$", Fail({"value": None}, ("owner", "purpose"), ("channels", 1, "owner"))),
    ("count", {"path": "goals[?@.horizon]", "min": 1}, "goals: [{id: G1}]", "$", Fail({"count": 0}, ("goals",), ("goals",))),
    ("count", {"path": "investment.people[?!@.rate]", "max": 0, "name": "role"}, "investment: {people: [{role: Lead}, {hours: 1}]}", "$", Fail({"count": 2}, ("Lead", "investment.people[1]"), ("investment", "people"))),
    ("count", {"path": "goals[*]", "min": 1, "name": "id"}, "", "$", Fail({"count": 0}, ("goals",), ("goals",))),
    ("one-of", {"field": "status", "values": ["approved"], "also": {"micro": ["draft"], "large": ["retired"]}}, "status: retired\norganisation: {employees: 3}", "$", Fail({"value": "retired", "allowed": ["approved", "draft"]}, ("status",), ("status",))),
    ("one-of", {"field": "@.owner", "values": ["a"]}, "channels: [{id: c}]", "$.channels[0]", Fail({"value": None, "allowed": ["a"]}, ("owner",), ("channels", 0, "owner"))),
    ("one-of", {"field": "$.status", "not": ["retired"]}, "status: retired", "$", Fail({"value": "retired", "allowed": []}, ("status",), ("status",))),
    ("one-of", {"field": "target", "by": {"field": "unit", "table": {"percent": [1, 2]}}}, "goals: [{success_criteria: [{unit: percent, target: 3}]}]", "$.goals[0].success_criteria[0]", Fail({"value": 3, "allowed": ["1", "2"]}, ("target",), ("goals", 0, "success_criteria", 0, "target"))),
    ("pattern", {"fields": ["@.statement", "name"], "require": ["x"], "required": True}, "goals: [{id: G1}]", "$.goals[0]", Fail({"value": None}, ("statement",), ("goals", 0, "statement"))),
    ("pattern", {"fields": ["$.goals[*].statement"], "forbid": ["MORE"]}, "goals: [{statement: one}, {statement: one MORE}]", "$", Fail({"value": "MORE"}, ("goals",), ("goals", 1, "statement"))),
    ("pattern", {"fields": ["@.statement"], "require": ["x"]}, "goals: [{statement: one}]", "$.goals[0]", Fail({"value": "one"}, ("statement",), ("goals", 0, "statement"))),
    ("refers-to", {"field": "@.supports", "to": "$.objectives[*].id", "min": 2}, "objectives: [{id: B1}]\ngoals: [{supports: [B1]}]", "$.goals[0]", Fail({"value": ["B1"]}, ("supports",), ("goals", 0, "supports"))),
    ("referenced-by", {"from": "$.initiatives[*].goals[*]"}, "goals: [{id: G1}]", "$.goals[0]", Fail({}, ("id",), ("goals", 0, "id"))),
    ("referenced-by", {"from": "$.risks[*].description", "key": "skill"}, "competence: [{skill: video}]", "$.competence[0]", Fail({}, ("skill",), ("competence", 0, "skill"))),
    ("in-order", {"dates": ["as-of", "review.next"]}, "review: {next: 2027-01-01}", "$", Fail({"date": "2027-01-01"}, ("review.next",), ("review", "next"))),
    ("in-order", {"dates": ["$.period.from", "as-of"]}, "period: {from: 2028-01-01}", "$", Fail({"date": "2028-01-01"}, ("period.from",), ("period", "from"))),
    ("in-order", {"dates": ["as-of", "period.to", "@.review.next"]}, "period: {to: 2027-06-30}", "$", Fail({"date": None}, ("review.next",), ("review", "next"))),
    ("compares", {"left": "investment.tools", "op": "<", "right": "$.investment.agency"}, "investment: {tools: 5}", "$", Fail({"left": 5, "right": None}, ("investment.agency",), ("investment", "agency"))),
    ("compares", {"left": "@.investment.tools", "op": "<", "right": "investment.agency"}, "investment: {tools: 5, agency: 4}", "$", Fail({"left": 5, "right": 4}, ("investment.tools",), ("investment", "tools"))),
    ("compares", {"left": {"count": "goals[*]"}, "op": "<", "right": 2}, "goals: [{id: G1}, {id: G2}]", "$", Fail({"left": 2, "right": 2}, (), None)),
    ("differs", {"a": "$.owner.role", "b": "sponsor.role"}, "owner: {role: Head}\nsponsor: {role: head}", "$", Fail({"value": "Head"}, ("owner.role",), ("owner", "role"))),
    ("not-stale", {"field": "@.review.next", "max_months": 1}, "review: {next: 2026-01-01}", "$", Fail({"date": "2026-01-01"}, ("review.next",), ("review", "next"))),
    ("covers", {"need": "$.goals[*].id", "have": "initiatives[*].goals[*]"}, "goals: [{id: G1}, {id: G2}]\ninitiatives: [{goals: [G2]}]", "$", Fail({"lacking": ["G1"]}, ("goals[*].id",), ("goals",))),
    ("holds", "@.status == 'draft'", "status: approved", "$", Fail({}, (), None)),
    ("present", {"each": "success_criteria[*]", "fields": ["target", "unit"]}, "goals: [{id: G1}, {success_criteria: [{target: 5, unit: count}, {target: 5}, {id: K}]}]", "$.goals[1]", Fail({"value": None}, ("unit", "target"), ("goals", 1, "success_criteria", 1, "unit"))),
    ("present", {"each": "$.goals[*]", "fields": ["owner"]}, "goals: [{id: G1}]\naudiences: [{id: a}]", "$.audiences[0]", Fail({"value": None}, ("owner",), ("goals", 0, "owner"))),
    ("present", {"each": "goals[*]", "fields": ["$.sponsor.role"]}, "goals: [{id: G1}]", "$", Fail({"value": None}, ("sponsor.role",), ("sponsor", "role"))),
    ("share-chain", {}, "goals: [{success_criteria: [{unit: percent, target: 40}]}]", "$.goals[0].success_criteria[0]", Fail({"chain": None}, ("of",), ("goals", 0, "success_criteria", 0, "of"))),
    ("roi", {"tolerance_points": 1}, "investment: {currency: NOK}\ngoals: [{id: G1, return: {amount: 300, roi_percent: 100}}]\ninitiatives: [{goals: [G1], cost: 100}]", "$.goals[0]", Fail({"stated": 100, "gain": Measure(300, "NOK"), "cost": Measure(100, "NOK"), "computed": Percent(200)}, ("return.roi_percent",), None)),
    ("roi", {"tolerance_points": 1}, "investment: {currency: NOK}\ngoals: [{id: G1, return: {amount: 300, roi_percent: 200, currency: SEK}}]\ninitiatives: [{goals: [G1], cost: 100}]", "$.goals[0]", Fail({"stated": 200, "gain": Measure(300, "SEK"), "cost": Measure(100, "NOK"), "computed": Word("value.two-currencies")}, ("return.roi_percent",), None)),
    ("roi", {"tolerance_points": 1}, "goals: [{id: G1, return: {amount: 300, roi_percent: 9, currency: SEK}}]\ninitiatives: [{goals: [G1], cost: 100}]", "$.goals[0]", Fail({"stated": 9, "gain": Measure(300, "SEK"), "cost": Measure(100, "SEK"), "computed": Percent(200)}, ("return.roi_percent",), None)),
    ("capacity", {}, "initiatives: [{hours: 7}, {id: I2}]\ninvestment: {people: [{hours: 2}]}", "$", Fail({"planned": 7, "available": 2}, (), None)),
    ("time-zone-overlap", {"waking": "08:00-20:00", "min_hours": 41}, "audiences: [{id: a, time_zone: Europe/Oslo}]\nchannels: [{id: c, audiences: [a], service_hours: Mon-Fri 08:00-16:00, time_zone: Europe/Oslo}]", "$.channels[0]", Fail({"hours": 40, "audience": "a", "zone": "Europe/Oslo", "waking": "08:00-20:00"}, ("service_hours",), None)),
    ("time-zone-overlap", {"waking": "08:00-20:00", "min_hours": 41}, "audiences: [{id: a, time_zone: Europe/Oslo}]\nchannels: [{id: c, audiences: [a], service_hours: Mon-Fri 08:00-16:00}]", "$.channels[0]", Fail({"hours": None, "audience": "a", "zone": "Europe/Oslo", "waking": "08:00-20:00"}, ("time_zone",), ("channels", 0, "time_zone"))),
    ("time-zone-overlap", {"waking": "08:00-20:00", "min_hours": 41}, "channels: [{id: c, service_hours: Mon-Fri 08:00-16:00, time_zone: Europe/Oslo}]", "$.channels[0]", Fail({"hours": None, "audience": None, "zone": None, "waking": "08:00-20:00"}, ("time_zone",), ("channels", 0, "time_zone"))),
    ("service-gap", {}, "channels: [{response_target_hours: 2, service_hours: Mon-Fri 08:00-16:00}]", "$.channels[0]", Fail({"hours": 2, "gap": 64}, ("response_target_hours",), ("channels", 0, "response_target_hours"))),
    ("service-gap", {}, "channels: [{id: c, service_hours: 24/7}]", "$.channels[0]", Fail({"hours": None, "gap": 0}, ("response_target_hours",), ("channels", 0, "response_target_hours"))),
    ("raci", {"processes": ["publish"]}, "governance: {raci: [{R: [a], A: [a]}]}", "$", Fail({"processes": ["publish"]}, ("governance.raci",), None)),
    ("cadence", {}, "reporting: [{to: Chief, frequency: daily, compares_with_previous: true}]", "$", Fail({"days": 92, "value": "daily"}, ("reporting",), None)),
    ("cadence", {}, "period: {from: 2027-01-01}\ngoals: [{success_criteria: [{deadline: 2027-12-31}]}]", "$", Fail({"days": 182, "value": None}, ("reporting",), None)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "options", "plan", "at", "fail"), FAILS)
def test_what_a_failure_says(name: str, options: Any, plan: str, at: str, fail: Fail) -> None:
    assert fail == ask(name, options, plan, at)


def test_what_a_failure_sets_as_code() -> None:
    """Words of the format are shown as code, names and figures are not."""
    fail = ask("one-of", {"field": "status", "values": ["approved", "draft"]}, "status: retired")
    assert fail is not None
    assert ["`retired`", "`approved` and `draft`"] == [written(fail.values[key], "en") for key in ("value", "allowed")]
    fail = ask("count", {"path": "competence[*]", "max": 0, "name": "skill"}, "competence: [{skill: video}, {have: 1}]")
    assert fail is not None
    assert [(Named, "video"), (str, "competence[1]")] == [(type(key), key) for key in fail.missing]
    fail = ask("raci", {"processes": ["publish"]}, "")
    assert fail is not None
    assert written(fail.values["processes"], "en") == "`publish`"
    fail = ask("cadence", {}, "reporting: [{to: Chief, frequency: daily, compares_with_previous: true}]")
    assert fail is not None
    assert written(fail.values["value"], "en") == "`daily`"


# --- options -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(set(VERBS) - {"holds"}))
def test_options_that_a_verb_does_not_know(name: str) -> None:
    with pytest.raises(OptionError, match="unknown option nonsense"):
        ask(name, {"nonsense": 1}, GOALS)
    with pytest.raises(OptionError, match="must be a map"):
        ask(name, 5, GOALS)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("count", {}), ("one-of", {}), ("pattern", {"forbid": []}), ("refers-to", {"field": "id"}), ("referenced-by", {}),
        ("in-order", {}), ("compares", {"left": 1, "right": 1}), ("differs", {"a": "x"}), ("not-stale", {"field": "x"}),
        ("covers", {"need": "x"}), ("roi", {}), ("time-zone-overlap", {"waking": "08:00-20:00"}), ("raci", {}),
    ],
)  # fmt: skip
def test_options_that_a_verb_needs(name: str, options: Any) -> None:
    with pytest.raises(OptionError, match="missing option"):
        ask(name, options, GOALS)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("pattern", {"fields": ["title"]}),
        ("pattern", {"fields": ["title"], "forbid": ["a"], "require": ["b"]}),
        ("compares", {"left": 1, "op": "=>", "right": 2}),
        ("compares", {"left": "title", "op": "=>", "right": 2}),
        ("compares", {"left": 1, "op": {"draft": "<", "retired": "=>"}, "by": "status", "right": 2}),
        ("compares", {"left": {"product": ["a", "b"]}, "op": "<", "right": 2}),
        ("time-zone-overlap", {"waking": "day and night", "min_hours": 20}),
    ],
)
def test_options_that_make_no_sense(name: str, options: Any) -> None:
    with pytest.raises(OptionError):
        ask(name, options, GOALS)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"x": 1, "a": 1}, "unknown option a, x (known: one two)"),
        ({"one": 1, "x": 1}, "unknown option x (known: one two)"),
        ({}, "missing option one, two"),
        ({"two": 1}, "missing option one"),
        (["one"], "options must be a map, not ['one']"),
    ],
)
def test_what_is_said_of_options(given: Any, said: str) -> None:
    with pytest.raises(OptionError) as caught:
        options(given, "one two", "one two")
    assert str(caught.value) == said


def test_what_is_said_of_options_where_there_are_none() -> None:
    with pytest.raises(OptionError, match=r"^unknown option x \(known: none\)$"):
        options({"x": 1}, "")
    assert options({}, "") == {}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("id", "G1"), ("@.id", "G1"), ("gone", None), ("reporting.to", None), ("id.role", None),
        ("$.owner.role", "Chief"), ("$.goals[0].id", "G1"), ("$.goals[*].id", "G1"), ("$.gone[*]", None),
        ("success_criteria[*].id", "K1"), ("success_criteria[?@.id == 'K2'].id", "K2"),

    ],
)  # fmt: skip
def test_one_value(path: str, found: Any) -> None:
    view = view_of("owner: {role: Chief}\ngoals: [{id: G1, success_criteria: [{id: K1}, {id: K2}]}]")
    spot = Spot(("goals", 0), view.data["goals"][0], view.plan)
    assert one(path)(spot, view) == found


def test_pattern_needs_to_know_what_for() -> None:
    with pytest.raises(OptionError, match=r"^pattern needs one of forbid, require and ids_of$"):
        VERBS["pattern"].make({"fields": ["title"]})  # type: ignore[attr-defined]


@pytest.mark.parametrize("subject", [None, "text", 5, ["list"], True])
def test_what_is_no_map_has_no_values(subject: Any) -> None:
    view = view_of("owner: {role: Chief}")
    assert [one(path)(Spot((), subject, view.plan), view) for path in ("title", "title.x", "@.title")] == [None] * 3


@pytest.mark.parametrize(
    ("spec", "number"),
    [
        (5, 5), (Fraction(1, 3), Fraction(1, 3)), ("$.period.months", None), ("id", None), ("$.investment.tools", 7),
        ({"sum": ["$.goals[*].id", "$.investment.tools", "$.investment.training"]}, 10), ({"sum": []}, 0),
        ({"count": "$.goals[*]"}, 2), ({"count": ["$.goals[*]", "$.gone", "$.investment.*"]}, 4),
        ({"share": {"of": "$.investment.tools", "in": {"count": "$.goals[*]"}}}, 350),
        ({"share": {"of": "$.investment.training", "in": {"sum": ["$.investment.tools", "$.investment.training"]}}}, 30),
        ({"share": {"of": "$.investment.tools", "in": "$.gone"}}, None), ({"share": {"of": "gone", "in": 5}}, None),
    ],
)  # fmt: skip
def test_quantities(spec: Any, number: Any) -> None:
    view = view_of("goals: [{id: G1}, {id: G2}]\ninvestment: {tools: 7, training: 3}")
    assert quantity(spec, Spot(("goals", 0), view.data["goals"][0], view.plan), view) == number


def test_what_is_no_quantity() -> None:
    view = view_of("goals: []")
    with pytest.raises(OptionError, match=r"^not a quantity: \{'mean': 5\}$"):
        quantity({"mean": 5}, Spot((), view.data, view.plan), view)


def test_a_verb_that_is_none() -> None:
    with pytest.raises(ValueError):
        verb("guess")


def test_a_quantity_is_no_truth() -> None:
    view = view_of("organisation: {regulated: true}")
    spot = Spot((), view.data, view.plan)
    assert [None, None] == [quantity("organisation.regulated", spot, view), quantity(True, spot, view)]


# --- dates ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("date", "months", "later"),
    [
        ("2027-01-31", 1, "2027-02-28"), ("2028-01-31", 1, "2028-02-29"), ("2027-12-31", 2, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"), ("2028-02-29", 48, "2032-02-29"), ("2027-11-30", 1, "2027-12-30"),
        ("2027-12-15", 1, "2028-01-15"), ("2027-05-31", 0, "2027-05-31"), ("9999-12-31", 1, "9999-12-31"),
        ("9999-06-01", 120, "9999-12-31"), ("2027-03-31", 1, "2027-04-30"), ("2027-03-31", 3, "2027-06-30"),
        ("2027-03-31", 6, "2027-09-30"), ("2027-03-31", 8, "2027-11-30"), ("2027-01-31", 6, "2027-07-31"),
        ("2027-01-31", 7, "2027-08-31"), ("2027-01-31", 9, "2027-10-31"), ("2027-01-31", 11, "2027-12-31"),
        ("1900-01-31", 1, "1900-02-28"), ("2000-01-31", 1, "2000-02-29"),
    ],
)  # fmt: skip
def test_adding_months(date: str, months: int, later: str) -> None:
    assert later == add_months(date, months)


def test_the_limit_is_included() -> None:
    assert in_months("2026-02-28", 12, "2027-02-28")
    assert not in_months("2026-02-28", 12, "2027-03-01")


@pytest.mark.parametrize(
    ("start", "end", "months", "days"),
    [
        ("2027-01-01", "2027-12-31", 12, 0), ("2027-01-01", "2028-12-31", 24, 0), ("2027-01-01", "2027-01-01", 0, 1),
        ("2027-01-15", "2027-02-14", 1, 0), ("2027-01-15", "2027-02-15", 1, 1), ("2027-01-31", "2027-02-27", 1, 0),
        ("2027-01-31", "2027-02-28", 1, 1), ("2028-02-01", "2028-02-29", 1, 0), ("2028-02-29", "2029-02-27", 12, 0),
        ("2028-02-29", "2029-02-28", 12, 1), ("2027-01-10", "2027-03-04", 1, 23), ("9999-01-01", "9999-12-31", 11, 30),
    ],
)  # fmt: skip
def test_months_of_a_period(start: str, end: str, months: int, days: int) -> None:
    assert (months, days) == months_between(start, end)


def test_days() -> None:
    assert [1, 366, 0, -1] == [
        days_between(*pair)
        for pair in (("2027-12-31", "2028-01-01"), ("2028-01-01", "2029-01-01"), ("2028-02-29",) * 2, ("2027-01-02", "2027-01-01"))
    ]  # fmt: skip


# --- share chains --------------------------------------------------------------------------------------------------

K1 = "{id: K1, metric: service-share-moved, unit: percent, target: 30, of: {population: all enquiries, count: 120000, per: year}}"
K2 = "{id: K2, metric: service-share-moved, unit: percent, target: 40, of: K1}"


def chain_of(criteria: str, id: str) -> Any:
    view = view_of(f"goals: [{{id: G1, success_criteria: [{criteria}]}}]")
    known = {item["id"]: item for item in all_criteria(view.data)}
    return resolved_chain(known[id], known)


def test_forty_percent_of_thirty_percent() -> None:
    chain = chain_of(f"{K2}, {K1}", "K2")
    assert ((40, 30), 12, "all enquiries", 120000, "year", 14400) == chain
    assert isinstance(chain.share, Fraction)


def test_shares_stay_exact() -> None:
    third = "{id: K3, unit: percent, target: 33.3, of: K2}"
    chain = chain_of(f"{K1}, {K2}, {third}", "K3")
    assert (Fraction(3996, 1000), Fraction(47952, 10)) == (chain.share, chain.amount)


@pytest.mark.parametrize(
    "unresolved",
    [
        "{id: K, unit: count, target: 3}", "{id: K, unit: percent, of: K}", "{id: K}",
        "{id: K, unit: count, target: 3, of: {population: all enquiries, count: 9}}",
        "{id: K, unit: percent, target: 3, of: {population: all enquiries}}",
    ],
)  # fmt: skip
def test_what_is_no_counted_share_has_no_chain(unresolved: str) -> None:
    assert chain_of(unresolved, "K") is None


@pytest.mark.parametrize(
    ("criteria", "way"),
    [
        (f"{K2}, {K1}", True),
        ("{id: K2, unit: percent, target: 40, of: K1}, {id: K1, unit: percent, target: 30}", "K1"),
        ("{id: K2, unit: percent, target: 40}", None),
        ("{id: K2, unit: percent, target: 40, of: K2}", "K2 → K2"),
        ("{id: K2, unit: percent, target: 4, of: K1}, {id: K1, unit: percent, target: 3, of: K2}", "K1 → K2 → K1"),
        ("{id: K2, unit: percent, target: 40, of: {population: people}}", "people"),
        ("{id: K2, unit: percent, target: 40, of: {population: people, count: 0}}", "people"),
        ("{id: K2, unit: percent, target: 40, of: {count: 5}}", None),
        ("{id: K2, unit: percent, target: 40, of: K1}, {id: K1, unit: count, target: 3, of: {population: p, count: 9}}", "K1 → p"),
    ],
)  # fmt: skip
def test_share_chain(criteria: str, way: Any) -> None:
    fail = ask(
        "share-chain", {"exempt": []}, f"goals: [{{success_criteria: [{criteria}]}}]", "$.goals[0].success_criteria[0]"
    )
    assert way == (fail.values["chain"] if fail else True)


def test_a_long_way_is_cut_short() -> None:
    criteria = [f"{{id: K{n}, unit: percent, target: 4, of: K{n + 1}}}" for n in range(1, 12)]
    plan = f"goals: [{{success_criteria: [{', '.join(criteria)}, {{id: K12}}]}}]"
    fail = ask("share-chain", {}, plan, "$.goals[0].success_criteria[0]")
    assert fail is not None
    assert fail.values["chain"] == "K2 → K3 → K4 → K5 → K6 → K7 → K8"


def test_some_metrics_need_no_chain() -> None:
    plan = "goals: [{success_criteria: [{metric: sentiment, unit: percent, target: 3}]}]"
    assert holds("share-chain", {"exempt": ["sentiment"]}, plan, "$.goals[0].success_criteria[0]")
    assert not holds("share-chain", {}, plan, "$.goals[0].success_criteria[0]")


# --- return on investment ------------------------------------------------------------------------------------------

COMPLETE = File(__file__).parent.parent / "examples" / "complete.yaml"


def complete() -> str:
    return "\n".join(
        line for line in COMPLETE.read_text("utf-8").splitlines() if not line.startswith(("smlint:", "title:"))
    )


def test_the_worked_example() -> None:
    """Gain 2 × 1,400,000; 1,800 hours at 1,360,000 / 2,700 and 150,000 beside."""
    fail = ask("roi", {"tolerance_points": 0}, complete(), "$.goals[0]")
    assert fail is not None
    cost = 1800 * Fraction(1_360_000, 2700) + 150_000
    assert (165, 2_800_000, cost) == tuple(plain(fail.values[key]) for key in ("stated", "gain", "cost"))
    assert 100 * (2_800_000 - cost) / cost == plain(fail.values["computed"]) == Fraction(52300, 317)
    assert holds("roi", {"tolerance_points": 1}, complete(), "$.goals[0]")
    assert holds("roi", {"tolerance_points": abs(165 - Fraction(52300, 317))}, complete(), "$.goals[0]")


def plain(value: Any) -> Any:
    """The number of a value that a message shows with its unit."""
    return getattr(value, "value", value)


def roi(returns: str, period: str = "{from: 2027-01-01, to: 2027-12-31}", more: str = "") -> Verdict:
    """A goal whose only initiative costs 100."""
    plan = f"""
period: {period}
goals: [{{id: G1, return: {{{returns}}}}}, {{id: G2, return: {{roi_percent: 1}}}}]
initiatives: [{{id: I1, goals: [G1], cost: 100}}]
{more}
"""
    return ask("roi", {"tolerance_points": 1}, plan, "$.goals[0]")


@pytest.mark.parametrize(
    ("returns", "period", "gain"),
    [
        ("amount: 300, per: year, roi_percent: 0", "{from: 2027-01-01, to: 2027-12-31}", 300),
        ("amount: 300, per: period, roi_percent: 0", "{from: 2027-01-01, to: 2029-12-31}", 300),
        ("amount: 300, roi_percent: 0", "{from: 2027-01-01, to: 2029-12-31}", 300),
        ("amount: 300, per: year, roi_percent: 0", "{from: 2027-01-01, to: 2028-06-30}", 450),
        ("amount: 300, per: year, roi_percent: 0", "{from: 2028-01-01, to: 2028-12-31}", 300),  # a leap year is a year
        ("amount: 300, per: year, roi_percent: 0", "{from: 2028-02-01, to: 2028-02-29}", 25),
        ("amount: 300, per: year, roi_percent: 0", "{from: 2027-01-01, to: 2027-01-01}", Fraction(300, 360)),
        ("amount: 300, per: year, roi_percent: 0", "{from: 2027-01-10, to: 2027-03-04}", 300 * Fraction(53, 360)),
    ],
)
def test_gain(returns: str, period: str, gain: Any) -> None:
    fail = roi(returns, period)
    assert fail is not None
    assert (gain, gain - 100) == (plain(fail.values["gain"]), plain(fail.values["computed"]))


@pytest.mark.parametrize(
    ("stated", "fits"), [(200, True), (201, True), (199, True), (201.000001, False), (198.999999, False)]
)
def test_the_tolerance_of_a_stated_return_includes_its_limit(stated: float, fits: bool) -> None:
    assert fits == (roi(f"amount: 300, per: year, roi_percent: {stated}") is None)


def test_a_return_over_a_few_days() -> None:
    """300 a year come to 25/3 in ten days, of 100: -91 2/3 percent."""
    days = "{from: 2027-01-01, to: 2027-01-10}"
    assert roi("amount: 300, per: year, roi_percent: -91", days) is None
    assert roi("amount: 300, per: year, roi_percent: -90", days) is not None


@pytest.mark.parametrize(
    ("returns", "period", "more"),
    [
        ("roi_percent: 200", "{from: 2027-01-01, to: 2027-12-31}", ""),  # no amount
        ("amount: 300, per: year, roi_percent: 200", "{from: 2027-01-01}", ""),  # no end
        ("amount: 300, per: year, roi_percent: 200", "{to: 2027-12-31}", ""),
        ("amount: 300, roi_percent: 200, currency: SEK", "{from: 2027-01-01}", "investment: {currency: NOK}"),
    ],
)
def test_a_return_that_cannot_be_checked_fails(returns: str, period: str, more: str) -> None:
    assert roi(returns, period, more) is not None


def test_one_currency_or_the_same_in_both_places() -> None:
    assert roi("amount: 300, roi_percent: 200, currency: SEK", more="investment: {currency: SEK}") is None
    assert roi("amount: 300, roi_percent: 200, currency: SEK") is None
    assert roi("amount: 300, roi_percent: 200", more="investment: {currency: SEK}") is None


def test_goals_share_an_initiative_evenly_and_a_free_goal_has_no_return() -> None:
    plan = """
goals: [{id: G1, return: {amount: 50, roi_percent: 0}}, {id: G2}, {id: G3, return: {amount: 50, roi_percent: 0}}]
initiatives: [{id: I1, goals: [G1, G2], cost: 100}]
"""
    assert holds("roi", {"tolerance_points": 0}, plan, "$.goals[0]")
    fail = ask("roi", {"tolerance_points": 0}, plan, "$.goals[2]")
    assert fail is not None
    assert (0, None) == (plain(fail.values["cost"]), plain(fail.values["computed"]))


# --- capacity ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("initiative", "planned"),
    [
        ("{hours: 100}", 100),
        ("{hours: 100, from: 2026-01-01}", 100),  # without an end
        ("{hours: 100, from: 2026-01-01, to: 2026-12-31}", 0),
        ("{hours: 100, from: 2026-12-31, to: 2026-12-31}", 0),
        ("{hours: 100, from: 2026-12-31, to: 2027-01-01}", 50),
        ("{hours: 100, from: 2026-12-30, to: 2027-01-01}", Fraction(100, 3)),
        ("{hours: 100, from: 2027-12-31, to: 2028-01-03}", 25),
        ("{hours: 100, from: 2026-01-01, to: 2028-12-31}", Fraction(36500, 1096)),
        ("{hours: 100, from: 2026-01-01, to: 2028-12-31, ongoing: true}", 100),
        ("{hours: 100, from: 2027-06-01, to: 2027-05-01}", 100),  # in the wrong order: reported elsewhere
        ("{hours: 12.5, from: 2027-02-01, to: 2027-02-28}", Fraction(25, 2)),
        ("{id: I1}", 0),
    ],
)
def test_hours_inside_the_period(initiative: str, planned: Any) -> None:
    plan = f"period: {{from: 2027-01-01, to: 2027-12-31}}\ninitiatives: [{initiative}, {{hours: 1}}]"
    fail = ask("capacity", {}, plan)
    assert fail is not None
    assert planned + 1 == fail.values["planned"]


def test_a_period_of_one_day() -> None:
    plan = "period: {from: 2027-01-01, to: 2027-01-01}\ninitiatives: [{hours: 8, from: 2026-12-31, to: 2027-01-01}]"
    fail = ask("capacity", {}, plan)
    assert fail is not None
    assert fail.values["planned"] == 4


@pytest.mark.parametrize(
    ("hours", "given", "fits"), [(100, {}, True), (101, {}, False), (101, {"tolerance_percent": 1}, True)]
)
def test_what_may_be_planned(hours: int, given: Any, fits: bool) -> None:
    plan = f"initiatives: [{{hours: {hours}}}]\ninvestment: {{people: [{{hours: 100}}]}}"
    assert fits == holds("capacity", given, plan)


@pytest.mark.parametrize("period", ["{}", "{from: 2027-01-01}", "{from: 2027-01-01, to: 2026-01-01}"])
def test_without_a_period_initiatives_count_in_full(period: str) -> None:
    fail = ask("capacity", {}, f"period: {period}\ninitiatives: [{{hours: 7, from: 2020-01-01, to: 2020-02-01}}]")
    assert fail is not None
    assert fail.values["planned"] == 7


@pytest.mark.parametrize(
    ("hours", "tolerance", "fits"), [(100, 0, True), (101, 1, True), (101, 0, False), (102, 1, False)]
)
def test_capacity(hours: int, tolerance: int, fits: bool) -> None:
    plan = f"initiatives: [{{hours: {hours}}}]\ninvestment: {{people: [{{hours: 60}}, {{hours: 40}}]}}"
    assert fits == holds("capacity", {"tolerance_percent": tolerance}, plan)


def test_many_denominators_add_up_exactly() -> None:
    lengths = range(1, 60)
    start = datetime.date(2026, 12, 31)
    initiatives = [{"hours": 1, "from": str(start), "to": str(start + datetime.timedelta(n))} for n in lengths]
    plan = {"period": {"from": "2027-01-01", "to": "2027-12-31"}, "initiatives": initiatives}
    fail = ask("capacity", {}, yaml.safe_dump(plan))
    assert fail is not None
    assert sum(Fraction(n, n + 1) for n in lengths) == fail.values["planned"]


# --- hours of the week ---------------------------------------------------------------------------------------------


def minutes(*stretches: str) -> tuple[tuple[int, int], ...]:
    """Stretches such as "0 08:00 0 16:00": day and time of start and end."""
    found = []
    for stretch in stretches:
        day, start, last, end = stretch.split()
        at = [int(d) * 1440 + int(t[:2]) * 60 + int(t[3:]) for d, t in ((day, start), (last, end))]
        found.append((at[0], at[1]))
    return tuple(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("24/7", ((0, WEEK),)),
        (" 24/7 ", ((0, WEEK),)),
        ("Mon 08:00-16:00", minutes("0 08:00 0 16:00")),
        ("Sun 00:00-24:00", minutes("6 00:00 6 24:00")),
        ("Tue-Wed 08:00-16:00", minutes("1 08:00 1 16:00", "2 08:00 2 16:00")),
        ("Sat-Mon 10:00-11:00", minutes("0 10:00 0 11:00", "5 10:00 5 11:00", "6 10:00 6 11:00")),
        ("Mon 22:00-02:00", minutes("0 22:00 1 02:00")),
        ("Sun 22:00-02:00", minutes("0 00:00 0 02:00", "6 22:00 6 24:00")),
        ("Mon 08:00-08:00", minutes("0 08:00 1 08:00")),
        ("Mon 08:00-12:00; Mon 12:00-16:00", minutes("0 08:00 0 16:00")),
        ("Mon 08:00-12:00;Mon 10:00-16:00", minutes("0 08:00 0 16:00")),
        ("Tue 08:00-09:00; Mon 08:00-09:00", minutes("0 08:00 0 09:00", "1 08:00 1 09:00")),
        ("Mon-Sun 00:00-24:00", ((0, WEEK),)),
        ("Mon  08:00-16:00", minutes("0 08:00 0 16:00")),
    ],
)
def test_service_hours(text: str, expected: Any) -> None:
    assert expected == staffed(text)


@pytest.mark.parametrize(
    "text",
    [
        "", ";", "Mon", "08:00-16:00", "Mon 8:00-16:00", "Mon 08:00", "Mon 08:00-25:00", "Mon 08:60-16:00", "24/6",
        "Mon 24:00-02:00", "mon 08:00-16:00", "Mon-Foo 08:00-16:00", "Man 08:00-16:00", "Mon 08:00-16:00;",
        "Mon 08:00-16:00, Tue 08:00-16:00", "Mon 08:00–16:00", "Mon 08.00-16.00", "Mon 08:00-16:00 daily",
        "Mon-Tue-Wed 08:00-16:00", "; ".join(["Mon 08:00-16:00"] * 100), "Mon ٠٨:٠٠-١٦:٠٠",
    ],
)  # fmt: skip
def test_what_are_no_service_hours(text: str) -> None:
    assert staffed(text) is None
    assert longest_gap(text) is None


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("Mon-Fri 08:00-16:00", 64), ("Mon-Fri 08:00-20:00", 60), ("Mon-Fri 07:00-16:00", 63), ("24/7", 0),
        ("Mon-Sun 00:00-24:00", 0), ("Mon-Sun 22:00-06:00", 16), ("Sun 22:00-02:00", 164), ("Mon 00:00-24:00", 144),
        ("Wed 12:00-12:30", Fraction(335, 2)), ("Mon-Thu 08:00-16:00; Fri 08:00-12:00", 68), ("Mon-Sat 00:00-24:00", 24),
    ],
)  # fmt: skip
def test_service_gap(text: str, hours: Any) -> None:
    assert 60 * hours == longest_gap(text)
    plan = f'channels: [{{id: a, service_hours: "{text}", response_target_hours: PROMISE}}]'
    assert holds("service-gap", {}, plan.replace("PROMISE", str(float(hours))), "$.channels[0]")
    if hours:
        fail = ask("service-gap", {}, plan.replace("PROMISE", str(float(hours) - 0.1)), "$.channels[0]")
        assert fail is not None
        assert hours == fail.values["gap"]


@pytest.mark.parametrize("keys", ["response_target_hours: 200", 'service_hours: "24/7"', "id: a"])
def test_a_gap_that_cannot_be_known_fails(keys: str) -> None:
    assert not holds("service-gap", {}, f"channels: [{{{keys}}}]", "$.channels[0]")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("08:00–20:00", (480, 1200)), ("08:00-20:00", (480, 1200)), ("00:00 - 24:00", (0, 1440)), ("20:00-08:00", None),
        ("08:00-08:00", None), ("8-20", None), ("", None),
    ],
)  # fmt: skip
def test_clock(text: str, expected: Any) -> None:
    assert expected == clock(text)


def overlap(hours: str, home: str, away: str, day: str = DAY, waking: str = "08:00–20:00") -> Any:
    """Staffed hours of the week while an audience elsewhere is awake."""
    plan = f"""
audiences: [{{id: them, time_zone: {away}}}]
channels: [{{id: a, audiences: [them], service_hours: "{hours}", time_zone: {home}}}]
"""
    fail = ask("time-zone-overlap", {"waking": waking, "min_hours": 1000}, plan, "$.channels[0]", day)
    assert fail is not None
    assert ("them", away, waking) == tuple(fail.values[key] for key in ("audience", "zone", "waking"))
    return fail.values["hours"]


@pytest.mark.parametrize(
    ("hours", "home", "away", "day", "expected"),
    [
        ("Mon-Fri 08:00-16:00", "Europe/Oslo", "Europe/Oslo", DAY, 40),
        ("24/7", "Europe/Oslo", "Europe/Oslo", DAY, 84),
        ("24/7", "Europe/Oslo", "Asia/Kathmandu", DAY, 84),
        ("Mon-Fri 08:00-16:00", "Europe/Oslo", "America/New_York", DAY, 10),  # 02:00-10:00 there
        ("Mon-Fri 08:00-16:00", "Europe/Oslo", "Asia/Tokyo", DAY, 20),  # 16:00-24:00
        ("Mon-Fri 08:00-16:00", "Europe/Oslo", "Asia/Kolkata", DAY, Fraction(75, 2)),  # 12:30-20:30
        ("Mon-Fri 08:00-16:00", "Europe/Oslo", "Asia/Kathmandu", DAY, Fraction(145, 4)),  # 12:45-20:45
        # the hours of daylight saving on as-of are those of the whole week
        ("Mon-Fri 08:00-16:00", "Europe/Oslo", "America/New_York", "2027-07-01", 10),
        ("Mon-Fri 08:00-16:00", "Europe/Oslo", "America/New_York", "2027-03-20", 15),  # there only
        ("Mon-Fri 08:00-16:00", "Europe/Oslo", "Asia/Tokyo", "2027-07-01", 25),
        ("Mon-Fri 08:00-16:00", "Europe/Oslo", "Asia/Tokyo", "2027-03-27", 20),
        ("Mon-Fri 08:00-16:00", "Europe/Oslo", "Asia/Tokyo", "2027-03-28", 25),  # the day of the change, at noon
        # over midnight, and round from Sunday to Monday
        ("Mon 22:00-10:00", "Europe/Oslo", "Europe/Oslo", DAY, 2),
        ("Sun 22:00-10:00", "Europe/Oslo", "Europe/Oslo", DAY, 2),
        ("Sun 20:00-24:00", "America/New_York", "Europe/Oslo", DAY, 0),  # 02:00-06:00 on Monday there
        ("Sun 20:00-06:00", "America/New_York", "Europe/Oslo", DAY, 4),
        ("Mon 00:00-06:00", "Asia/Tokyo", "Europe/Oslo", DAY, 4),  # 16:00-22:00 on Sunday
        ("Mon 08:00-20:00", "Pacific/Kiritimati", "Pacific/Niue", DAY, 11),  # 25 hours apart
        ("Mon 08:00-20:00", "Europe/Oslo", "Europe/Oslo", "9999-12-31", 12),
        ("Mon 08:00-20:00", "Europe/Oslo", "Europe/Oslo", "0001-01-01", 12),
    ],
)
def test_hours_in_which_an_audience_is_awake(hours: str, home: str, away: str, day: str, expected: Any) -> None:
    assert expected == overlap(hours, home, away, day)


ZONES = """
organisation: {time_zones: [Europe/Oslo, Asia/Tokyo]}
audiences: [{id: home, time_zone: Europe/Oslo}, {id: all}, {id: us, time_zone: America/New_York}]
channels: [{id: a, audiences: [AUDIENCES], service_hours: "Mon-Fri 08:00-16:00", time_zone: Europe/Oslo}]
"""


@pytest.mark.parametrize(
    ("audiences", "min_hours", "fails"),
    [
        ("home", 40, None),
        ("home", 41, ("home", "Europe/Oslo", 40)),
        ("home, us", 10, None),
        ("home, us", 11, ("us", "America/New_York", 10)),
        ("all", 20, None),
        ("all", 21, ("all", "Asia/Tokyo", 20)),
        ("home, all, all", 21, ("all", "Asia/Tokyo", 20)),
        ("", 0, (None, None, None)),  # nobody to reach
    ],
)
def test_every_audience_and_zone_is_asked(audiences: str, min_hours: int, fails: Any) -> None:
    plan = ZONES.replace("AUDIENCES", audiences)
    fail = ask("time-zone-overlap", {"waking": "08:00-20:00", "min_hours": min_hours}, plan, "$.channels[0]")
    assert fails == (tuple(fail.values[key] for key in ("audience", "zone", "hours")) if fail else None)


@pytest.mark.parametrize(
    "left_out", ["service_hours: ", "time_zone: Europe/Oslo}]", "organisation: {time_zones: [Europe/Oslo, Asia/Tokyo]}"]
)
def test_an_overlap_that_cannot_be_known_fails(left_out: str) -> None:
    plan = ZONES.replace("AUDIENCES", "home, all")
    plan = plan.replace(left_out, {"s": "x-hours: ", "t": "}]", "o": ""}[left_out[0]])
    assert not holds("time-zone-overlap", {"waking": "08:00-20:00", "min_hours": 0}, plan, "$.channels[0]")


# --- who and when --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "lacking"),
    [
        ("{process: publish, R: [a], A: [a]}, {process: crisis, R: [a, b], A: [b]}", None),
        ("{process: publish, R: [a], A: [a]}", ["crisis"]),
        ("{process: publish, R: [a], A: [a, b]}, {process: crisis, R: [a], A: [a]}", ["publish"]),
        ("{process: publish, R: [a]}, {process: crisis, A: [a]}", ["publish", "crisis"]),
        ("{process: publish, R: [a], A: [nobody]}, {process: crisis, R: [a], A: [a]}", ["publish"]),
        ("{process: publish, R: [a], A: [a]}, {process: publish, R: [a], A: [a]}, {process: crisis, R: [a], A: [a]}", ["publish"]),
        ("{process: publish, R: [a], A: [a]}, {process: crisis, R: [a], A: [a]}, {process: archive, R: [a]}", ["archive"]),
        ("{process: publish, R: [a], A: [a]}, {process: crisis, R: [a], A: [a]}, {R: [a], A: [a]}", ["?"]),
        ("", ["publish", "crisis"]),
    ],
)  # fmt: skip
def test_raci(rows: str, lacking: list[str] | None) -> None:
    plan = f"departments: [{{id: a}}, {{id: b}}]\ngovernance: {{raci: [{rows}]}}"
    fail = ask("raci", {"processes": ["publish", "crisis"]}, plan)
    assert lacking == (fail.values["processes"] if fail else None)


def cadence(frequency: str | None, deadline: str | None, start: str | None = "2027-01-01", item: str = "") -> Verdict:
    """A report of this frequency and one criterion with this deadline."""
    reporting = (
        f"reporting: [{{to: Chief, frequency: {frequency}, compares_with_previous: true{item}}}]" if frequency else ""
    )
    criterion = f"deadline: {deadline}" if deadline else "id: K"
    period = f"period: {{from: {start}}}" if start else ""
    return ask("cadence", {}, f"{period}\n{reporting}\ngoals: [{{success_criteria: [{{{criterion}}}]}}]")


@pytest.mark.parametrize(
    ("frequency", "days"),
    [("daily", 1), ("weekly", 7), ("monthly", 31), ("quarterly", 92), ("half-yearly", 183), ("yearly", 366)],
)
def test_two_reports_before_the_first_deadline(frequency: str, days: int) -> None:
    start = datetime.date(2027, 1, 1)
    assert cadence(frequency, str(start + datetime.timedelta(2 * days))) is None
    fail = cadence(frequency, str(start + datetime.timedelta(2 * days - 1)))
    assert fail is not None
    assert (days - 1, frequency) == (fail.values["days"], fail.values["value"])


@pytest.mark.parametrize(
    ("frequency", "deadline", "start"),
    [
        ("daily", None, "2027-01-01"),
        ("daily", "2026-12-31", "2027-01-01"),
        ("daily", "2027-01-01", "2027-01-01"),
        ("daily", "2027-12-31", None),
        (None, "2027-12-31", "2027-01-01"),
    ],
)
def test_a_cadence_that_cannot_be_known_fails(frequency: str | None, deadline: str | None, start: str | None) -> None:
    assert cadence(frequency, deadline, start) is not None


def test_the_most_frequent_report_counts() -> None:
    more = "}, {to: Board, frequency: monthly, compares_with_previous: true"
    assert cadence("weekly", "2027-01-20", item=more) is None
    fail = cadence("weekly", "2027-01-10", item=more)
    assert fail is not None
    assert fail.values["value"] == "weekly"


def test_a_deadline_on_the_first_day_says_nothing_of_days() -> None:
    fail = cadence("yearly", "2027-01-01")
    assert fail is not None
    assert fail.values["days"] == 92


def test_only_reports_that_compare_and_go_to_somebody_count() -> None:
    plan = """
period: {from: 2027-01-01}
goals: [{success_criteria: [{deadline: 2027-12-31}, {deadline: 2027-06-30}, {deadline: 2026-01-01}]}]
reporting:
  - {to: Chief, frequency: daily}
  - {to: Chief, frequency: daily, compares_with_previous: false}
  - {frequency: daily, compares_with_previous: true}
  - {to: Chief, compares_with_previous: true}
  - {to: Chief, frequency: yearly, compares_with_previous: true}
  - {to: Chief, frequency: FREQUENCY, compares_with_previous: true}
"""
    assert holds("cadence", {}, plan.replace("FREQUENCY", "monthly"))
    fail = ask("cadence", {}, plan.replace("FREQUENCY", "quarterly"))
    assert fail is not None
    assert (90, "quarterly") == (fail.values["days"], fail.values["value"])  # half of 180 days, not of 364


# --- work grows with the plan --------------------------------------------------------------------------------------


def steps(work: Callable[[], object]) -> int:
    """How many instructions of the Python machine a piece of work takes: no time, so no chance."""
    count = 0

    def note(frame: Any, event: str, argument: object) -> Any:
        nonlocal count
        count += event == "opcode"
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        return note

    before = sys.gettrace()
    gc.disable()  # Hypothesis looks on when it runs, in instructions
    sys.settrace(note)
    try:
        work()
    finally:
        sys.settrace(before)
        gc.enable()
    return count


def work_on(plan: dict[str, Any]) -> int:
    """Instructions that the view and all rules take on a plan."""
    read = Plan.read("plan", yaml.dump({"smlint": 1, "title": "x", **plan}, Dumper=DUMPER).encode())
    assert read.fault is None
    data = shape(read).data
    book = load()
    lint(View(Plan.read("least", b"smlint: 1\ntitle: x"), {}, datetime.date(2027, 1, 15)), book)  # compile the rules
    return steps(lambda: lint(View(read, data, datetime.date(2027, 1, 15)), book))


DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
BASE = yaml.load(COMPLETE.read_text("utf-8"), Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))


def numbers(value: Any) -> Any:
    """The complete plan with its numbers and truths, read without dates."""
    if isinstance(value, dict):
        return {key: numbers(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [numbers(inner) for inner in value]
    if value in ("true", "false"):
        return value == "true"
    return int(value) if value.isdigit() else value


def renamed(value: Any, number: int, ids: frozenset[str]) -> Any:
    """A copy of a part of a plan in which every id, and what names one, has got a number."""
    if isinstance(value, dict):
        return {
            renamed(key, number, ids) if key in ids else key: renamed(inner, number, ids)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [renamed(inner, number, ids) for inner in value]
    return f"{value}-{number}" if isinstance(value, str) and value in ids else value


def grown(times: int, *, only: tuple[str, ...] = (), broken: bool = False) -> dict[str, Any]:
    """The complete plan with its lists so many times as long; `broken`: a plan in which much is missing."""
    plan = numbers(BASE)
    del plan["smlint"], plan["title"], plan["waivers"]
    lists = (
        "objectives",
        "audiences",
        "goals",
        "initiatives",
        "channels",
        "departments",
        "competence",
        "reporting",
        "risks",
    )
    ids = frozenset(item["id"] for name in lists[:6] for item in plan[name]) | {"K1", "K2", "K3", "K4", "K5"}
    if broken:
        for item in plan["goals"][0]["success_criteria"]:
            item.pop("target", None)
            item.pop("of", None)
        for name, key in (
            ("channels", "purpose"),
            ("goals", "audiences"),
            ("initiatives", "hours"),
            ("audiences", "evidence"),
        ):
            plan[name][0].pop(key)
    for name in only or lists:
        plan[name] = [renamed(item, number, ids) for number in range(times) for item in plan[name]]
    if not only:
        for holder, name in (
            (plan["investment"], "people"),
            (plan["governance"], "raci"),
            (plan["review"], "stop_criteria"),
        ):
            holder[name] = [renamed(item, number, ids) for number in range(times) for item in holder[name]]
        for name in ("channels", "goals"):
            plan["collaboration"][name] = [
                f"{id}-{number}" for number in range(times) for id in plan["collaboration"][name]
            ]
        plan["tone"]["by_audience"] = {f"households-{number}": "informal" for number in range(times)}
    return plan


def assert_straight(work: Callable[[int], int], size: int) -> None:
    """The same piece more costs the same again: no work that grows with the square of a list, or with two of them."""
    work(size)  # what is kept for the next time costs once
    once, twice, thrice = work(size), work(2 * size), work(3 * size)
    assert 1000 * (thrice - twice) <= 1003 * (twice - once)


@pytest.mark.parametrize("broken", [False, True])
def test_work_grows_with_the_plan(broken: bool) -> None:
    assert_straight(lambda times: work_on(grown(times, broken=broken)), 8)


@pytest.mark.parametrize(
    "name",
    ["objectives", "audiences", "goals", "initiatives", "channels", "departments", "competence", "reporting", "risks"],
)
@pytest.mark.parametrize("broken", [False, True])
def test_work_grows_with_each_list(name: str, broken: bool) -> None:
    assert_straight(lambda times: work_on(grown(times, only=(name,), broken=broken)), 8)


def named(kind: str, count: int) -> list[str]:
    return [f"{kind}{number}" for number in range(count)]


def everything_in_one(count: int) -> dict[str, Any]:
    """One initiative and one channel that name all goals, departments and audiences."""
    goals, audiences, departments = (named(kind, count) for kind in "gad")
    return {
        "organisation": {"employees": 300, "countries": ["NO", "SE"], "languages": ["nb", "sv"],
                         "time_zones": ["Europe/Oslo", "Asia/Tokyo"]},
        "goals": [{"id": id, "audiences": [audiences[at]], "function": "service",
                   "return": {"kind": "saving", "amount": 5, "per": "year", "roi_percent": 5},
                   "success_criteria": [{"id": f"k{at}", "unit": "percent", "target": 4, "of": f"k{at - 1}" if at else "k0"}]}
                  for at, id in enumerate(goals)],
        "audiences": [{"id": id} for id in audiences],
        "departments": [{"id": id, "function": "service"} for id in departments],
        "initiatives": [{"id": "i", "goals": goals, "departments": departments, "audiences": audiences, "hours": 4}],
        "channels": [{"id": "c", "goals": goals, "audiences": audiences, "two_way": True, "owner": "o",
                      "service_hours": "24/7", "time_zone": "Europe/Oslo", "languages": ["nb"]}],
        "investment": {"people": [{"role": "r", "hours": 5, "rate": 5}], "total": {"hours": 5, "money": 25}},
    }  # fmt: skip


def one_of_each_names_everything(count: int) -> dict[str, Any]:
    """As many channels and initiatives as goals; the first of each names all, and the first goal names every audience."""
    plan = everything_in_one(count)
    plan["goals"][0]["audiences"] = named("a", count)
    for name in ("channels", "initiatives"):
        rest = [
            {**plan[name][0], "id": f"{name}{at}", "goals": [f"g{at}"], "audiences": [f"a{at}"]} for at in range(count)
        ]
        for item in rest:
            item.pop("departments", None)
        plan[name] += rest
    return plan


def the_same_id_everywhere(count: int) -> dict[str, Any]:
    """Departments, goals and audiences that share one id, all named once."""
    plan = everything_in_one(count)
    for name in ("goals", "audiences", "departments"):
        for item in plan[name]:
            item["id"] = name
    plan["goals"] = [{**goal, "audiences": ["audiences"]} for goal in plan["goals"]]
    plan["initiatives"] = [{"id": "i", "goals": ["goals"], "departments": ["departments"], "hours": 4}]
    plan["channels"] = [{"id": "c", "goals": ["goals"], "audiences": ["audiences"], "two_way": True}]
    return plan


@pytest.mark.parametrize("crafted", [everything_in_one, one_of_each_names_everything, the_same_id_everywhere])
def test_crafted_plans_stay_linear(crafted: Callable[[int], dict[str, Any]]) -> None:
    assert_straight(lambda count: work_on(crafted(count)), 25)


@pytest.mark.parametrize("closed", [False, True])
def test_a_long_chain_is_walked_once(closed: bool) -> None:
    def data(length: int) -> Any:
        criteria = [f"{{id: K{at}, unit: percent, target: 40, of: K{at + 1}}}" for at in range(length)]
        last = "K0" if closed else "{population: p, count: 5}"
        criteria.append(f"{{id: K{length}, unit: percent, target: 40, of: {last}}}")
        read = Plan.read(
            "plan", f"smlint: 1\ntitle: x\ngoals: [{{success_criteria: [{', '.join(criteria)}]}}]".encode()
        )
        return read, shape(read).data

    def work(length: int) -> int:
        read, shaped = data(length)
        return steps(lambda: View(read, shaped, datetime.date(2027, 1, 15)))

    assert_straight(work, 100)
    read, shaped = data(10_000)
    view = View(read, shaped, datetime.date(2027, 1, 15))
    assert {"open" if closed else "counted"} == {criterion["_chain"] for criterion in all_criteria(view.data)}
    if not closed:
        known = {criterion["id"]: criterion for criterion in all_criteria(view.data)}
        chain = resolved_chain(known["K0"], known)
        assert chain is not None
        assert 5 * Fraction(2, 5) ** 10_001 == chain.amount
