"""What rules see of a plan: predicates, profile expressions, defaults and derived keys."""

from __future__ import annotations

import datetime
import itertools
import json
import re
from fractions import Fraction
from typing import Any

import pytest

from smlint.format import plan_schema
from smlint.plan import Plan
from smlint.profile import (
    EEA,
    LEVELS,
    MONTHS,
    NAMES,
    VOCABULARY,
    View,
    all_criteria,
    applies,
    derive,
    fill_defaults,
    predicates,
)
from smlint.query import DERIVED
from smlint.rulebook import load
from smlint.shape import shape
from smlint.spot import Spot

DAY = datetime.date(2027, 1, 15)
SIZES = {"micro", "small", "medium", "large"}


def view_of(**keys: Any) -> View:
    """The view of a plan with these keys."""
    plan = Plan.read("plan", json.dumps({"smlint": 1, "title": "x", **keys}).encode())
    return View(plan, shape(plan).data, DAY)


def known(**keys: Any) -> frozenset[str]:
    return view_of(**keys).predicates


# --- predicates ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("employees", "size"),
    [
        (0, "micro"), (1, "micro"), (9, "micro"), (10, "small"), (49, "small"), (50, "medium"), (249, "medium"),
        (250, "large"), (999_999, "large"), (None, "small"), ("many", "small"), ("TBD", "small"),
    ],
)  # fmt: skip
def test_size(employees: Any, size: str) -> None:
    assert {size} == known(organisation={"name": "N", "employees": employees}) & SIZES


def test_an_organisation_that_says_nothing_is_small() -> None:
    assert frozenset({"small"}) == known()


ORGANISATION = [
    ("public", {"sector": "public"}, True),
    ("private", {"sector": "private"}, True),
    ("ngo", {"sector": "ngo"}, True),
    ("public", {"sector": "private"}, False),
    ("norway", {"countries": ["SE", "NO"]}, True),
    ("norway", {"countries": ["SE"]}, False),
    ("eea", {"countries": ["US", "IS"]}, True),
    ("eea", {"countries": ["US", "GB", "CH"]}, False),
    ("eea", {"countries": ["LI"]}, True),
    ("multi-country", {"countries": ["NO", "US"]}, True),
    ("multi-country", {"countries": ["NO"]}, False),
    ("multi-country", {"countries": ["NO", "NO"]}, False),
    ("multi-location", {"locations": 1}, False),
    ("multi-location", {"locations": 2}, True),
    ("multi-time-zone", {"time_zones": ["Europe/Oslo"]}, False),
    ("multi-time-zone", {"time_zones": ["Europe/Oslo", "Europe/Oslo"]}, False),
    ("multi-time-zone", {"time_zones": ["Europe/Oslo", "Asia/Tokyo"]}, True),
    ("multi-language", {"languages": ["nb"]}, False),
    ("multi-language", {"languages": ["nb", "nb"]}, False),
    ("multi-language", {"languages": ["nb", "sv"]}, True),
    ("vulnerable", {"vulnerable_groups": True}, True),
    ("vulnerable", {"vulnerable_groups": False}, False),
    ("regulated", {"regulated": True}, True),
    ("regulated", {"regulated": False}, False),
]


@pytest.mark.parametrize(("name", "organisation", "holds"), ORGANISATION)
def test_predicates_of_the_organisation(name: str, organisation: dict[str, Any], holds: bool) -> None:
    assert holds == (name in known(organisation=organisation))


def channel(**keys: Any) -> dict[str, Any]:
    return {"channels": [{"id": "c", **keys}]}


PLAN = [
    ("service", {"goals": [{"id": "G1"}, {"id": "G2", "function": "service"}]}, True),
    ("service", {"goals": [{"id": "G1", "function": "sales"}]}, False),
    ("paid", {"investment": {"advertising": 1}}, True),
    ("paid", {"investment": {"advertising": 0}}, False),
    ("paid", {"initiatives": [{"id": "I1"}, {"id": "I2", "paid_media": True}]}, True),
    ("paid", {"initiatives": [{"id": "I1", "paid_media": False}]}, False),
    ("influencer", {"initiatives": [{"id": "I1", "influencer": True}]}, True),
    ("influencer", {"initiatives": [{"id": "I1"}]}, False),
    ("two-way", channel(two_way=True), True),
    ("two-way", channel(two_way=True, status="planned"), True),
    ("two-way", channel(two_way=True, status="dormant"), False),
    ("two-way", channel(two_way=True, status="closing"), False),
    ("two-way", channel(two_way=False), False),
    ("two-way", channel(), False),
    ("internal", channel(scope="internal"), True),
    ("internal", channel(scope="internal", status="dormant"), False),
    ("internal", channel(), False),
    ("internal", {"goals": [{"id": "G1", "function": "internal"}]}, True),
    ("competition", {"initiatives": [{"id": "I1", "kind": "competition"}]}, True),
    ("competition", {"initiatives": [{"id": "I1", "kind": "campaign"}]}, False),
    ("approved", {"status": "approved"}, True),
    ("approved", {"status": "draft"}, False),
    ("approved", {}, False),
]


@pytest.mark.parametrize(("name", "keys", "holds"), PLAN)
def test_predicates_of_the_plan(name: str, keys: dict[str, Any], holds: bool) -> None:
    assert holds == (name in known(**keys))


def test_every_predicate_has_a_case() -> None:
    assert set(NAMES) - SIZES == {name for name, _, holds in (*ORGANISATION, *PLAN) if holds}


def test_the_eea_is_thirty_countries() -> None:
    assert len(EEA) == 30
    assert EEA.isdisjoint({"GB", "CH", "US"})


# --- profile expressions -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "true_for", "false_for"),
    [
        ("micro", [{"micro"}], [{"small"}, set()]),
        ("not micro", [{"small"}, set()], [{"micro"}]),
        ("medium or large", [{"medium"}, {"large"}], [{"small"}]),
        ("medium, large", [{"medium"}, {"large"}], [{"small"}]),
        ("medium, large or public", [{"large"}, {"public", "micro"}], [{"micro", "ngo"}]),
        ("small and not multi-location", [{"small"}], [{"small", "multi-location"}, {"micro"}]),
        ("multi-time-zone and two-way", [{"multi-time-zone", "two-way"}], [{"two-way"}, {"multi-time-zone"}]),
        # `and` binds tighter than `or` and the comma
        ("norway, or public and eea", [{"norway"}, {"public", "eea"}], [{"public"}, {"eea"}]),
        ("public and eea or norway", [{"norway"}, {"public", "eea"}], [{"public"}, {"eea"}]),
        ("not micro, or public, or regulated", [{"small"}, {"micro", "public"}, {"micro", "regulated"}], [{"micro"}]),
        ("not micro and not small", [{"large"}], [{"micro"}, {"small"}]),
        ("  paid   or influencer ", [{"paid"}, {"influencer"}], [set()]),
    ],
)
def test_profile_expressions(expression: str, true_for: list[set[str]], false_for: list[set[str]]) -> None:
    asked = applies(expression)
    assert true_for == [names for names in (*true_for, *false_for) if asked(frozenset(names))]


@pytest.mark.parametrize(
    "expression",
    [
        "",
        " , ",
        "tiny",
        "not",
        "not not micro",
        "micro and",
        "and micro",
        "micro or tiny",
        "Micro",
        "micro small",
        "()",
    ],
)
def test_expressions_that_name_no_predicate(expression: str) -> None:
    with pytest.raises(ValueError):
        applies(expression)


def test_the_complaint_names_the_predicate() -> None:
    with pytest.raises(ValueError, match="unknown profile predicate 'tiny'"):
        applies("micro or tiny")


def test_a_view_answers_profile_expressions() -> None:
    assert view_of(organisation={"employees": 60}).applies("medium or large")
    assert not view_of().applies("medium or large")


# --- law 6: a more demanding profile only adds rules --------------------------------------------------------------

STEPS = ("small", "medium", "large")


def conditions() -> list[Any]:
    return sorted({rule.applies for rule in load().rules.values() if rule.applies})


def for_micro_by_name(expression: str) -> bool:
    return "micro" in re.sub(r"not micro", "", expression)


@pytest.mark.parametrize("expression", conditions())
def test_more_employees_or_countries_only_add_rules(expression: str) -> None:
    asked = applies(expression)
    others = sorted(set(re.findall("|".join(sorted(NAMES, key=len, reverse=True)), expression)) - SIZES)
    sizes = STEPS if for_micro_by_name(expression) else ("micro", *STEPS)
    for chosen in itertools.product((False, True), repeat=len(others)):
        rest = frozenset(name for name, taken in zip(others, chosen, strict=True) if taken)
        held = [asked(rest | {size}) for size in sizes]
        assert sorted(held) == held, f"a larger organisation escapes {expression!r} ({set(rest)})"
        for size in sizes:
            for more in ("multi-country", "multi-language", "multi-location", "multi-time-zone", "norway", "eea"):
                assert asked(rest | {size}) <= asked(rest | {size, more})


def test_more_employees_give_the_next_size_and_nothing_else() -> None:
    for smaller, larger in itertools.pairwise((5, 10, 50, 250)):
        assert known(organisation={"employees": smaller}) - SIZES == known(organisation={"employees": larger}) - SIZES


def test_another_country_takes_no_predicate_away() -> None:
    for countries in itertools.permutations(("NO", "SE", "US"), 2):
        fewer, more = list(countries), ["NO", "SE", "US"]
        assert known(organisation={"countries": fewer}) <= known(organisation={"countries": more})


# --- defaults ------------------------------------------------------------------------------------------------------


def test_defaults_and_nothing_else() -> None:
    data: dict[str, Any] = {
        "goals": [{"success_criteria": [{}]}, {}],
        "initiatives": [{}],
        "channels": [{}],
        "audiences": [{}],
        "investment": {"people": [{}]},
    }
    fill_defaults(data)
    assert {
        "status": "draft",
        "goals": [{"success_criteria": [{"nature": "quantitative"}]}, {}],
        "initiatives": [{"ongoing": False, "paid_media": False, "influencer": False}],
        "channels": [{"status": "active", "scope": "external"}],
        "audiences": [{"scope": "external"}],
        "investment": {"people": [{"voluntary": False}]},
    } == data


def test_defaults_leave_what_is_said() -> None:
    said = {
        "status": "approved",
        "goals": [{"success_criteria": [{"nature": "qualitative"}]}],
        "initiatives": [{"ongoing": True, "paid_media": True, "influencer": True}],
        "channels": [{"status": "closing", "scope": "internal"}],
        "audiences": [{"scope": "internal"}],
        "investment": {"people": [{"voluntary": True}]},
    }
    data = json.loads(json.dumps(said))
    fill_defaults(data)
    assert said == data


def test_an_empty_plan_gets_a_status_only() -> None:
    data: dict[str, Any] = {}
    fill_defaults(data)
    derive(data)
    assert {"status": "draft"} == data


# --- derived keys --------------------------------------------------------------------------------------------------


def criterion(**keys: Any) -> dict[str, Any]:
    """A criterion as rules see it."""
    view = view_of(goals=[{"id": "G1", "success_criteria": [{"id": "K1", **keys}]}])
    return all_criteria(view.data)[0]


@pytest.mark.parametrize(
    ("keys", "vocabulary", "shows"),
    [
        ({"metric": "leads"}, "outcome", "outcome"),
        ({"metric": "leads", "level": "outcome"}, "outcome", "outcome"),
        ({"metric": "leads", "level": "output"}, "outcome", "output"),  # lower is believed
        ({"metric": "followers", "level": "impact"}, "output", "output"),  # higher is not
        ({"metric": "followers", "level": "impact", "level_reason": "a fan club"}, "output", "impact"),
        ({"metric": "followers", "level_reason": "a fan club"}, "output", "output"),
        ({"metric": "custom", "name": "n", "level": "outtake"}, None, "outtake"),
        ({"metric": "custom", "name": "n"}, None, None),
        ({"level": "impact"}, None, None),
        ({}, None, None),
    ],
)
def test_what_a_criterion_shows(keys: dict[str, Any], vocabulary: str | None, shows: str | None) -> None:
    found = criterion(**keys)
    assert (vocabulary, shows) == (found.get("_vocabulary"), found.get("_shows"))


def test_the_vocabulary_is_that_of_the_format() -> None:
    assert set(LEVELS) == set(VOCABULARY.values())
    criterion_keys = plan_schema().properties["goals"].items.properties["success_criteria"].items.properties
    assert {*VOCABULARY, "custom"} == set(criterion_keys["metric"].enum)


@pytest.mark.parametrize(("frequency", "months"), MONTHS.items())
def test_months_between_readings(frequency: str, months: int) -> None:
    assert months == criterion(frequency=frequency)["_months"]
    assert "_months" not in criterion()


COUNTED = {"population": "enquiries", "count": 120000}


def chains(*criteria: dict[str, Any]) -> list[str]:
    """`_chain` of percentages K1, K2 … with a target of 40 unless they say otherwise."""
    data: dict[str, Any] = {
        "goals": [
            {"success_criteria": [{"id": f"K{number}", "unit": "percent", "target": 40, **keys}]}
            for number, keys in enumerate(criteria, 1)
        ]
    }
    for item in all_criteria(data):
        for key in [key for key, value in item.items() if value is None]:
            del item[key]
    derive(data)
    return [item["_chain"] for item in all_criteria(data)]


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ([{"of": COUNTED}], ["counted"]),
        ([{"of": {"population": "enquiries"}}], ["open"]),
        ([{"of": {"count": 120000}}], ["open"]),
        ([{"of": {"population": "enquiries", "count": 0}}], ["open"]),
        ([{}], ["open"]),
        ([{"of": COUNTED}, {"of": "K1"}, {"of": "K2"}], ["counted"] * 3),
        ([{"of": "K2"}, {"of": "K3"}, {"of": COUNTED}], ["counted"] * 3),  # whatever the order
        ([{}, {"of": "K1"}], ["open", "open"]),
        ([{"of": "K1"}], ["open"]),
        ([{"of": "K2"}, {"of": "K1"}], ["open", "open"]),
        ([{"of": "K2"}, {"of": "K3"}, {"of": "K2"}, {"of": COUNTED}], ["open", "open", "open", "counted"]),
        # over something that is no percentage
        ([{"of": COUNTED, "unit": "count"}, {"of": "K1"}], ["counted", "open"]),
        # a criterion on the way that lacks unit or target: whoever reports that comes first
        ([{"of": COUNTED, "unit": None}, {"of": "K1"}], ["counted", "incomplete"]),
        ([{"of": COUNTED, "target": None}, {"of": "K1"}, {"of": "K2"}], ["counted", "incomplete", "incomplete"]),
        ([{"of": COUNTED, "target": "most"}, {"of": "K1"}], ["counted", "incomplete"]),
        ([{"of": "K2", "target": None}, {"of": "K1"}, {"of": "K1"}], ["incomplete"] * 3),
        ([{"target": None}, {"of": "K1"}], ["open", "incomplete"]),
    ],
)
def test_where_chains_of_shares_lead(criteria: list[dict[str, Any]], expected: list[str]) -> None:
    assert expected == chains(*criteria)


def test_a_chain_over_a_duplicate_id_leads_nowhere() -> None:
    twice = [{"id": "K1", "unit": "percent", "target": 30, "of": COUNTED}] * 2
    over = {"id": "K2", "unit": "percent", "target": 40, "of": "K1"}
    view = view_of(goals=[{"id": "G1", "success_criteria": [*twice, over]}])
    assert ["counted", "counted", "open"] == [item["_chain"] for item in all_criteria(view.data)]


def test_links_are_turned_round() -> None:
    view = view_of(
        goals=[{"id": "G1", "audiences": ["a", "b"]}, {"id": "G2"}, {"id": "G3", "audiences": ["b"]}],
        audiences=[{"id": "a"}, {"id": "b"}, {"id": "c"}],
        initiatives=[{"id": "I1", "goals": ["G1", "G1", "G2"]}, {"id": "I2", "goals": ["G1"]}, {"id": "I3"}],
        channels=[
            {"id": "x", "goals": ["G1"], "audiences": ["a", "a"]},
            {"id": "y", "goals": ["G1", "G3"], "audiences": ["b"], "status": "dormant"},
            {"id": "z", "goals": ["G3", "G1"], "status": "planned"},
        ],
    )
    goals, audiences, channels = (view.data[key] for key in ("goals", "audiences", "channels"))
    assert [["I1", "I2"], ["I1"], None] == [ids(goal.get("_initiatives")) for goal in goals]
    assert [["x"], None, None] == [ids(audience.get("_channels")) for audience in audiences]
    assert [["G1"], ["G1", "G3"], ["G3", "G1"]] == [ids(item["_goals"]) for item in channels]
    assert [["a"], None, []] == [goal.get("_reached") for goal in goals]


def ids(items: Any) -> Any:
    return items and [item["id"] for item in items]


def test_a_duplicate_id_names_every_item_that_has_it() -> None:
    view = view_of(
        goals=[
            {"id": "G1", "function": "sales"},
            {"id": "G1", "function": "service"},
            {"id": "G1", "function": "sales"},
        ],
        initiatives=[{"id": "I1", "goals": ["G1"], "departments": ["d"]}],
        channels=[{"id": "x", "goals": ["G1"]}],
        departments=[{"id": "d", "function": "hr"}, {"id": "d", "function": "sales"}, {"id": "d"}],
    )
    assert [["I1"]] * 3 == [ids(goal["_initiatives"]) for goal in view.data["goals"]]
    assert ["hr", "sales"] == view.data["initiatives"][0]["_functions"]
    assert {"sales", "service"} == {goal["function"] for goal in view.data["channels"][0]["_goals"]}


def test_the_tone_of_an_audience() -> None:
    view = view_of(
        audiences=[{"id": "a", "tone": "formal"}, {"id": "b"}, {"id": "c"}],
        tone={"default": "mixed", "by_audience": {"a": "informal", "b": "informal"}},
    )
    assert ["formal", "informal", None] == [audience.get("_tone") for audience in view.data["audiences"]]


def test_sums_of_the_investment() -> None:
    people = [{"hours": 10, "rate": 450.5}, {"hours": 2.5}, {"rate": 600}, {"role": "x"}]
    amounts = {
        "tools": 1,
        "advertising": 2,
        "production": 4,
        "agency": 8,
        "training": 16,
        "evaluation": 32,
        "other": 64,
    }
    investment = view_of(investment={"people": people, **amounts}).data["investment"]
    assert Fraction(25, 2) == investment["_people_hours"]
    assert investment["_people_money"] == 4505
    assert investment["_category_money"] == 127
    assert investment["_money"] == 4632
    empty = view_of(investment={"currency": "NOK"}).data["investment"]
    assert [0, 0, 0, 0] == [empty[key] for key in ("_people_hours", "_people_money", "_category_money", "_money")]


def test_the_owners_share_of_live_channels_and_initiatives() -> None:
    view = view_of(
        channels=[
            {"id": "a", "owner": "Head of  Service"},
            {"id": "b", "owner": "someone else", "status": "planned"},
            {"id": "c", "owner": "head of service", "status": "closing"},
            {"id": "d"},
        ],
        initiatives=[{"id": "I1", "owner": "HEAD OF SERVICE"}, {"id": "I2"}, {"id": "I3"}, {"id": "I4"}],
    )
    shares = [item.get("_owner_share") for item in view.data["channels"]]
    # d, I2, I3 and I4 have no owner: a share does not fall because an owner is left out
    assert [Fraction(100 * (2 + 4), 7), Fraction(100 * (1 + 4), 7), None, None] == shares


def test_what_a_goal_costs() -> None:
    """Hours at the mean rate of all people, and money, shared evenly among an initiative's goals."""
    view = view_of(
        goals=[{"id": "G1", "return": {"roi_percent": 10}}, {"id": "G2"}, {"id": "G3", "return": {"roi_percent": 5}}],
        initiatives=[
            {"id": "I1", "goals": ["G1"], "hours": 10, "cost": 7},
            {"id": "I2", "goals": ["G1", "G2", "G1"], "hours": 3},
            {"id": "I3", "goals": ["G2"], "hours": 1000},
        ],
        investment={"people": [{"role": "a", "hours": 2, "rate": 100}, {"role": "b", "hours": 1, "rate": 400}]},
    )
    rate = Fraction(600, 3)
    expected = [10 * rate + 7 + 3 * rate / 2, None, 0]
    assert expected == [goal.get("_cost") for goal in view.data["goals"]]


def test_hours_without_anybody_paid_cost_nothing() -> None:
    view = view_of(
        goals=[{"id": "G1", "return": {"roi_percent": 10}}], initiatives=[{"id": "I1", "goals": ["G1"], "hours": 9}]
    )
    assert view.data["goals"][0]["_cost"] == 0


def test_every_derived_key_is_known_to_queries_and_no_author_can_write_one() -> None:
    full = view_of(
        **{key: {"a": 1} for key in DERIVED},
        organisation={"name": "N"},
        goals=[
            {"id": "G1", "audiences": ["a"], "return": {"roi_percent": 1}, "_initiatives": [1], "success_criteria": [
                {"id": "K1", "metric": "leads", "frequency": "weekly", "_shows": "impact"}]},
        ],
        audiences=[{"id": "a", "tone": "formal", "_channels": []}],
        channels=[{"id": "c", "goals": ["G1"], "audiences": ["a"], "owner": "o", "_owner_share": 1}],
        initiatives=[{"id": "I1", "goals": ["G1"]}],
        investment={"people": [{"hours": 1}], "_money": 5},
    )  # fmt: skip
    found: set[str] = set()
    seen: set[int] = set()
    stack: list[Any] = [full.data]
    while stack:
        value = stack.pop()
        if id(value) in seen or not isinstance(value, dict | list):
            continue
        seen.add(id(value))
        if isinstance(value, dict):
            found |= {key for key in value if key.startswith("_")}
        stack += value.values() if isinstance(value, dict) else value
    assert found == DERIVED
    assert full.data["investment"]["_money"] == 0
    assert full.data["goals"][0]["success_criteria"][0]["_shows"] == "outcome"


# --- the view ------------------------------------------------------------------------------------------------------


def test_the_view_answers_for_subject_and_plan() -> None:
    view = view_of(
        goals=[{"id": "G1"}, None, {"id": "G2", "horizon": "long", "supports": []}], period={"to": "2027-12-31"}
    )
    spot = Spot(("goals", 2), view.data["goals"][1], view.plan)
    assert view.one(spot, "horizon") == "long"
    assert view.one(spot, "$.period.to") == "2027-12-31"
    assert view.one(spot, "supports") is None
    assert view.values(spot, "$.goals[*].id") == view.values(spot, "$.goals[*].id") == ["G1", "G2"]
    assert [(("goals", 2, "id"), "G2")] == view.located(spot, "id")
    assert view.path(spot, "horizon") == ("goals", 2, "horizon")
    assert view.path(spot, "$.period.to") == ("period", "to")
    assert view.holds(spot, "@.horizon == 'long' && $.period.to > '2027'")
    assert view.ids("$.goals[*].id") == {"G1", "G2"}
    assert {"G1", "G2"} == view.named("$.goals[*]").keys()
    assert view.today == "2027-01-15"


def test_predicates_of_bare_data() -> None:
    """Data that was never filled in gives no predicate but a size."""
    assert predicates({}) == {"small"}
