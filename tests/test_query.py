"""RFC 9535: our own evaluation against the library's, cases by category, and what plans need beside the standard."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonpath_rfc9535 import JSONPathEnvironment

from smlint.plan import Items, inside
from smlint.query import DERIVED, QueryError, condition, query

# --- the library and we agree -------------------------------------------------------------------------------------

NAMES = ("a", "b", "c", "ø", "two words", "")
# Without 0 and 1: the library takes [1] and [true] for equal, for Python does; the tables below ask that of us.
NUMBERS = (-2, 2, 3, 7, 0.5, -1.25, 2.0)
TEXTS = ("", "x", "xyz", "Ågot", "a", "7")
SCALARS = st.one_of(st.sampled_from(NUMBERS), st.sampled_from(TEXTS), st.booleans(), st.none())
DATA = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=14,
).filter(lambda data: isinstance(data, dict | list))

INDEXES = st.integers(-4, 4).map(str)
ENDS = st.just("") | INDEXES
STEPS = st.sampled_from(("", ":", ":1", ":-1", ":2", ":-2", ":0"))
QUOTED = st.sampled_from(NAMES).map("'{}'".format)
LITERALS = st.sampled_from(("2", "-2", "0.5", "2.0", "7e0", "-125e-2", "'x'", '"xyz"', "true", "false", "null", "''"))
PATTERNS = st.sampled_from(("'x.*'", "'[a-z]+'", "'Å'", "'y'", "'x|a'", "''"))
SELECTORS = st.one_of(QUOTED, INDEXES, st.builds("{}:{}{}".format, ENDS, ENDS, STEPS), st.just("*"))
SHORT = st.sampled_from((".a", ".b", ".ø", ".*", "..a", "..*"))
DEPTH = 2  # of filters inside filters


@st.composite
def segments(draw: st.DrawFn, depth: int = DEPTH) -> str:
    """One to three segments of a query."""
    written = ""
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(("short", "selectors", "filter") if depth else ("short", "selectors")))
        if kind == "short":
            written += draw(SHORT)
        else:
            # A filter stands alone: inside another the library's parser takes no selector beside it.
            inner = f"?{draw(filters(depth))}" if kind == "filter" else ", ".join(draw(SEVERAL))
            written += draw(st.sampled_from(("", ".."))) + f"[{inner}]"
    return written


SEVERAL = st.lists(SELECTORS, min_size=1, max_size=2)


@st.composite
def filters(draw: st.DrawFn, depth: int = DEPTH, terms: int = 3) -> str:
    """A logical expression of at most so many terms."""
    kind = draw(st.sampled_from(("and", "or", "not", "term", "term"))) if terms > 1 else "term"
    if kind == "not":
        return f"!({draw(filters(depth, terms - 1))})"
    if kind in ("and", "or"):
        sides = draw(filters(depth, terms - 1)), draw(filters(depth, terms - 1))
        return "({} && {})".format(*sides) if kind == "and" else "{} || {}".format(*sides)
    # A lone `@` is no test here: the library reads it as the value's truth, the RFC as "there is a node".
    test = draw(st.sampled_from(("exists", "compares", "compares", "matches")))
    if test == "exists":
        return f"@{draw(segments(depth - 1))}"
    if test == "matches":
        return f"{draw(st.sampled_from(('match', 'search')))}({draw(singular(depth))}, {draw(PATTERNS)})"
    operator = draw(st.sampled_from(("==", "!=", "<", "<=", ">", ">=")))
    return f"{draw(comparable(depth))} {operator} {draw(comparable(depth))}"


@st.composite
def singular(draw: st.DrawFn, depth: int) -> str:
    """A query for one place. `$` stands in the outermost filter only: inside others the library takes it for `@`."""
    start = draw(st.sampled_from(("@", "@", "$"))) if depth == DEPTH else "@"
    return start + "".join(f"[{part}]" for part in draw(st.lists(QUOTED | INDEXES, max_size=2)))


@st.composite
def comparable(draw: st.DrawFn, depth: int) -> str:
    kind = draw(st.sampled_from(("literal", "singular", "singular", "length", "count", "value")))
    if kind == "literal":
        return draw(LITERALS)
    if kind == "singular":
        return draw(singular(depth))
    return f"length({draw(singular(depth))})" if kind == "length" else f"{kind}(@{draw(segments(depth - 1))})"


QUERIES = segments().map("${}".format)
LIBRARY = JSONPathEnvironment()


def exact(data: Any) -> Any:
    """The data as a plan holds it: decimals as fractions."""
    if isinstance(data, dict):
        return {key: exact(value) for key, value in data.items()}
    if isinstance(data, list):
        return [exact(value) for value in data]
    return Fraction(data) if isinstance(data, float) else data


@settings(max_examples=350, deadline=None, derandomize=True)
@given(QUERIES, DATA)
def test_the_library_gives_the_same(text: str, data: Any) -> None:
    plan = exact(data)
    nodes = LIBRARY.find(text, data)
    assert [(node.location, node.value) for node in nodes] == query(text).located(plan)
    assert nodes.values() == query(text).values(plan, None)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(filters(), DATA)
def test_a_condition_is_what_a_filter_selects(text: str, data: Any) -> None:
    plan = exact([data])
    expected = LIBRARY.find(f"$[?{text}]", [data]).values()
    assert bool(expected) == condition(text)(plan, plan[0])


def with_holes(data: Any) -> Any:
    """The data as rules see it when every null was taken out; every list keeps its original indexes."""
    if isinstance(data, dict):
        return {key: with_holes(value) for key, value in data.items() if value is not None}
    if not isinstance(data, list):
        return data
    kept = [(index, with_holes(value)) for index, value in enumerate(data) if value is not None]
    items = Items(value for _, value in kept)
    items.original = [index for index, _ in kept]
    return items


@settings(max_examples=200, deadline=None, derandomize=True)
@given(QUERIES, DATA)
def test_paths_lead_back_to_the_values_through_lists_with_holes(text: str, data: Any) -> None:
    plan = with_holes(exact(data))
    located = query(text).located(plan)
    for path, value in located:
        here, written = plan, data
        for part in path:
            here, written = inside(here, part), written[part]
        assert here is value
        assert written is not None
    assert [value for _, value in located] == query(text).values(plan, None)


# --- cases by category -------------------------------------------------------------------------------------------

BOOKS = [{"t": "A", "p": 8, "i": 1}, {"t": "B", "p": 12}, {"t": "C", "p": Fraction(17, 2), "i": 0}, {"t": "D"}]
DEEP = {"o": {"j": 1, "k": 2}, "a": [5, 3, [{"j": 4}, {"k": 6}]]}
CASES = [
    # root, names
    ("$", DEEP, [DEEP]),
    ("$.o.j", DEEP, [1]),
    ("$['o']['k']", DEEP, [2]),
    ('$["o"]["k"]', DEEP, [2]),
    ("$.o.absent", DEEP, []),
    ("$.a.j", DEEP, []),
    ("$.o[0]", DEEP, []),
    ("$['it\\'s']", {"it's": 1}, [1]),
    ("$['\\u00e6']", {"æ": 1}, [1]),
    ("$['\\ud83d\\ude00']", {"😀": 1}, [1]),
    ("$['a.b']", {"a.b": 1, "a": {"b": 2}}, [1]),
    ("$['']", {"": 1}, [1]),
    ("$.ø", {"ø": 1}, [1]),
    ("$ .o\n['j']", DEEP, [1]),
    # a value of null is a value
    ("$.a", {"a": None}, [None]),
    ("$[?@.a == null]", [{"a": None}, {}, {"a": 0}], [{"a": None}]),
    ("$[?@.a]", [{"a": None}, {}], [{"a": None}]),
    # indexes
    ("$[0]", [1, 2, 3], [1]),
    ("$[-1]", [1, 2, 3], [3]),
    ("$[-3]", [1, 2, 3], [1]),
    ("$[-4]", [1, 2, 3], []),
    ("$[3]", [1, 2, 3], []),
    ("$[0]", {"0": 1}, []),
    ("$[0]", "text", []),
    # slices
    ("$[1:3]", [0, 1, 2, 3, 4], [1, 2]),
    ("$[5:]", [0, 1, 2], []),
    ("$[1:5:2]", [0, 1, 2, 3, 4, 5], [1, 3]),
    ("$[5:1:-2]", [0, 1, 2, 3, 4, 5, 6], [5, 3]),
    ("$[::-1]", [0, 1, 2], [2, 1, 0]),
    ("$[-2:]", [0, 1, 2], [1, 2]),
    ("$[:-1]", [0, 1, 2], [0, 1]),
    ("$[::0]", [0, 1, 2], []),
    ("$[:]", {"a": 1}, []),
    # wildcards and several selectors: in the order written, twice when asked twice
    ("$[*]", [1, [2]], [1, [2]]),
    ("$.*", {"b": 1, "a": 2}, [1, 2]),
    ("$.*", 7, []),
    ("$[1, 0]", [1, 2], [2, 1]),
    ("$[0, 0]", [1, 2], [1, 1]),
    ("$['k', 'j']", {"j": 1, "k": 2}, [2, 1]),
    ("$[0, 1:3, -1]", [1, 2, 3], [1, 2, 3, 3]),
    ("$[0, ?@ > 1, *]", [1, 2], [1, 2, 1, 2]),
    # descendants: the parent before what it holds
    ("$..j", DEEP, [1, 4]),
    ("$..[0]", DEEP, [5, {"j": 4}]),
    ("$.a..[0, 1]", DEEP, [5, 3, {"j": 4}, {"k": 6}]),
    ("$.o..*", DEEP, [1, 2]),
    ("$..[?@.k]", {"a": {"b": {"k": 1}, "c": [{"k": 2}]}}, [{"k": 1}, {"k": 2}]),
    # existence
    ("$[?@.i].t", BOOKS, ["A", "C"]),
    ("$[?!@.i].t", BOOKS, ["B", "D"]),
    ("$[?@]", [0, "", False, None, []], [0, "", False, None, []]),
    ("$[?@.*]", [{}, {"a": 0}, [], [0], 0], [{"a": 0}, [0]]),
    ("$[?@['a']['b']]", [{"a": {"b": False}}, {"a": {}}, {"a": 3}], [{"a": {"b": False}}]),
    # comparisons
    ("$[?@.p < 10].t", BOOKS, ["A", "C"]),
    ("$[?@.p == 8.5].t", BOOKS, ["C"]),
    ("$[?@.p >= 8.5].t", BOOKS, ["B", "C"]),
    ("$[?10 > @.p].t", BOOKS, ["A", "C"]),
    ("$[?@.p != 8].t", BOOKS, ["B", "C", "D"]),
    ("$[?@ == true]", [True, 1, "true"], [True]),
    ("$[?@ == 1]", [True, 1, Fraction(1)], [1, Fraction(1)]),
    ("$[?@ == 0]", [False, 0, "", None], [0]),
    ("$[?@ != false]", [False, 0], [0]),
    ("$[?@ <= true]", [True, False, 1], [True]),
    ("$[?@ < 'b']", ["a", "b", "B", 1], ["a", "B"]),
    ("$[?@.x == @.y]", [{}, {"x": 1}, {"x": [1], "y": [True]}, {"x": [1], "y": [1]}], [{}, {"x": [1], "y": [1]}]),
    ("$[?@.x <= @.y]", [{}, {"x": 1}], [{}]),
    ("$[?@.x < @.y]", [{}, {"x": {}, "y": {}}], []),
    ("$[?@.x == @.y].z", [{"x": {"a": 1, "b": 2}, "y": {"b": 2, "a": 1}, "z": 1}, {"x": {"a": 1}, "y": {}}], [1]),
    ("$[?@[0] == @[-1]]", [[1, 2, 1], [1, 2], []], [[1, 2, 1], []]),
    # logic: not before and before or
    ("$[?@.i && @.p < 8.4 || @.t == 'D'].t", BOOKS, ["A", "D"]),
    ("$[?@.i && (@.p > 8.4 || @.t == 'D')].t", BOOKS, ["C"]),
    ("$[?!(@.i || @.p)].t", BOOKS, ["D"]),
    # the plan from inside filters, however deep
    ("$.a[?@ == $.b]", {"a": [1, 2], "b": 2}, [2]),
    ("$.a[?@.c[?@ == $.b]]", {"a": [{"c": [1]}, {"c": [2]}], "b": 2}, [{"c": [2]}]),
    ("$.a[?@ > $.b]", {"a": [1, 2]}, []),
    # functions
    ("$[?length(@) == 2]", ["ab", "å😀", [1, 2], {"a": 1, "b": 2}, 22], ["ab", "å😀", [1, 2], {"a": 1, "b": 2}]),
    ("$[?length(@.a) == length(@.b)]", [{}, {"a": "x"}, {"a": 1}], [{}, {"a": 1}]),
    ("$[?count(@.*) > 1]", [{"a": 1}, {"a": 1, "b": 2}, [1, 2], 5], [{"a": 1, "b": 2}, [1, 2]]),
    ("$[?count(@..x) == 2]", [{"x": {"x": 1}}, {"x": 1}], [{"x": {"x": 1}}]),
    ("$[?value(@..x) == 1]", [{"a": {"x": 1}}, {"x": 1, "a": {"x": 1}}, {}], [{"a": {"x": 1}}]),
    ("$[?match(@, 'a.c')]", ["abc", "xabc", "a\nc", 5], ["abc"]),
    ("$[?search(@, 'b+')]", ["abbc", "c", 5], ["abbc"]),
    ("$[?!match(@.a, 'x')]", [{"a": "x"}, {}], [{}]),
    ("$[?match(@, '(')]", ["("], []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "data", "expected"), CASES)
def test_rfc_9535(text: str, data: Any, expected: list[Any]) -> None:
    assert expected == query(text).values(data, None)
    assert list(map(repr, expected)) == list(map(repr, query(text).values(data, None)))  # 1 is not true
    assert expected == [value for _, value in query(text).located(data)]


@pytest.mark.parametrize(
    ("text", "data", "expected"),
    [
        ("$", [1], [()]),
        ("$[-1]", [1, 2, 3], [(2,)]),
        ("$[::-2]", [1, 2, 3], [(2,), (0,)]),
        ("$.a[?@ > 1]", {"a": [1, 2, 3]}, [("a", 1), ("a", 2)]),
        ("$..x", {"x": {"x": 1}, "a": [{"x": 2}]}, [("x",), ("x", "x"), ("a", 0, "x")]),
        ("$['a', 'b'][0]", {"b": [1], "a": [2]}, [("a", 0), ("b", 0)]),
    ],
)
def test_places(text: str, data: Any, expected: list[Any]) -> None:
    assert expected == [path for path, _ in query(text).located(data)]


# --- beside the standard -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("number(@)", [3, Fraction(1, 3), 0]),
        ("!number(@)", [True, "3", None, [3], {"a": 3}]),
    ],
)
def test_number(text: str, selected: list[Any]) -> None:
    values = [3, Fraction(1, 3), 0, True, "3", None, [3], {"a": 3}]
    assert list(map(repr, selected)) == [repr(value) for value in values if condition(text)(values, value)]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Head of Service", " head  of\tservice ", True),
        ("Straße", "STRASSE", True),
        ("Blåbær", "BLA\u030aBÆR", True),  # composed and decomposed
        ("Service", "Services", False),
        (5, 5, True),  # neither is a text: nothing equals nothing
        ("5", 5, False),
    ],
)
def test_text(one: Any, other: Any, same: bool) -> None:
    assert same == condition("text(@.one) == text(@.other)")(None, {"one": one, "other": other})


def test_text_of_what_is_missing_equals_no_text() -> None:
    assert not condition("text(@.a) == text(@.b)")(None, {"a": "x"})
    assert condition("text(@.a) == text(@.b)")(None, {})


@pytest.mark.parametrize(
    ("values", "count"),
    [
        ([], 0),
        (["a", "b", "a"], 2),
        ([1, True, "1", Fraction(1)], 3),
        ([[1, 2], [2, 1], [1, 2]], 2),
        ([{"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 1}], 2),
        ([[], {}, "", 0, False], 5),
    ],
)
def test_distinct(values: list[Any], count: int) -> None:
    assert condition(f"distinct(@[*]) == {count}")(None, values)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("@.tenth == 0.1", True),
        ("@.tenth == 1e-1", True),
        ("@.tenth == 0.1000000", True),
        ("@.tenth < 0.100001 && @.tenth > 0.099999", True),
        ("@.large == 999999999999999 && @.large != 999999999999998", True),
        ("@.large == 999999999999998.999999", False),
        ("@.third == 0.333333", False),
        ("@.third > 0.333333 && @.third < 0.333334", True),
        ("@.half == 5e-1 && 0.5 == @.half", True),
    ],
)
def test_numbers_are_compared_exactly_as_they_are_written(text: str, holds: bool) -> None:
    data = {"tenth": Fraction(1, 10), "large": 10**15 - 1, "third": Fraction(1, 3), "half": Fraction(1, 2)}
    assert holds == condition(text)(None, data)


def hollow() -> dict[str, Any]:
    """goals[0] and goals[2] of three are missing, and the first tag of goals[1]."""
    tags, goals = Items(["x", "y"]), Items([{"id": "G2"}, {"id": "G4"}])
    tags.original, goals.original = [1, 2], [1, 3]
    goals[0]["tags"] = tags
    return {"goals": goals}


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("$.goals[*]", [("goals", 1), ("goals", 3)]),
        ("$.goals[*].tags[*]", [("goals", 1, "tags", 1), ("goals", 1, "tags", 2)]),
        ("$.goals[0]", [("goals", 1)]),
        ("$.goals[-1]", [("goals", 3)]),
        ("$.goals[-2]", [("goals", 1)]),
        ("$.goals[2]", []),
        ("$.goals[1:]", [("goals", 3)]),
        ("$.goals[?@.id == 'G4']", [("goals", 3)]),
        ("$..tags[?@ == 'y']", [("goals", 1, "tags", 2)]),
    ],
)
def test_lists_with_holes_keep_their_original_indexes(text: str, paths: list[Any]) -> None:
    assert paths == [path for path, _ in query(text).located(hollow())]


@pytest.mark.parametrize(
    ("text", "absolute", "values"),
    [
        ("name", False, ["me"]),
        ("@.name", False, ["me"]),
        ("list[*]", False, [1, 2]),
        ("[?@ == 'me']", False, ["me"]),
        ("$.name", True, ["plan"]),
        ("list[?@ > $.limit]", False, [2]),
        ("@.list[?@ > $.limit]", False, [2]),
        ("_shows", False, ["outcome"]),
        ("@", False, [{"name": "me", "list": [1, 2], "_shows": "outcome"}]),
    ],
)
def test_queries_start_at_the_subject_or_with_a_dollar_at_the_plan(
    text: str, absolute: bool, values: list[Any]
) -> None:
    plan = {"name": "plan", "limit": 1}
    subject = {"name": "me", "list": [1, 2], "_shows": "outcome"}
    asked = query(text)
    assert absolute == asked.absolute
    assert values == asked.values(plan, subject)
    assert (values[0] if values else None) == asked.one(plan, subject)
    assert values == [value for _, value in asked.located(plan, subject, ("at",))]


def test_located_begins_at_the_subject() -> None:
    expected = [(("goals", 3, "ids", 0), 7)]
    assert expected == query("ids[*]").located({}, {"ids": [7]}, ("goals", 3))


@pytest.mark.parametrize(
    ("text", "names", "last", "singular"),
    [
        ("baseline.value", ("baseline", "value"), "value", True),
        ("$.period.to", ("period", "to"), "to", True),
        ("goals[*].function", ("goals",), "function", False),
        ("channels[?@.two_way]", ("channels",), "channels", False),
        ("[0].a", (), "a", False),
        ("$", (), "$", True),
    ],
)
def test_the_names_that_can_be_looked_up(text: str, names: Any, last: str, singular: bool) -> None:
    asked = query(text)
    assert (names, last, singular) == (asked.names, asked.last_name, asked.singular)


@pytest.mark.parametrize("name", sorted(DERIVED))
def test_derived_keys_are_read_by_name_only(name: str) -> None:
    goal: dict[str, Any] = {"id": "G1"}
    goal[name] = [goal]  # they may lead in circles
    assert [[goal]] == query(f"$.{name}").values(goal, None)
    for text in ("$.*", "$..*", "$[?@ == 'G1']"):
        selected = ["G1"]
        assert selected == query(text).values(goal, None)
    assert condition("length(@) == 1 && count(@.*) == 1")(None, goal)
    assert condition("@.a == @.b && distinct(@.*) == 1")(None, {"a": goal, "b": {"id": "G1"}})


@pytest.mark.parametrize(
    "text",
    [
        "$.", "$[", "$.a b", "$[?@.a ==]", "$.a[?", "a..", "$[01]", "$[1.0]", "$[99999999999999999999]", "*", "$['a",
        "$a",
        "$[?@.a = 1]", "$[?nothing(@.a)]", "$[?length(@.a)]", "$[?length(@.*) > 1]", "$[?count(1) > 1]",
        "$[?match(@.a)]", "$[?match(@.a, 'x') == true]", "$[?text(@.a)]", "$[?number(@.a) == true]", "$[?@.* == 1]",
        "$[?distinct('a') > 1]", "$[?1]", "$[?@.a == 1e400]", "$[?@.a == 1e15]", "$[?@.a == 1e-999999999]",
        "$[?@.a == 1.0e-999999999]", "$[?" + "(" * 3000 + "@.a" + ")" * 3000 + "]",
    ],
)  # fmt: skip
def test_a_wrong_query_says_so_in_its_own_text(text: str) -> None:
    with pytest.raises(QueryError) as raised:
        query(text)
    assert text[:20] in str(raised.value) or "plan can hold" in str(raised.value)


@pytest.mark.parametrize("text", ["", "@.a ==", "@.a], [?@.b", "@.a][?@.b", "@.a][0", "@.a]['x'", "1", "length(@.a)"])
def test_a_condition_is_exactly_one_filter(text: str) -> None:
    with pytest.raises(QueryError) as raised:
        condition(text)
    assert repr(text) in str(raised.value)


def test_texts_are_compiled_once() -> None:
    assert query("$.goals[*].id") is query("$.goals[*].id")
    assert condition("@.a") is condition("@.a")
