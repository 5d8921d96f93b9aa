"""The reader: what a YAML or JSON text means, where its parts stand, and what is said of a text that is no plan."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pytest

from smlint.events import LibYaml, Parse, PurePython
from smlint.plan import (
    Fault,
    Items,
    Limits,
    OutOfRange,
    Place,
    Plan,
    dotted,
    inside,
    pointer,
    positions,
    reached,
    read_document,
)
from smlint.words import sentences

PARSERS = [
    pytest.param(LibYaml, id="libyaml", marks=pytest.mark.skipif(LibYaml is None, reason="PyYAML without libyaml")),
    pytest.param(PurePython, id="python"),
]
both = pytest.mark.parametrize("parse", PARSERS)


def document(text: str | bytes, parse: Parse, limits: Limits = Limits()) -> Plan:
    raw = text.encode() if isinstance(text, str) else text
    return read_document("plan.yaml", raw, limits, parse)


def data(text: str | bytes, parse: Parse) -> Any:
    read = document(text, parse)
    assert read.fault is None
    return read.data


def fault(text: str | bytes, parse: Parse, limits: Limits = Limits()) -> tuple[str, str | None, int, int]:
    """Id, detail, line and column."""
    read = document(text, parse, limits)
    assert read.fault is not None
    assert ({}, {}) == (read.data, read.marks)
    place = read.place_of(read.fault.start, read.fault.end)
    return read.fault.id, read.fault.values.get("detail"), place.line, place.column


# --- what scalars mean ---------------------------------------------------------------------------------------------

SCALARS: list[tuple[str, Any]] = [
    *[(text, None) for text in ("", "~", "null", "Null", "NULL", "!!null ''")],
    *[(text, True) for text in ("true", "True", "TRUE", "!!bool true")],
    *[(text, False) for text in ("false", "False", "FALSE")],
    *[(text, text) for text in ("NO", "no", "No", "yes", "on", "off", "y", "n", "tRUE", "nULL", "nil", "None")],
    *[(text, text) for text in ("2027-01-15", "2027-01-15T10:00:00Z", "12:30", "1:30:00", "1_000", "1,5", "0b1")],
    *[(text, text) for text in ("-x", "+", ".", "..", "-.", "e3", ".e3", "1e", "0x", "0o", "-0x1F", "0o8", "1 2", "٣")],
    ("0", 0), ("-0", 0), ("-0.0", 0), ("017", 17), ("+12", 12), ("-12", -12), ("00", 0), ("0o17", 15), ("0x1F", 31),
    ("1.", 1), ("1.0", 1), (".5", Fraction(1, 2)), ("-.5", Fraction(-1, 2)), ("0.1", Fraction(1, 10)),
    ("1e3", 1000), ("1E+3", 1000), ("1500e-3", Fraction(3, 2)), ("-1.5e1", -15), ("0e999999999", 0),
    ("1.000000000", 1), ("0.000001", Fraction(1, 10**6)), ("999999999999999", 10**15 - 1),
    ("1" + "0" * 130 + "e-130", 1), ("0." + "0" * 130 + "1e131", 1),
    ("0x38D7EA4C67FFF", 10**15 - 1), ("!!int 12", 12), ("!!float 12", 12), ("!!float 1.5", Fraction(3, 2)),
    ("!!str 12", "12"), ("!!str", ""), ("! 12", "12"), ('! "12"', "12"), ("'12'", "12"), ('"true"', "true"),
    ("!<tag:yaml.org,2002:str> null", "null"), ("&a ! 12", "12"), ("! &a 12", "12"),
    ("|-\n  12", "12"), (">\n  a\n  b\n", "a b\n"), ("a\n  b", "a b"), ('"a\\\n  b"', "ab"), ("'it''s'", "it's"),
]  # fmt: skip


@both
@pytest.mark.parametrize(("text", "expected"), SCALARS)
def test_scalar(text: str, expected: Any, parse: Parse) -> None:
    value = data(f"a: {text}\n", parse)["a"]
    assert (type(expected), expected) == (type(value), value)


@both
@pytest.mark.parametrize(
    "text",
    [".inf", "-.inf", "+.Inf", ".INF", ".nan", ".NaN", "1e999999999", "1e-999999999", "1e" + "9" * 10_000, "9" * 10_000,
     "1000000000000000", "-1e15", "1e15", "0.0000001", "1.0000001", "1e-7", "0x38D7EA4C68000", "0x" + "F" * 10_000,
     "0o" + "7" * 10_000, "!!float .inf"],
)  # fmt: skip
def test_number_out_of_range_is_kept_as_text(text: str, parse: Parse) -> None:
    value = data(f"a: {text}", parse)["a"]
    assert (OutOfRange, text.removeprefix("!!float ")) == (type(value), str(value))


@both
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a":1,"b":[true,null,"x"]}', {"a": 1, "b": [True, None, "x"]}),
        ('{\n\t"a":\t1\n}\n', {"a": 1}),
        ('{"a": "x\ty"}', {"a": "x\ty"}),
        ('{"a\\/b": "\\/"}', {"a/b": "/"}),
        ('{"\\u00e5": "\\u00E5\\n"}', {"å": "å\n"}),
        ('{"a": "\\ud83d\\ude00"}', {"a": "😀"}),
        ('{"\\uD83D\\uDE00\\ud83d\\ude01": "😀 \\ud83d\\ude00"}', {"😀😁": "😀 😀"}),
        ('{"a": "\\ud83d\\ude00", "b": "\ue03d\ue600"}', {"a": "😀", "b": "\ue03d\ue600"}),
        ("a: \"\\ud83d\\ude00\"\nb: \\uD83D\\uDE01\nc: '\\ud83d\\ude02'",
         {"a": "😀", "b": "\\uD83D\\uDE01", "c": "\\ud83d\\ude02"}),
        ('a: "\\ud83d\\ude00"\nb: \\u0041\\ud83d\\ude00\\uD83D\\uDE01',
         {"a": "😀", "b": "\\u0041\\ud83d\\ude00\\uD83D\\uDE01"}),
        ("a: |  # \\ud83d\\ude00\n  \\uD83D\\uDE01\n", {"a": "\\uD83D\\uDE01\n"}),
        ('{"a": "\\\\ud83d\\\\ude00"}', {"a": "\\ud83d\\ude00"}),
        ('{"a": "x\u2028 y\x85z\ufeff"}', {"a": "x\u2028 y\x85z\ufeff"}),
        ("# a\u2028b: 1\na: x\u2029y", {"a": "x\u2029y"}),
        ("{url: https://example.org/?q=1, why: who? me}", {"url": "https://example.org/?q=1", "why": "who? me"}),
        ("a: b\tc\t# d", {"a": "b\tc"}),
        ("a: b\n  \t\n  c", {"a": "b\nc"}),
        ("a: |\t# c\n x", {"a": "x"}),
        ("1: a\ntrue: b\n2027-01-01: c", {"1": "a", "true": "b", "2027-01-01": "c"}),
        ('"null": a\n"": b', {"null": "a", "": "b"}),
        ("%YAML 1.1\n---\na: no", {"a": "no"}),
        ("%YAML 1.2\n---\na: 1\n...\n# end", {"a": 1}),
        ("%TAG ! tag:yaml.org,2002:\n---\na: !str 1", {"a": "1"}),
        ("!!map {a: !!seq [1], b: ! {}}", {"a": [1], "b": {}}),
        ("- 1\n-\n- [2]", [1, None, [2]]),
        ("", None),
        ("# only a comment", None),
        ("text", "text"),
    ],
)  # fmt: skip
def test_document(text: str, expected: Any, parse: Parse) -> None:
    assert expected == data(text, parse)


@both
@pytest.mark.parametrize(
    "raw",
    [
        "a: blå 😀".encode(),
        "\ufeffa: blå 😀".encode(),
        "\ufeff\ufeffa: blå 😀".encode(),
        b"\xff\xfe" + "a: blå 😀".encode("utf-16-le"),
        b"\xfe\xff" + "a: blå 😀".encode("utf-16-be"),
    ],
)
def test_encodings(raw: bytes, parse: Parse) -> None:
    read = document(raw, parse)
    assert {"a": "blå 😀"} == read.data
    assert Place(1, 1, 1, 9) == read.place(("a",))


# --- merge keys and aliases ----------------------------------------------------------------------------------------


@both
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<<: {a: 1, b: 2}\na: 3", {"a": 3, "b": 2}),
        ("a: 3\n<<: {a: 1, b: 2}", {"a": 3, "b": 2}),
        ("<<: [{a: 1}, {a: 2, b: 3}]", {"a": 1, "b": 3}),
        ("<<: []", {}),
        ("x: &x {a: 1}\ny: {<<: *x, b: 2}", {"x": {"a": 1}, "y": {"a": 1, "b": 2}}),
        ("x: &x {a: 1}\ny: &y {<<: *x, b: 2}\nz: {<<: [*y]}",
         {"x": {"a": 1}, "y": {"a": 1, "b": 2}, "z": {"a": 1, "b": 2}}),
        ("{a: {<<: {b: 1}}, <<: {c: {<<: {d: 2}}}}", {"a": {"b": 1}, "c": {"d": 2}}),
        ('"<<": {a: 1}', {"<<": {"a": 1}}),
        ("'<<': 1\n<<: {a: 1}", {"<<": 1, "a": 1}),
        ('"\\0<<": {a: 1}', {"\0<<": {"a": 1}}),
        ("! <<: {a: 1}", {"<<": {"a": 1}}),
        ("a: <<", {"a": "<<"}),
        ("a: &x [1]\nb: *x", {"a": [1], "b": [1]}),
        ("a: &x 12\nb: *x", {"a": 12, "b": 12}),
        ("&k a: 1\nb: *k", {"a": 1, "b": "a"}),
        ("a: &k x\n*k : 1", {"a": "x", "x": 1}),
        ("a: &x 1\nb: &x 2\nc: *x", {"a": 1, "b": 2, "c": 2}),
        ("a: &x [&x 1, 2]\nb: *x", {"a": [1, 2], "b": 1}),
        ("a: &x\nb: *x", {"a": None, "b": None}),
        ("a: &x !!str 12\nb: *x", {"a": "12", "b": "12"}),
        ('{"a":&x 1, b: *x}', {"a": 1, "b": 1}),
        ('[{"a" :&x 1},{?&y b: *x},*y,&z c,*z]', [{"a": 1}, {"b": 1}, "b", "c", "c"]),
        ('{"a":! 1}', {"a": "1"}),
        ("a: R&D, Q & A, &c. &amp; Yes!\nb: '&x'", {"a": "R&D, Q & A, &c. &amp; Yes!", "b": "&x"}),
    ],
)  # fmt: skip
def test_merges_and_aliases(text: str, expected: Any, parse: Parse) -> None:
    assert expected == data(text, parse)


@both
def test_merged_and_aliased_things_stand_where_they_are_written(parse: Parse) -> None:
    read = document("x: &x\n  a: 1\ny:\n  <<: *x\n  b: 2\nz: *x\n", parse)
    assert Place(2, 3, 2, 7) == read.place(("y", "a"))
    assert Place(5, 3, 5, 7) == read.place(("y", "b"))
    assert Place(3, 1, 5, 7) == read.place(("y",))
    assert Place(6, 1, 6, 6) == read.place(("z",))
    assert Place(2, 3, 2, 7) == read.place(("z", "a"))
    merge_last = document("x: &x {a: 1}\ny:\n  b: 2\n  <<: *x\n# c\nz: 1\n", parse)
    assert Place(2, 1, 4, 9) == merge_last.place(("y",))


# --- faults --------------------------------------------------------------------------------------------------------

SYNTAX: list[tuple[str | bytes, str, int, int]] = [
    (b"a: \xff", "yaml.encoding", 1, 1),
    (b"\xff\xfea", "yaml.encoding", 1, 1),
    (b"\xff\xfe\x00\xd8", "yaml.encoding", 1, 1),
    ("a: 1\nb: x\0y", "yaml.control", 2, 5),
    ("a: \x1b", "yaml.control", 1, 4),
    ("a: \x7f", "yaml.control", 1, 4),
    ("a: \ufffe", "yaml.control", 1, 4),
    ("a: 1\na: [\n# \x01", "yaml.control", 3, 3),  # whatever else is wrong, and however far a parser came
    (b"a\0:\0 \0001\0", "yaml.control", 1, 2),  # UTF-16 without a byte order mark
    ("a: [1, 2\nb: 3", "yaml.bracket", 2, 2),
    ("a:\n  b: [1\n", "yaml.bracket", 2, 6),
    ("a:\n  b: [1,\n", "yaml.bracket", 3, 1),
    (": 1", "yaml.key", 1, 1),
    ("a: {b: 1", "yaml.bracket", 1, 4),
    ('a: 1\nb: "x\nc: 2\n', "yaml.quote", 2, 4),
    ("a: 'x", "yaml.quote", 1, 4),
    ("a: b: c", "yaml.colon", 1, 5),
    ("a: 1\n b: 2", "yaml.colon", 2, 3),
    ("a: 1\nb\nc: 2", "yaml.no-colon", 3, 1),
    ("a:\n  - 1\n -  2", "yaml.indent", 3, 2),
    ("- a\nb: 1", "yaml.indent", 2, 1),
    ("a:\n\tb: 1", "yaml.tab", 2, 1),
    ("a: @x", "yaml.character", 1, 4),
    ("a: `x`", "yaml.character", 1, 4),
    ("a: 'x' y", "yaml.structure", 1, 8),
    ("a: [1]]", "yaml.structure", 1, 7),
    ("{a: 1}{b: 2}", "yaml.structure", 1, 7),
    ('a: "\\q"', "yaml.escape", 1, 5),
    ('a: "\\x"', "yaml.escape", 1, 7),
    ('{"a": "\\ud83d"}', "yaml.escape", 1, 10),
    ('{"a": "x\\ude00\\ud83d"}', "yaml.escape", 1, 11),
    ('{"a": "\\\\ud83d\\ude00"}', "yaml.escape", 1, 17),
    ('a: "\\U00110000"', "yaml.escape", 1, 7),
    ('a: "\\UFFFFFFFF"', "yaml.escape", 1, 7),
    ("a: !foo 1", "yaml.tag", 1, 4),
    ("a: !!python/object/apply:os.system [x]", "yaml.tag", 1, 4),
    ("a: !!timestamp 2001-01-01", "yaml.tag", 1, 4),
    ("a: !!binary aGk=", "yaml.tag", 1, 4),
    ("!!set {a}", "yaml.tag", 1, 1),
    ("!foo a: 1", "yaml.tag", 1, 1),
    ("a: !!int x", "yaml.tag", 1, 4),
    ("a: !!bool yes", "yaml.tag", 1, 4),
    ("a: !!map [1]", "yaml.tag", 1, 4),
    ("a: !!str [1]", "yaml.tag", 1, 4),
    ("a: !<x", "yaml.tag-syntax", 1, 7),
    ("a: *x", "yaml.alias", 1, 4),
    ("a: *x\nb: &x 1", "yaml.alias", 1, 4),
    ("*x", "yaml.alias", 1, 1),
    ("<<: 1", "yaml.merge", 1, 1),
    ("a: {<<: [1]}", "yaml.merge", 1, 5),
    ("<<:", "yaml.merge", 1, 1),
    ("? [a]\n: 1", "yaml.key", 1, 3),
    ("{a: b}: c", "yaml.key", 1, 1),
    ("~: 1", "yaml.key", 1, 1),
    ("b: 1\nnull: 1", "yaml.key", 2, 1),
    ("{: 1}", "yaml.key", 1, 2),
    ("!!int 1: a", "yaml.key", 1, 1),
    ("a: &x 1\n*x : 2", "yaml.key", 2, 1),
    ("a: &x [1]\n*x : 2", "yaml.key", 2, 1),
    ("%YAML 1.3\n---\na: 1", "yaml.version", 1, 1),
    ("%YAML 2.0\n---\na: 1", "yaml.version", 1, 1),
    ("%YAML 99999999999999999.1\n---\na: 1", "yaml.version", 1, 16),
]


@both
@pytest.mark.parametrize(("text", "detail", "line", "column"), SYNTAX)
def test_syntax_error(text: str | bytes, detail: str, line: int, column: int, parse: Parse) -> None:
    assert ("syntax-error", detail, line, column) == fault(text, parse)
    assert detail.removeprefix("yaml.") in sentences()["yaml"]


OTHER_FAULTS: list[tuple[str, str, int, int, dict[str, Any]]] = [
    ("a: 1\nb: 2\na: 3", "duplicate-key", 3, 1, {"key": "a"}),
    ("a: {b: 1, 'b': 2}", "duplicate-key", 1, 11, {"key": "b"}),
    ("1: a\n'1': b", "duplicate-key", 2, 1, {"key": "1"}),
    ("<<: {}\n<<: {}", "duplicate-key", 2, 1, {"key": "<<"}),
    ("a: &x b\nb: 1\n*x : 2", "duplicate-key", 3, 1, {"key": "b"}),
    ("a: 1\n---\nb: 2", "several-documents", 2, 1, {"count": 2}),
    ("---\n---\n---", "several-documents", 2, 1, {"count": 3}),
    ("a: 1\n...\n---\n" + "b\n---\n" * 40 + "c", "several-documents", 3, 1, {"count": 42}),
    ("a: &x [1, *x]", "alias-limit", 1, 11, {"max": 100_000}),
    ("a: &x\n  b: {c: *x}", "alias-limit", 2, 10, {"max": 100_000}),
    ("a: &x {<<: *x}", "alias-limit", 1, 12, {"max": 100_000}),
    ("[" * 101, "too-deep", 1, 101, {"max": 100}),
    ("- " * 500, "too-deep", 1, 201, {"max": 100}),
    ("a: &x " + "[" * 60 + "]" * 60 + "\nb: " + "[" * 40 + "*x" + "]" * 40, "too-deep", 2, 44, {"max": 100}),
]


@both
@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 100_000, "[{a: " * 5_000])
def test_far_too_deep(text: str, parse: Parse) -> None:
    """Some versions of libyaml look so far ahead that they stop before we do, a little further along the line."""
    id, detail, line, column = fault(text, parse)
    assert ("too-deep", None, 1) == (id, detail, line)
    assert 101 <= column <= 5000


@both
@pytest.mark.parametrize(("text", "id", "line", "column", "values"), OTHER_FAULTS)
def test_other_fault(text: str, id: str, line: int, column: int, values: dict[str, Any], parse: Parse) -> None:
    assert (id, None, line, column) == fault(text, parse)
    read = document(text, parse)
    assert read.fault is not None
    assert values == read.fault.values


@both
def test_depth_of_exactly_the_limit_is_read(parse: Parse) -> None:
    assert document("[" * 100 + "]" * 100, parse).fault is None
    below = "a: &x " + "[" * 60 + "]" * 60 + "\nb: " + "[" * 39 + "*x" + "]" * 39
    assert document(below, parse).fault is None


@both
def test_size_limit_is_in_bytes(parse: Parse) -> None:
    text = "a: ø"
    assert document(text, parse, Limits(max_bytes=5)).fault is None
    assert ("too-large", None, 1, 1) == fault(text, parse, Limits(max_bytes=4))


@both
def test_aliases_are_paid_for_by_what_they_add(parse: Parse) -> None:
    text = "a: &x [1, 2, 3]\nb: *x\nc: {d: *x}\n"  # each adds the list and its three items
    assert document(text, parse, Limits(max_nodes=8)).fault is None
    assert ("alias-limit", None, 3, 8) == fault(text, parse, Limits(max_nodes=7))


@both
def test_billion_laughs(parse: Parse) -> None:
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    assert "alias-limit" == fault("\n".join(lines), parse)[0]


@both
def test_a_chain_of_merges_is_paid_for_by_what_it_copies(parse: Parse) -> None:
    lines = ["m0: &m0 {k0: 0}", *(f"m{n}: &m{n} {{<<: *m{n - 1}, k{n}: 0}}" for n in range(1, 1000))]
    assert "alias-limit" == fault("\n".join(lines), parse)[0]


@both
def test_a_very_long_line_is_read(parse: Parse) -> None:
    text = "a: [" + "word, " * 20_000 + "end]\nb: " + "x" * 100_000
    assert (20_001, 100_000) == (len(data(text, parse)["a"]), len(data(text, parse)["b"]))


# --- what makes a plan ---------------------------------------------------------------------------------------------


@both
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("not-a-plan", 1, {})),
        ("# nothing but this", ("not-a-plan", 1, {})),
        ("---\n", ("not-a-plan", 1, {})),
        ("- smlint: 1", ("not-a-plan", 1, {})),
        ("smlint", ("not-a-plan", 1, {})),
        ("title: x", ("not-a-plan", 1, {})),
        ("{}", ("not-a-plan", 1, {})),
        ("# first\nsmlint: 2", ("unsupported-format", 2, {"value": "2"})),
        ("smlint: '1'", ("unsupported-format", 1, {"value": "'1'"})),
        ("smlint: true", ("unsupported-format", 1, {"value": "true"})),
        ("smlint:", ("unsupported-format", 1, {"value": ""})),
        ("smlint: 1.5", ("unsupported-format", 1, {"value": "1.5"})),
        ("smlint: [1]", ("unsupported-format", 1, {"value": "[1]"})),
    ],
)
def test_not_a_plan(text: str, expected: tuple[str, int, dict[str, Any]], parse: Parse) -> None:
    plan = Plan.read("plan.yaml", text.encode(), parse=parse)
    assert plan.fault is not None
    assert expected == (plan.fault.id, plan.place_of(plan.fault.start, plan.fault.end).line, plan.fault.values)
    assert ({}, {}) == (plan.data, plan.marks)


@both
@pytest.mark.parametrize("text", ["smlint: 1", "smlint: 1.0", '{"smlint": 1}', "smlint: 0x1", "title: x\nsmlint: 1"])
def test_a_plan(text: str, parse: Parse) -> None:
    plan = Plan.read("plan.yaml", text.encode(), parse=parse)
    assert plan.fault is None
    assert 1 == plan.data["smlint"]


# --- places --------------------------------------------------------------------------------------------------------

WRITTEN = """\
# comment
title: Målet er nådd   # comment
😀: [a, {b: "c"}  ,
  d]
text: |  # header
  one

  two

# comment
fold: >-
  three


empty:   # comment
blank: | # nothing

goals:
  - id: G1
    many: first
      second

  # comment
  -

? lone   # comment

"quoted": 'it''s'
&a anchored: !!str 12
last:
- x
"""

PLACES: list[tuple[tuple[str | int, ...], str, str]] = [
    (("title",), "title", "Målet er nådd"),
    (("😀",), "😀", '[a, {b: "c"}  ,\n  d]'),
    (("😀", 0), "a", "a"),
    (("😀", 1), '{b: "c"}', '{b: "c"}'),
    (("😀", 1, "b"), "b", '"c"'),
    (("text",), "text", "|  # header\n  one\n\n  two"),
    (("fold",), "fold", ">-\n  three"),
    (("empty",), "empty", ""),
    (("blank",), "blank", "|"),
    (("goals",), "goals", "- id: G1\n    many: first\n      second\n\n  # comment\n  -"),
    (("goals", 0), "id: G1\n    many: first\n      second", "id: G1\n    many: first\n      second"),
    (("goals", 0, "many"), "many", "first\n      second"),
    (("goals", 1), "", ""),
    (("lone",), "lone", ""),
    (("quoted",), '"quoted"', "'it''s'"),
    (("anchored",), "&a anchored", "!!str 12"),
    (("last",), "last", "- x"),
]


@both
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(("path", "key", "value"), PLACES)
def test_marks(path: tuple[str | int, ...], key: str, value: str, newline: str, parse: Parse) -> None:
    read = document(WRITTEN.replace("\n", newline), parse)
    mark = read.mark(path)
    assert mark is not None
    assert read.has(path)
    assert value.replace("\n", newline) == read.text[mark.start : mark.end]
    if isinstance(path[-1], str):
        assert key == read.text[mark.key : mark.key_end]
    else:
        assert (mark.start, mark.start) == (mark.key, mark.key_end)


@both
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_places(newline: str, parse: Parse) -> None:
    read = document(WRITTEN.replace("\n", newline), parse)
    assert Place(2, 1, 2, 21) == read.place(("title",))
    assert Place(3, 1, 4, 5) == read.place(("😀",))
    assert Place(3, 9, 3, 15) == read.place(("😀", 1, "b"))
    assert Place(5, 1, 8, 6) == read.place(("text",))
    assert Place(15, 1, 15, 7) == read.place(("empty",))
    assert Place(18, 1, 24, 4) == read.place(("goals",))
    assert Place(26, 3, 26, 7) == read.place(("lone",))


@both
def test_the_nearest_thing_that_stands(parse: Parse) -> None:
    read = document("a:\n  b: 1\nc: [x]\n", parse)
    assert Place(1, 1, 2, 7) == read.place(("a", "missing", 3))
    assert Place(3, 1, 3, 7) == read.place(("c", 7))
    assert Place(3, 1, 3, 7) == read.place(("c", "x"))
    assert Place(1, 1, 1, 1) == read.place(("missing",)) == read.place(())
    assert read.mark(()) is None
    paths = [("a", "b"), ("c", 0), ("c", 1), ("a", "b", "c"), (), ("missing",)]
    assert [True, True, False, False, True, False] == [read.has(path) for path in paths]
    assert [(read.place(path), read.has(path)) for path in paths] == [read.located(path) for path in paths]


@both
def test_a_list_at_the_top_has_places_too(parse: Parse) -> None:
    assert Place(2, 3, 2, 7) == document("- x\n- a: 1\n", parse).place((1, "a"))


def test_paths_as_people_and_machines_read_them() -> None:
    assert "goals[1].owner" == dotted(("goals", 1, "owner"))
    assert "[0].a" == dotted((0, "a"))
    assert "$" == dotted(())
    assert "/goals/1/a~1b~0c" == pointer(("goals", 1, "a/b~c"))
    assert "" == pointer(())


def test_items_keep_their_original_indexes() -> None:
    items = Items(["b", "d"])
    items.original = [1, 3]
    assert [(1, "b"), (3, "d")] == positions(items)
    assert [(0, "b")] == positions(["b"])
    assert [] == positions(None)
    assert ["b", None, "d", None] == [inside(items, index) for index in (1, 2, 3, 4)]
    assert ["x", None, None] == [inside(["x"], part) for part in (0, 1, "a")]
    assert [1, None] == [inside({"a": 1}, part) for part in ("a", "b")]
    assert [None, "x"] == [inside(["x"], part) for part in (-1, 0)]
    assert inside("text", 0) is None


def test_what_stands_at_a_path_of_data() -> None:
    data = {"goals": [{"id": "G1"}, {"id": "G2"}]}
    assert ["G2", data["goals"][0], data] == [reached(data, path) for path in (("goals", 1, "id"), ("goals", 0), ())]
    assert [None, None] == [reached(data, path) for path in (("goals", 2, "id"), ("goals", "id", 0))]


def test_a_plan_has_the_name_of_its_file_whether_or_not_it_can_be_read() -> None:
    texts = ["smlint: 1", "a: 1", "smlint: 2", "[", "a: \udcff", "a: 1" * 100]
    plans = [Plan.read("a.yaml", text.encode("utf-8", "surrogateescape"), Limits(max_bytes=99)) for text in texts]
    faults = [None, "not-a-plan", "unsupported-format", "syntax-error", "syntax-error", "too-large"]
    assert [("a.yaml", fault) for fault in faults] == [(p.name, p.fault.id if p.fault else None) for p in plans]
    assert all(p.names == {} for p in plans)


def test_a_plan_is_read_by_the_parser_that_is_asked_for() -> None:
    asked: list[str] = []

    def parse(*arguments: Any) -> Any:
        asked.append("asked")
        return PurePython(*arguments)

    Plan.read("a.yaml", b"smlint: 1", parse=parse)
    assert asked == ["asked"]


@pytest.mark.parametrize(("length", "shown"), [(39, 39), (40, 40), (41, 40)])
def test_a_version_that_is_not_known_is_told_cut_to_forty_characters(length: int, shown: int) -> None:
    fault = Plan.read("a.yaml", f"smlint: {'9' * length}".encode()).fault
    assert fault is not None
    assert fault.values == {"value": "9" * shown}


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a\nbX\r\nXc\rd  \n  e  ", ["a", "bX", "Xc", "d  ", "  e  "]), ("a\n", ["a", ""]), ("", [""]),
        ("\r\n\r\n\n\r", ["", "", "", "", ""]), ("one", ["one"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("many", [0, 2, 10_000])
def test_lines_without_their_ends(text: str, lines: list[str], many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smlint.plan._MANY_LINES", many)
    plan = Plan("a.yaml", text, {}, {}, None)
    assert plan.lines(range(1, len(lines) + 1)) == dict(enumerate(lines, 1))
    assert plan.lines([len(lines)]) == {len(lines): lines[-1]}
    assert [plan.place_of(at, len(text))[0] for at in range(len(text))] == [
        1 + len(re.findall("\r\n|\r|\n", text[:at])) - (text[at - 1 : at + 1] == "\r\n") for at in range(len(text))
    ]


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"x" * 11, Fault("too-large", 0, 0, {"max": 10})),
        (b"\xff\xfe\x00", Fault("syntax-error", 0, 0, {"detail": "yaml.encoding"})),
        (b"\xfa", Fault("syntax-error", 0, 0, {"detail": "yaml.encoding"})),
    ],
)
def test_what_cannot_be_decoded_has_no_text(raw: bytes, fault: Fault) -> None:
    document = read_document("a.yaml", raw, Limits(max_bytes=10))
    assert (document.text, document.data, document.fault) == ("", {}, fault)


def test_a_mark_of_the_encoding_is_no_text() -> None:
    assert read_document("a.yaml", "\ufeffXX: 1".encode()).text == "XX: 1"
