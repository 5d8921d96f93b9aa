"""What is made of queries, filters and checks for many plans says what they say themselves."""

from __future__ import annotations

import datetime
import random
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smlint import checks, lint, pool, reader
from smlint.checks import Verdict
from smlint.config import Configurations, Options
from smlint.discovery import sources
from smlint.files import Disk
from smlint.plan import Limits, Plan
from smlint.profile import View
from smlint.proof import complete
from smlint.query import condition, query, structure
from smlint.quick import hasten, quick
from smlint.report import Report, judge, judge_plans
from smlint.rulebook import examples
from smlint.settings import Settings
from smlint.shape import shape
from smlint.spot import Spot
from smlint.translation import Function, Untranslatable
from smlint.words import Word
from tests.plans import DAY, NAMES, book, dumped, example, plans
from tests.test_query import NAMES as KEYS
from tests.test_query import QUERIES, exact, filters

LEAVES = st.one_of(st.sampled_from((-2, 0, 1, 2, 7, 0.5, -1.25)), st.sampled_from(("", "x", "xyz", "a")), st.booleans())
MAPS = st.dictionaries(
    st.sampled_from(KEYS),
    st.recursive(
        LEAVES,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
        max_leaves=10,
    ),
    max_size=4,
)


# --- queries and filters ---------------------------------------------------------------------------------------------


@settings(max_examples=400, deadline=None, derandomize=True)
@given(QUERIES, MAPS, MAPS)
def test_a_translated_query_selects_the_same(text: str, root: Any, here: Any) -> None:
    root, here = exact(root), exact(here)
    for written in (text, f"@{text[1:]}"):
        asked = query(written)
        function = Function(here_is_map=True)
        try:
            source = function.nodes(asked.segments, "root" if asked.absolute else "here")
        except Untranslatable:
            continue
        found = function.made("root, here", [*function.lookups("root"), *function.lookups("here"), f"return {source}"])(
            root, here
        )
        expected = asked.values(root, here)
        assert found == expected
        assert list(map(type, found)) == list(map(type, expected))


@settings(max_examples=400, deadline=None, derandomize=True)
@given(filters(), MAPS, MAPS | LEAVES, st.booleans())
def test_a_translated_filter_is_true_of_the_same(text: str, root: Any, here: Any, is_map: bool) -> None:
    root, here = exact(root), exact(here)
    is_map = is_map and isinstance(here, dict)
    function = Function(here_is_map=is_map)
    source = function.test(structure(text), "here")
    lookups = [*function.lookups("root"), *(function.lookups("here") if is_map else ())]
    assert bool(function.made("root, here", [*lookups, f"return {source}"])(root, here)) == condition(text)(root, here)


@pytest.mark.parametrize("operator", ["==", "!=", "<", "<=", ">", ">="])
@pytest.mark.parametrize("literal", ["1", "0", "1.5", "'x'", "''", "true", "false", "null", "$.x", "@.y"])
def test_every_kind_is_compared_with_every_other(operator: str, literal: str) -> None:
    kinds: list[Any] = [0, 1, 2, Fraction(3, 2), True, False, "", "x", "y", [], {}, [1]]
    for text in (f"@.x {operator} {literal}", f"{literal} {operator} @.x", f"!(@.x {operator} {literal})"):
        said = translated(text)
        for value in kinds:
            for here in ({"x": value, "y": 1}, {"y": value}):
                assert bool(said({"x": True}, here)) == condition(text)({"x": True}, here), (text, here)


def translated(text: str) -> Any:
    """A filter as a function of plan and subject, which is a map; closures have no part in it."""
    function = Function(here_is_map=True)
    source = function.test(structure(text), "here")
    assert "(root" not in source or "null" in text
    return function.made("root, here", [*function.lookups("root"), *function.lookups("here"), f"return {source}"])


@pytest.mark.parametrize("text", [
    "@.x && @.y", "@.x || @.y", "!@.x", "@.x && !@.y || $.x", "(@.x || $.x) && @.y", "@.x[*]", "!$.x[?@.y]",
    "number(@.x)", "!number($.x)",
])  # fmt: skip
def test_every_combination_is_translated(text: str) -> None:
    values: list[Any] = [1, "x", False, [], [{"y": 1}]]
    said = translated(text)
    maps = [{}, *({"x": value} for value in values), *({"x": value, "y": 0} for value in values), {"y": 1}]
    for root in maps:
        for here in maps:
            assert bool(said(root, here)) == condition(text)(root, here), (root, here)


@pytest.mark.parametrize("text", ["a[*]", "a[?@.x == 'y']", "a[?@.x].b", "a.b[*].x", "a[*]['x']"])
def test_common_queries_have_a_translation(text: str) -> None:
    asked = query(f"$.{text}")
    hasten(asked)
    assert asked.quick is not None


def test_relative_queries_are_answered_as_before() -> None:
    hasten(query("a[*]"))
    assert query("a[*]").values({"a": [1]}, {"a": [2]}) == [2]


def test_of_several_places_one_counts() -> None:
    held = quick({"present": ["goals[*].id", "goals[*].target"]})
    view = view_of({"goals": [{"id": "G1"}]})
    assert not held([view.data], view.data, view)
    assert held([{"goals": [{}, {"id": "G", "target": 1}]}], view.data, view)


@pytest.mark.parametrize("text", ["$..a", "$.a[0]", "$.a[1:]", "$['a','b']"])
def test_others_are_answered_as_before(text: str) -> None:
    hasten(query(text))
    assert query(text).quick is None
    assert query(text).values({"a": [1, 2]}, None) == [found for _, found in query(text).located({"a": [1, 2]})]


def test_no_text_of_a_rule_becomes_source() -> None:
    nasty = "x'] or __import__('os').system('true') #\n\"\"\"\\"
    check = {"present": [f"$['{nasty[:1]}{chr(34)}']"]}
    held = quick({"all": [check, {"one-of": {"field": "a", "values": [nasty]}}]})
    view = view_of({})
    assert held([{"a": nasty}], {f"x{chr(34)}": 1}, view)
    assert not held([{"a": "x"}], {f"x{chr(34)}": 1}, view)


# --- rules -----------------------------------------------------------------------------------------------------------


def view_of(data: Any, day: datetime.date = DAY) -> View:
    plan = Plan.read("plan.yaml", data if isinstance(data, bytes) else dumped({"smlint": 1, "title": "x", **data}))
    return View(plan, shape(plan).data, day)


@cache
def made(id: str) -> Any:
    return quick(book().rules[id].check)


def compared(view: View) -> dict[str, tuple[bool, bool]]:
    """Rule by rule: what its function says, and whether its verbs find nothing."""
    run = lint._Run(view, book())
    found = {}
    for id, ready in run.rules.items():
        spots = run.spots(ready)
        if spots:
            surely = made(id)([spot.value for spot in spots], view.data, view)
            found[id] = surely, all(ready.check(spot, view) in (None, lint.LEFT_OUT) for spot in spots)
    return found


def test_every_rule_is_translated_and_says_of_all_examples_what_its_verbs_say() -> None:
    said: dict[str, set[bool]] = {}
    for rule in book().rules.values():
        found, day = examples(rule)
        for each in found:
            view = view_of(complete(each).encode(), datetime.date.fromisoformat(day))
            for id, (surely, holds) in compared(view).items():
                assert surely == holds, (id, rule.id, each.name)
                said.setdefault(id, set()).add(surely)
    assert said == {id: {True, False} for id in book().rules}


@settings(max_examples=150, deadline=None)
@given(plans())
def test_a_rule_that_surely_holds_finds_nothing(plan: Any) -> None:
    for id, (surely, holds) in compared(view_of(dumped(plan))).items():
        assert holds or not surely, id


@pytest.mark.parametrize("check", [
    {"any": [{"all": []}, {"present": ["a"]}]},
    {"present": ["a"], "if": "@.b == 1"},
    {"present": ["a"], "when": "micro"},
    {"any": [{"present": ["a"], "when": "micro"}, {"present": ["b"], "when": "not micro"}]},
    {"all": [{"present": ["a"], "when": "not micro", "if": "@.b"}, {"any": [{"present": ["b"]}, {"present": ["d"]}]}]},
    {"count": {"path": "a.b", "max": 0}},
    {"holds": "!(@.a && @.b) || @.c == @.d"},
    {"holds": "@.a <= @.b"},
    {"holds": "$.goals[?@.id == 'G1'] && @.a"},
])  # fmt: skip
def test_groups_and_conditions(check: dict[str, Any]) -> None:
    holds, surely = lint._compiled(check), quick(check)
    values = [{}, *({key: 1} for key in "abcd"), {"a": 1, "b": 1}, {"b": 1, "d": 1}, {"c": 1, "d": 1}, {"a": {"b": 2}}]
    view = view_of({"goals": [{"id": "G1"}]})
    for value in values:
        verdict = holds(Spot((), value, view.plan), view)
        assert surely([value], view.data, view) == (verdict in (None, lint.LEFT_OUT))


def test_where_all_of_several_checks_are_left_out_the_verbs_are_asked() -> None:
    check = {"any": [{"present": ["a"], "if": "@.b"}, {"present": ["c"], "if": "@.d"}]}
    view = view_of({})
    assert lint._compiled(check)(Spot((), {}, view.plan), view) is None
    assert [quick(check)([value], view.data, view) for value in ({}, {"a": 1}, {"b": 1}, {"a": 1, "b": 1})] == [
        False, False, False, True,
    ]  # fmt: skip


def test_a_subject_that_is_no_map_is_left_to_the_verbs() -> None:
    view = view_of({})
    assert not quick({"holds": "@.a || !@.a"})(["text"], view.data, view)


def test_the_verb_of_a_plugin_is_asked_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def of_a_plugin(spot: Spot, given: Any, view: View) -> Verdict:
        return None

    monkeypatch.setitem(checks.VERBS, "of-a-plugin", of_a_plugin)
    view = view_of({})
    assert not quick({"of-a-plugin": {}})([{}], view.data, view)
    assert not quick({"any": [{"of-a-plugin": {}}, {"present": ["a"]}]})([{"a": 1}], view.data, view)


def test_what_python_finds_too_deep_is_left_to_the_verbs() -> None:
    deep = f"{'!(' * 400}@.a{')' * 400}"
    view = view_of({})
    assert not quick({"all": [{"holds": deep}]})([{"a": 1}], view.data, view)


# --- many plans ------------------------------------------------------------------------------------------------------


def said_of(reports: Any) -> list[Any]:
    return [
        (each.score and (each.score.total, each.score.level, each.score.parts), [
            (finding.id, finding.place, finding.message("nb"), finding.severity) for finding in each.findings
        ])
        for each in reports
    ]  # fmt: skip


@pytest.fixture
def mixed() -> list[bytes]:
    """Plans of many kinds, in no order, more than it takes until functions are made."""
    found = [dumped(example(name)) for name in NAMES] * 5
    found += [complete(each).encode() for rule in list(book().rules.values())[:25] for each in examples(rule)[0]]
    found += [b"smlint: 1\ntitle: [", b"smlint: 2", b"nothing"]
    random.Random(3).shuffle(found)
    return found


def test_many_plans_are_judged_as_each_is_alone(mixed: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Settings(book())
    together = judge_plans([Plan.read("plan.yaml", raw) for raw in mixed], kept, DAY)
    monkeypatch.setattr(lint, "OFTEN", 10**9)
    lint._ready.cache_clear()
    lint.prepared.cache_clear()
    alone = [judge("plan.yaml", raw, kept, DAY) for raw in mixed]
    lint._ready.cache_clear()
    lint.prepared.cache_clear()
    assert said_of(together) == said_of(alone)


def test_functions_are_made_when_enough_plans_came_along(mixed: list[bytes]) -> None:
    rule = book().rules["sponsor-missing"]
    ready = lint.Ready(rule, "error", book().severities)
    view = view_of({"sponsor": {"role": "Director", "level": "executive"}})
    said = [ready.quick([view.data], view.data, view) for _ in range(lint.OFTEN + 2)]
    assert said == [False] * lint.OFTEN + [True] * 2


def test_a_rule_that_crashes_does_so_however_many_plans_there_were() -> None:
    rule = book().rules["goal-orphan"]
    ready = lint.Ready(
        rule._replace(check={"refers-to": {**rule.check["refers-to"], "min": "x"}}), "error", {"error": 1}
    )
    view = view_of({"goals": [{"id": "G1", "supports": ["O1"]}]})
    for _ in range(lint.OFTEN + 2):
        with pytest.raises(TypeError):
            lint._Run(view, book()).judge(ready)


# --- events in chunks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize("text", [
    "a: 1\na: 2\nb: [",  # the first fault is said, though the parser has met another by then
    "a: 1\nb: [",
    "a: &x {b: *x}\nc: }",
    "smlint: 1\n---\nb: 1\n---\n",
    "smlint: 1\n---\nb: [\n",
    "smlint: 1\ntitle: x\ngoals: [{id: G1, success_criteria: [{id: K1}]}]\n",
    "",
])  # fmt: skip
def test_how_many_events_are_read_at_a_time_changes_nothing(
    text: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> Any:
        plan = Plan.read("plan.yaml", text.encode(), Limits())
        return plan.fault, plan.data, plan.marks

    whole = told()
    monkeypatch.setattr(reader, "_CHUNK", size)
    assert told() == whole


# --- files, a few at a time ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("few", "characters"), [(1, 10**9), (3, 10**9), (16, 0), (16, 30_000)])
@pytest.mark.parametrize("many", [1, 10**9])
def test_how_many_files_are_judged_at_a_time_changes_nothing(
    mixed: list[bytes], few: int, characters: int, many: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = []
    for number, raw in enumerate(mixed[:60]):
        names.append(tmp_path / f"{number}.yaml")
        names[-1].write_bytes(raw)
    (tmp_path / "7.yaml").unlink()  # in the midst of others
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.yaml").write_text("a: 1")
    (tmp_path / "smlint.yaml").write_text("overrides: [{files: ['2*.yaml'], rules: {sponsor-missing: 'off'}}]")

    def told() -> Any:
        configured = Configurations(Disk(), Options())
        found = [source for path in (*names, tmp_path) for source in sources((str(path),), False, configured)]
        pool.prepare(configured.settings, DAY, lean=True)
        outcomes = list(pool.outcomes(found, 1, remember=False))
        return [said_of([each]) if isinstance(each, Report) else each for each in outcomes]

    whole = told()
    assert {type(each) for each in whole} == {list, Word, type(None)}
    monkeypatch.setattr(pool, "FEW", few)
    monkeypatch.setattr(pool, "FEW_CHARACTERS", characters)
    monkeypatch.setattr(pool, "MANY", many)
    assert told() == whole
