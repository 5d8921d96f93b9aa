"""What the format says of a plan: every structural diagnostic, what counts as missing, suggestions, identities."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path as File
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from smlint.finding import Finding, diagnostics
from smlint.format import PLACEHOLDERS, coded_keys, is_date, is_language, noted, plan_schema, says_something
from smlint.hours import staffed
from smlint.plan import Items, Limits, Path, Plan, positions
from smlint.report import judge
from smlint.rulebook import load
from smlint.settings import Settings
from smlint.shape import shape
from smlint.spot import identity, label

TOP = File(__file__).parent.parent
CASES: dict[str, dict[str, Any]] = yaml.safe_load((TOP / "tests/diagnostics.yaml").read_text("utf-8"))
SCHEMA: dict[str, Any] = json.loads((TOP / "schemas/plan.schema.json").read_text("utf-8"))
AS_OF = date(2027, 1, 15)
BASE = "smlint: 1\ntitle: A\n"


def read(text: str) -> Plan:
    plan = Plan.read("plan.yaml", (text if text.startswith("smlint") else BASE + text).encode())
    assert plan.fault is None
    return plan


def findings(text: str) -> list[Finding]:
    return shape(read(text)).findings


def seen(text: str) -> dict[str, Any]:
    """What rules see, apart from the two keys that every plan has."""
    data = shape(read(text)).data
    return {key: value for key, value in data.items() if key not in ("smlint", "title")}


def names(text: str) -> list[str]:
    return [finding.rule.id for finding in findings(text)]


# --- each diagnostic ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_diagnostic(name: str) -> None:
    case = CASES[name]
    plan = Plan.read("plan.yaml", case["plan"].encode(), Limits(**case.get("limits", {})))
    found = shape(plan).findings
    assert [name.partition(",")[0]] == [finding.rule.id for finding in found], "one root cause, one finding"
    [finding] = found
    place = finding.place
    actual = {
        "at": f"{place.line}:{place.column}-{place.end_line}:{place.end_column}",
        "id": finding.id,
        "en": finding.message("en"),
        "nb": finding.message("nb"),
    }
    assert {key: case[key] for key in actual} == actual
    for language in ("en", "nb"):
        advice = finding.fix(language)
        assert not {"{", "}"} & set(advice)
        assert "not stated" not in advice + actual[language]
        assert "ikke oppgitt" not in advice + actual[language]
        assert advice.endswith(".")


def test_every_diagnostic_has_a_case() -> None:
    about_waivers = {id for id in diagnostics() if id.startswith("waiver-")}  # test_waivers.py
    assert diagnostics().keys() - about_waivers == {name.partition(",")[0] for name in CASES}


def test_what_stops_a_plan() -> None:
    stops = "syntax-error several-documents too-large too-deep alias-limit duplicate-key not-a-plan unsupported-format"
    assert set(stops.split()) == {id for id, diagnostic in diagnostics().items() if diagnostic.stops}


def test_severities() -> None:
    warnings = {"placeholder-value", "waiver-expired", "waiver-unused"}
    assert warnings == {id for id, diagnostic in diagnostics().items() if diagnostic.severity == "warning"}
    assert {"error", "warning"} == {diagnostic.severity for diagnostic in diagnostics().values()}


@pytest.mark.parametrize(
    ("text", "diagnostic", "rule"),
    [
        ("goals: more sales\n", "wrong-type", "success-criteria-missing"),
        ("sponsor: {role: CEO, level: boss}\n", "not-in-list", "sponsor-missing"),
        ("owner: {role: TBD}\n", "placeholder-value", "plan-owner-missing"),
        ("owner: {rolle: Head}\n", "unknown-key", "plan-owner-missing"),
        ("objectives: [{id: B1}]\ngoals: [{id: G1, supports: [B2]}]\n", "unresolved-reference", "goal-orphan"),
        ("review: {every_months: 6, next: soon}\n", "bad-format", "review-missing"),
        ("organisation: {employees: -1}\n", "out-of-range", "profile-incomplete"),
        ("smlint: 1\n", "missing-key", "business-objectives-missing"),
        ("goals: [{id: G1}, {id: G1}]\n", "duplicate-id", "goal-without-initiative"),
        ("period: {from: 2027-02-01, to: 2027-01-01}\n", "end-before-start", "investment-missing"),
    ],
)
def test_rules_go_on_and_take_the_value_as_missing(text: str, diagnostic: str, rule: str) -> None:
    report = judge("plan.yaml", (text if text.startswith("smlint") else BASE + text).encode(), Settings(load()), AS_OF)
    assert report.score is not None
    found = [finding.rule.id for finding in report.findings]
    assert 1 == found.count(diagnostic)
    assert rule in found


@pytest.mark.parametrize("name", [name for name in CASES if diagnostics()[name.partition(",")[0]].stops])
def test_a_plan_that_stops_has_one_finding_and_no_score(name: str) -> None:
    limits = Limits(**CASES[name].get("limits", {}))
    report = judge("plan.yaml", CASES[name]["plan"].encode(), Settings(load()), AS_OF, limits)
    assert report.score is None
    assert 1 == len(report.findings)


# --- the schema: our walk against jsonschema ----------------------------------------------------------------------


def _checker() -> FormatChecker:
    checker = FormatChecker(formats=())
    checker.checks("date")(lambda text: not isinstance(text, str) or _is_calendar_date(text))
    checker.checks("language")(lambda text: not isinstance(text, str) or is_language(text))
    checker.checks("service-hours")(lambda text: not isinstance(text, str) or staffed(text) is not None)
    return checker


def _is_calendar_date(text: str) -> bool:
    year, month, day = [*text.split("-"), "", ""][:3]
    try:
        return f"{date(int(year), int(month), int(day)):%Y-%m-%d}".rjust(10, "0") == text
    except ValueError:
        return False


def with_formats(node: Any) -> Any:
    """The schema with the formats of its comments as formats, for a judge that is told what they are."""
    if isinstance(node, list):
        return [with_formats(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    own = noted(node).get("format") if isinstance(node.get("$comment"), str) else None
    return {key: with_formats(inner) for key, inner in node.items()} | ({"format": own[0]} if own else {})


VALIDATOR = Draft202012Validator(with_formats(SCHEMA), format_checker=_checker())
SCHEMA_FAULTS = {"missing-key", "wrong-type", "unknown-key", "not-in-list", "bad-format", "out-of-range"}
EXAMPLES = [Plan.read(name, (TOP / f"examples/{name}.yaml").read_bytes()).data for name in ("complete", "least")]
VALUES: list[Any] = [
    "some words", "active", "Active", "low", "NO", "no", "nb", "english", "Europe/Oslo", "NOK", "24/7", "Mon 25:00",
    "2027-02-28", "2027-02-29", "20270228", "B1", "K1", 0, 1, 3, 6, -1, Fraction(5, 2), Fraction(-1, 2), True, False,
    [], {}, ["NO"], ["facebook"], [3], [{"id": "N1"}], {"id": "N1"}, {"name": "x", "role": 7}, {"count": -1}, [[]],
]  # fmt: skip
KEYS = ["zzz", "goal", "id", "x-own", "level", "$schema", "of", "title"]


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of all values below the root, apart from the format's own version."""
    for part, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if (*path, part) != ("smlint",):
            yield (*path, part)
            if isinstance(inner, dict | list):
                yield from places(inner, (*path, part))


def copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: copied(inner) for key, inner in value.items()}
    return [copied(inner) for inner in value] if isinstance(value, list) else value


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """A shipped plan with up to four changes: deleted, replaced, added, said twice."""
    data: dict[str, Any] = copied(draw(st.sampled_from(EXAMPLES)))
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(list(places(data))))
        holder: Any = data
        for part in path[:-1]:
            holder = holder[part]
        kind = draw(st.sampled_from(("delete", "replace", "add")))
        if kind == "delete":
            del holder[path[-1]]
        elif kind == "replace":
            holder[path[-1]] = copied(draw(st.sampled_from(VALUES)))
        elif isinstance(holder, dict):
            key = draw(st.sampled_from(KEYS if path[:-1] else [key for key in KEYS if key != "$schema"]))
            holder[key] = copied(draw(st.sampled_from(VALUES)))
        else:
            holder.append(copied(holder[path[-1]]))
    return data


def faulty_paths(data: dict[str, Any]) -> set[Path]:
    """The paths of what jsonschema calls invalid; unknown and missing keys by their own path."""
    return paths_of(VALIDATOR.iter_errors(data))


def paths_of(errors: Iterable[ValidationError]) -> set[Path]:
    found: set[Path] = set()
    for error in errors:
        path = tuple(error.absolute_path)
        if error.validator == "additionalProperties":
            known = error.schema.get("properties", {})
            found |= {(*path, key) for key in error.instance if key not in known and not key.startswith("x-")}
        elif error.validator == "required":
            found |= {(*path, key) for key in error.validator_value if key not in error.instance}
        elif error.validator == "anyOf":
            branches = [[each for each in error.context if each.schema_path[0] == n] for n in range(9)]
            meant = [branch for branch in branches if branch and not any(wrong_kind(each, path) for each in branch)]
            found |= paths_of(meant[0]) if meant else {path}
        else:
            found.add(path)
    return found


def wrong_kind(error: ValidationError, path: Path) -> bool:
    """Whether a branch of anyOf is for values of another type."""
    return error.validator == "type" and tuple(error.absolute_path) == path


@settings(max_examples=250, deadline=None, derandomize=True)
@given(mutated())
def test_the_walk_agrees_with_jsonschema(data: dict[str, Any]) -> None:
    before = copied(data)
    shaped = shape(Plan("plan.yaml", "", data, {}, None))
    assert before == data, "the plan as written stays as it was"
    ours = [finding.path for finding in shaped.findings if finding.rule.id in SCHEMA_FAULTS]
    assert faulty_paths(data) == set(ours)
    assert len(ours) == len(set(ours)), "one fault per value"


@pytest.mark.parametrize("file", sorted((TOP / "examples").rglob("*.yaml")), ids=lambda file: file.stem)
def test_the_examples_fit_the_format(file: File) -> None:
    plan = Plan.read(file.name, file.read_bytes())
    assert set() == faulty_paths(plan.data)
    assert [] == [finding.id for finding in shape(plan).findings]


def nodes(raw: Any) -> Iterator[dict[str, Any]]:
    """All nodes of a raw schema."""
    yield raw
    for inner in (*raw.get("properties", {}).values(), *raw.get("$defs", {}).values()):
        yield from nodes(inner)
    for key in ("items", "additionalProperties"):
        if isinstance(raw.get(key), dict):
            yield from nodes(raw[key])
    for inner in raw.get("anyOf", ()):
        yield from nodes(inner)


def test_the_schema_uses_only_what_the_walk_understands() -> None:
    checked = {"type", "properties", "items", "additionalProperties", "enum", "format", "minimum", "maximum"}
    said = {"$schema", "$id", "$comment", "$defs", "title", "description", "examples", "default"}
    understood = checked | said | {"$ref", "const", "patternProperties", "required", "anyOf"}
    for node in nodes(SCHEMA):
        assert set() == node.keys() - understood
        assert "$ref" in node or "type" in node or {"description"} <= node.keys() >= {"anyOf"}
        assert {"^x-": True} == node.get("patternProperties", {"^x-": True})
        assert "maximum" not in node or "minimum" in node
        assert "array" not in node.get("type", "") or "items" in node
        assert "object" not in node.get("type", "") or "additionalProperties" in node
        if "$ref" in node:
            assert set() == node.keys() - {"$ref", "$comment", "default", "description", "examples"}
        if "enum" in node:
            assert "string" == node["type"]
            assert {"XXX"} >= {name for name in node["enum"] if not says_something(name)}
    assert [1] == [node["const"] for node in nodes(SCHEMA) if "const" in node], "the reader sees to it"


def test_keys_of_the_formats_own_vocabulary() -> None:
    assert {"status", "level", "metric", "tone", "mfa", "_shows"} <= coded_keys()
    assert not {"title", "owner", "currency", "countries", "hours"} & coded_keys()


# --- what counts as missing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["", "~", "null", '""', '" "', r'"\t\n\u00a0\u2003"', "[]", "{}", "'   '", ">\n  \n"])
def test_nothing_is_missing_without_a_word(value: str) -> None:
    key = {"[]": "goals", "{}": "owner"}.get(value, "status")
    text = f"{key}: {value}\n"
    assert ({}, []) == (seen(text), names(text))


@pytest.mark.parametrize("word", PLACEHOLDERS)
@pytest.mark.parametrize(
    "written", [str.lower, str.upper, str.title, lambda word: f"  {word} ", lambda word: word + "\n"]
)
@pytest.mark.parametrize("key", ["owner: {role: %}", "status: %", "organisation: {languages: [nb, %]}", "goals: %"])
def test_placeholders_are_told_once_and_missing(word: str, written: Callable[[str], str], key: str) -> None:
    text = key.replace("%", json.dumps(written(word))) + "\n"
    assert ["placeholder-value"] == names(text)
    assert ({"organisation": {"languages": ["nb"]}} if "languages" in key else {}) == seen(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("lorem   ipsum", False), ("Lorem\n ipsum", False), ("fylles\u00a0ut", False), ("", False),
        (" " * 10**6, False),
        (" " * 10**6 + "TBD", False), ("tbd.", True), ("TBD later", True), ("loremipsum", True), ("??", True),
        ("xxxx", True), ("n / a", True), ("kommer snart", True), ("none", True), (" " * 10**6 + "a", True), ("-", True),
        ("\u212aommer", False), ("0", True),
    ],
)  # fmt: skip
def test_exactly_these_are_placeholders(text: str, says: bool) -> None:
    assert says == says_something(text)


@given(st.text(st.characters(categories=["Zs", "Cc", "L", "P"]), max_size=12))
@settings(derandomize=True, deadline=None)
def test_placeholders_are_compared_as_text(text: str) -> None:
    folded = " ".join(text.split()).casefold()
    assert (folded != "" and folded not in PLACEHOLDERS) == says_something(text)


def test_the_currency_code_xxx_is_a_placeholder() -> None:
    assert ["placeholder-value"] == names("investment: {currency: XXX}\n")
    assert {} == seen("investment: {currency: XXX}\n")


def test_false_and_zero_are_values() -> None:
    text = "organisation: {employees: 0, regulated: false}\n"
    assert {"organisation": {"employees": 0, "regulated": False}} == seen(text)


def test_holes_in_lists_keep_the_original_indexes() -> None:
    text = "goals:\n  - id: G1\n  -\n  - {id: G3, horizon: soon}\n  - TBD\n  - {}\n  - id: G6\n"
    plan = read(text)
    shaped = shape(plan)
    assert [("goals", 2, "horizon"), ("goals", 3)] == [finding.path for finding in shaped.findings]
    assert [(0, {"id": "G1"}), (2, {"id": "G3"}), (5, {"id": "G6"})] == positions(shaped.data["goals"])


def test_references_to_nothing_leave_holes_and_empty_what_holds_them() -> None:
    text = """\
objectives: [{id: B1}]
goals:
  - {supports: [B7]}
  - {id: G1, supports: [B7, B1, B8]}
collaboration: {goals: [G9]}
"""
    shaped = shape(read(text))
    [(index, goal)] = positions(shaped.data["goals"])
    assert (1, "G1", [(1, "B1")]) == (index, goal["id"], positions(goal["supports"]))
    assert "collaboration" not in shaped.data
    assert [("goals", 0, "supports", 0), ("goals", 1, "supports", 0), ("goals", 1, "supports", 2),
            ("collaboration", "goals", 0)] == [finding.path for finding in shaped.findings]  # fmt: skip


def test_a_reference_to_an_item_whose_id_is_refused_names_nothing() -> None:
    text = "objectives: [{id: 7}]\ngoals: [{id: G1, supports: ['7']}]\n"
    assert ["wrong-type", "unresolved-reference"] == names(text)


@pytest.mark.parametrize(
    "text",
    [
        "x-own: [1, {a: TBD}]\n",
        "goals: [{id: G1, x-note: {deep: [1]}}]\n",
        "period: {x-why: null}\n",
        "tone: {by_audience: {x-staff: 7}}\n",
        "$schema: 7\n",
        "$schema: TBD\n",
    ],
)
def test_the_authors_own_keys_are_ignored(text: str) -> None:
    assert [] == names(text)
    assert "x-" not in str(seen(text))
    assert "$schema" not in str(seen(text))


def test_schema_is_only_ignored_at_the_top() -> None:
    assert ["unknown-key"] == names("period: {$schema: x}\n")


def test_title_is_told_once() -> None:
    for value in ("", "null", "' '"):
        assert ["missing-key"] == names(f"smlint: 1\ntitle: {value}\n")
    for value, name in (("7", "wrong-type"), ("TBD", "placeholder-value"), ("{a: 1}", "wrong-type")):
        assert [name] == names(f"smlint: 1\ntitle: {value}\n")


# --- did you mean -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("objetives: [{id: B1}]\n", "objectives"),
        ("Goals: [{id: G1}]\n", "goals"),
        ("stop-criteria: []\n", None),
        ("review: {stop-criteria: []}\n", "stop_criteria"),
        ("schema: x\n", "$schema"),
        ("budget: 12\n", None),
        ("period: {form: 2027-01-01}\n", "from"),
        ("status: Approved\n", "approved"),
        ("status: aproved\n", "approved"),
        ("status: finished\n", None),
        ("channels: [{id: c, access: ' personal'}]\n", "personal"),
        ("organisation: {countries: [no]}\n", "NO"),
        ("organisation: {countries: [XX]}\n", None),
        ("organisation: {time_zones: [europe/oslo]}\n", "Europe/Oslo"),
        ("investment: {currency: Nok}\n", "NOK"),
        ("goals: [{id: G1}]\ncollaboration: {goals: [g1]}\n", "G1"),
        ("channels: [{id: facebook}]\ncollaboration: {channels: [facebok]}\n", "facebook"),
        ("channels: [{id: facebook}]\ncollaboration: {channels: [tiktok]}\n", None),
        ("audiences: [{id: staff}]\ntone: {by_audience: {Staff: formal}}\n", "staff"),
        ("collaboration: {channels: [facebook]}\n", None),
        (f"status: {'a' * 10**6}\n", None),
    ],
)
def test_did_you_mean(text: str, suggestion: str | None) -> None:
    [finding] = findings(text)
    assert suggestion == finding.values.get("suggestion")
    assert (suggestion is not None) == ("did you mean" in finding.message("en"))
    assert (suggestion is not None) == ("mente du" in finding.message("nb"))


def calls(work: Callable[[], object]) -> int:
    """How many functions a piece of work calls."""
    counted = 0

    def count(frame: object, event: str, arg: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return counted


MANY: dict[str, Callable[[int], dict[str, Any]]] = {
    "unknown keys": lambda n: {f"objectivez{i}": i for i in range(n)},
    "values outside their enum": lambda n: {"channels": [{"id": f"c{i}", "status": f"active{i}"} for i in range(n)]},
    "references to nothing": lambda n: {
        "channels": [{"id": f"channel{i}"} for i in range(n)],
        "collaboration": {"channels": [f"channle{i}" for i in range(n)]},
    },
    "equal ids": lambda n: {"goals": [{"id": "G1", "supports": [f"B{i}"]} for i in range(n)]},
    "wrong types": lambda n: {"goals": list(range(n))},
    "good criteria": lambda n: {"goals": [{"success_criteria": [{"id": f"K{i}", "of": f"K{i}"}]} for i in range(n)]},
}  # fmt: skip


@pytest.mark.parametrize("name", MANY)
def test_work_grows_with_the_plan_and_no_faster(name: str) -> None:
    def work(size: int) -> int:
        plan = Plan("plan.yaml", "", {"smlint": 1, "title": "A", **MANY[name](size)}, {}, None)
        return calls(lambda: shape(plan))

    assert work(3000) < 12 * work(300)


def test_many_typing_errors_get_a_few_suggestions() -> None:
    data = {"smlint": 1, "title": "A", **MANY["unknown keys"](100_000)}
    found = shape(Plan("plan.yaml", "", data, {}, None)).findings
    assert 100_000 == len(found)
    assert 100 < sum(finding.variant == "suggest" for finding in found) < 1000


# --- ids, references, dates ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["objectives", "audiences", "goals", "initiatives", "channels", "departments"])
def test_ids_are_unique_in_their_list(name: str) -> None:
    assert ["duplicate-id"] == names(f"{name}: [{{id: a}}, {{id: b}}, {{id: a}}, {{id: a}}]\n")
    assert ["duplicate-id"] * 2 == names(f"{name}: [{{id: a}}, {{id: b}}, {{id: b}}, {{id: a}}]\n")


def test_an_id_may_stand_in_two_lists() -> None:
    assert [] == names("goals: [{id: a}]\nchannels: [{id: a}]\n")


def test_an_of_that_names_two_criteria_counts_as_missing() -> None:
    text = """\
goals:
  - {id: G1, success_criteria: [{id: K1, unit: percent}, {id: K2, of: K1, unit: percent}]}
  - {id: G2, success_criteria: [{id: K1}], return: {criterion: K1}}
"""
    shaped = shape(read(text))
    assert ["duplicate-id"] == [finding.rule.id for finding in shaped.findings]
    assert {"id": "K2", "unit": "percent"} == shaped.data["goals"][0]["success_criteria"][1]
    assert {"criterion": "K1"} == shaped.data["goals"][1]["return"]


NAMED = """\
organisation: {countries: [NO]}
objectives: [{id: B1}]
audiences: [{id: A1}]
channels: [{id: C1}]
departments: [{id: D1}]
initiatives: [{id: I1}]
goals: [{id: G1, success_criteria: [{id: K1}]}]
"""
REFERENCES = [
    ("goals.0.supports.0", "B1"), ("goals.0.audiences.0", "A1"), ("initiatives.0.audiences.0", "A1"),
    ("channels.0.audiences.0", "A1"), ("tone.by_audience.~", "A1"), ("initiatives.0.goals.0", "G1"),
    ("channels.0.goals.0", "G1"), ("collaboration.goals.0", "G1"), ("initiatives.0.channels.0", "C1"),
    ("collaboration.channels.0", "C1"), ("initiatives.0.departments.0", "D1"),
    ("investment.people.0.department", "D1"), ("governance.raci.0.R.0", "D1"), ("governance.raci.0.A.0", "D1"),
    ("governance.raci.0.C.0", "D1"), ("governance.raci.0.I.0", "D1"), ("goals.0.success_criteria.0.of", "K1"),
    ("goals.0.return.criterion", "K1"), ("tone.by_country.~", "NO"), ("review.stop_criteria.0.at", "C1"),
    ("review.stop_criteria.0.at", "I1"), ("review.stop_criteria.0.at", "G1"),
]  # fmt: skip


def placed(data: dict[str, Any], where: str, name: str) -> dict[str, Any]:
    """The data with a name at a dotted place; `~` stands for the name as a key."""
    here: Any = data
    parts = [int(part) if part.isdigit() else name if part == "~" else part for part in where.split(".")]
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        value: Any = [] if isinstance(following, int) else {}
        if following is None:
            value = "formal" if where.endswith("~") else name
        if isinstance(here, list):
            if part == len(here):
                here.append(value)
        elif following is None or part not in here:
            here[part] = value
        here = here[part]
    return data


@pytest.mark.parametrize(("where", "name"), REFERENCES)
def test_references(where: str, name: str) -> None:
    for written, expected in ((name, []), ("Z9", ["unresolved-reference"]), (name + "1", ["unresolved-reference"])):
        data = placed(copied(read(NAMED).data), where, written)
        shaped = shape(Plan("plan.yaml", "", data, {}, None))
        assert expected == [finding.rule.id for finding in shaped.findings]
        assert (written == name) == (f"{written!r}" in str(shaped.data) if written != name else True)


def test_every_reference_of_the_format_is_tested() -> None:
    def found(node: dict[str, Any], path: str) -> Iterator[str]:
        node = {**SCHEMA["$defs"].get(node.get("$ref", "").removeprefix("#/$defs/"), {}), **node}
        if "refs" in noted(node):
            yield path + (".~" if "properties" not in node and node.get("type") == "object" else "")
        for key, inner in node.get("properties", {}).items():
            yield from found(inner, f"{path}.{key}" if path else key)
        if "items" in node:
            yield from found(node["items"], f"{path}.0")

    assert set(found(SCHEMA, "")) == {where for where, _ in REFERENCES}


def test_a_population_is_no_reference() -> None:
    assert [] == names("goals: [{id: G1, success_criteria: [{id: K1, of: {population: Z9, count: 3}}]}]\n")


@pytest.mark.parametrize("frame", [
    "period: {from: %, to: %}\n",
    "initiatives: [{id: I1, from: %, to: %}]\n",
    "goals: [{id: G1, success_criteria: [{id: K1, baseline: {date: %}, deadline: %}]}]\n",
])  # fmt: skip
def test_what_ends_does_not_end_before_it_starts(frame: str) -> None:
    def named(start: str, end: str) -> list[str]:
        return names(frame.replace("%", start, 1).replace("%", end, 1))

    assert [] == named("2027-01-01", "2027-01-01")
    assert [] == named("2027-01-01", "2027-12-31")
    assert ["end-before-start"] == named("2027-01-02", "2027-01-01")
    assert ["bad-format"] == named("2027-13-02", "2027-01-01")
    assert [] == named("2027-01-02", "")


def test_dates_in_the_wrong_order_stay() -> None:
    period = {"from": "2027-12-31", "to": "2027-01-01"}
    assert {"period": period} == seen("period: {from: 2027-12-31, to: 2027-01-01}\n")


# --- formats ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("2027-06-30", True), ("2028-02-29", True), ("0001-01-01", True), ("9999-12-31", True), ("2000-02-29", True),
        ("2027-02-29", False), ("1900-02-29", False), ("2027-13-01", False), ("2027-00-10", False),
        ("0000-01-01", False),
        ("2027-6-30", False), ("27-06-30", False), ("20270630", False), ("2027-W01-1", False), ("2027-06-30T10", False),
        ("2027-06-30\n", False), (" 2027-06-30", False), ("２０２７-06-30", False), ("30.06.2027", False), ("", False),
        ("2027-06-31", False), ("-027-01-01", False), ("2027/06/30", False),
    ],
)  # fmt: skip
def test_dates(text: str, good: bool) -> None:
    assert good == is_date(text)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("nb", True), ("nn", True), ("en-GB", True), ("sr-Latn-RS", True), ("zh-yue", True), ("de-CH-1996", True),
        ("es-419", True), ("sl-rozaj-biske", True), ("en-u-ca-gregory", True), ("nb-x-own", True), ("sma", True),
        ("norsk", False), ("nb_NO", False), ("", False), ("n", False), ("nb-", False), ("en-GB ", False),
        ("ｎｂ", False),
        ("TBD", False), ("nb-" * 50 + "nb", False), ("en-u", False),
    ],
)  # fmt: skip
def test_languages(text: str, good: bool) -> None:
    assert good == is_language(text)


def test_service_hours_have_ascii_digits() -> None:
    assert staffed("Mon-Fri 08:00-16:00") is not None
    assert staffed("Mon-Fri ٠٨:00-16:00") is None
    assert staffed("Mon 08:00-16:00" + " " * 10**6) is None


def test_numbers_at_their_limits() -> None:
    for level, expected in ((0, ["out-of-range"]), (1, []), (5, []), (6, ["out-of-range"])):
        assert expected == names(f"organisation: {{ambition: {{level: {level}}}}}\n")
    for hours, expected in (("0", []), ("0.5", []), ("-0.5", ["out-of-range"]), ("1.0000001", ["out-of-range"])):
        assert expected == names(f"initiatives: [{{id: I1, hours: {hours}}}]\n")
    assert [] == names("organisation: {employees: 6.0}\n")
    assert ["wrong-type"] == names("status: .inf\n")


# --- identity -----------------------------------------------------------------------------------------------------


IDENTIFIED = read(
    """\
goals:
  - {id: G1, success_criteria: [{metric: reach}, {id: K3}, {metric: views}]}
  - statement: no id
  - {id: G1, statement: another}
competence: [{skill: video  and  sound, needed: 3}]
risks: [{description: "a\\u001bb"}, {description: !LONG}]
review: {stop_criteria: [{at: facebook, when: b}, {at: facebook, when: a}, {at: facebook, when: a}]}
governance: {raci: [{process: publish}]}
reporting: [{to: The board}]
investment: {people: [{role: Adviser}]}
sponsor: {commitments: [{kind: time}]}
organisation: {countries: [NO, NO]}
a.b: 1
""".replace("!LONG", "x" * 200)
)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((), "$"),
        (("goals",), "goals"),
        (("goals", 0, "owner"), "goals[id=G1#2].owner"),
        (("goals", 2), "goals[id=G1]"),
        (("goals", 0, "success_criteria", 1, "target"), "goals[id=G1#2].success_criteria[id=K3].target"),
        (("competence", 0), "competence[skill=video and sound]"),
        (("risks", 0), r"risks[description=a\x1bb~1b036bb7]"),
        (("review", "stop_criteria", 0), "review.stop_criteria[at=facebook#3]"),
        (("review", "stop_criteria", 1), "review.stop_criteria[at=facebook]"),
        (("review", "stop_criteria", 2), "review.stop_criteria[at=facebook#2]"),
        (("governance", "raci", 0, "A"), "governance.raci[process=publish].A"),
        (("reporting", 0), "reporting[to=The board]"),
        (("investment", "people", 0), "investment.people[role=Adviser]"),
        (("sponsor", "commitments", 0), "sponsor.commitments[kind=time]"),
        (("goals", 9, "owner"), "goals[9].owner"),
        (("nowhere", 3, "x"), "nowhere[3].x"),
    ],
)  # fmt: skip
def test_identity(path: Path, expected: str) -> None:
    assert expected == identity(IDENTIFIED, path)


def test_items_without_any_name_go_by_a_hash_of_their_content() -> None:
    first, third = (identity(IDENTIFIED, ("goals", 0, "success_criteria", index)) for index in (0, 2))
    assert first != third
    plan = read("goals: [{id: G1, success_criteria: [{metric: views}, {metric: reach}]}]\n")
    assert first == identity(plan, ("goals", 0, "success_criteria", 1)).replace("[id=G1]", "[id=G1#2]")
    plan = read("goals: [{statement: a, supports: [B1, B2]}, {supports: [B2, B1], statement: a}]\n")
    assert identity(plan, ("goals", 0)).replace("]", "#2]") == identity(plan, ("goals", 1))


def test_long_texts_are_short_and_yet_differ() -> None:
    plan = read(f"risks: [{{description: {'x' * 200}}}, {{description: {'x' * 201}}}]\n")
    one, other = identity(plan, ("risks", 0)), identity(plan, ("risks", 1))
    assert one != other
    assert len(one) < 130
    [finding] = findings(f"status: {'x' * 10**6}\n")
    assert len(finding.id) < 130


def shuffled(value: Any, chance: random.Random) -> Any:
    """The value with the keys and items of every map and list in another order."""
    if isinstance(value, dict):
        keys = list(value)
        chance.shuffle(keys)
        return {key: shuffled(value[key], chance) for key in keys}
    if not isinstance(value, list):
        return value
    items = [shuffled(item, chance) for item in value]
    chance.shuffle(items)
    return items


@settings(max_examples=150, deadline=None, derandomize=True)
@given(mutated(), st.integers(0, 2**32))
def test_order_changes_no_identity(data: dict[str, Any], seed: int) -> None:
    def ids(data: dict[str, Any]) -> list[str]:
        return sorted(finding.id for finding in shape(Plan("plan.yaml", "", data, {}, None)).findings)

    assert ids(data) == ids(shuffled(data, random.Random(seed)))


def test_pointers_escape() -> None:
    [finding] = findings("a/b~c: 1\n")
    assert "/a~1b~0c" == finding.pointer


@pytest.mark.parametrize(
    ("path", "value", "en", "nb"),
    [
        ((), {}, "The plan", "Planen"),
        (("objectives", 0), {"id": "B1"}, "Business objective B1", "Forretningsmål B1"),
        (("goals", 1), {"id": "G2"}, "Goal G2", "Mål G2"),
        (("goals", 1), {}, "Goal no. 2", "Mål nr. 2"),
        (("goals", 0, "success_criteria", 2), {"id": "K1"}, "Success criterion K1", "Suksesskriterium K1"),
        (("initiatives", 0), {"id": "I1"}, "Initiative I1", "Tiltak I1"),
        (("channels", 0), {"id": "facebook"}, "Channel “facebook”", "Kanalen «facebook»"),
        (("audiences", 0), {"id": "households"}, "Audience “households”", "Målgruppen «households»"),
        (("competence", 0), {"skill": "video"}, "Skill “video”", "Kompetansen «video»"),
        (("risks", 0), {"description": "x" * 41}, f"Risk “{'x' * 39}…”", f"Risikoen «{'x' * 39}…»"),
        (("risks", 0), {"description": "x" * 40}, f"Risk “{'x' * 40}”", f"Risikoen «{'x' * 40}»"),
        (("review", "stop_criteria", 0), {"at": "fb"}, "Stop criterion for “fb”", "Stoppkriteriet for «fb»"),
        (("departments", 0), {"id": "D"}, "Department “D”", "Avdelingen «D»"),
        (("reporting", 0), {"to": "x"}, "Item no. 1 in `reporting`", "Element nr. 1 i `reporting`"),
    ],
)  # fmt: skip
def test_labels(path: Path, value: Any, en: str, nb: str) -> None:
    from smlint.words import written

    assert (en, nb) == (written(label(path, value), "en"), written(label(path, value), "nb"))


def test_items_are_only_made_where_something_is_missing() -> None:
    assert type(seen("goals: [{id: G1}]\n")["goals"]) is list
    assert type(seen("goals: [{id: G1}, null]\n")["goals"]) is Items
    assert plan_schema() is plan_schema()
