"""Laws of the reader: no bytes break it, both parsers agree, and every place shows what was written there."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smlint.events import LibYaml, PurePython
from smlint.plan import Limits, Mark, Path, Plan, number, read_document

often = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
rather_often = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))

# Pieces that mean something to YAML, so that faults of every kind come up.
PIECES = st.sampled_from(
    [
        *("a", "b", "1", "-1.5", "1e9", "true", "~", "''", '""', "{a: 1}", "[1, 2]", "smlint: 1\n", "ø", "😀", "@"),
        *("k: ", "- ", ": ", ":", "? ", "? ? ", "[", "]", "{", "}", ",", "|\n  ", ">+\n  ", "'", '"', " # c", "<<: "),
        *("\n", "\n  ", "\n ", "\t", " ", "\r\n", "\r", "\u2028", "\x85", "\ufeff", "\0", "\x1b"),
        *("\\", "\\u00e5", "\\ud83d\\ude00", "\\ud83d", "&x ", "*x", "! ", "!foo ", " !!str ", " !!int "),
        *("---\n", "...\n", "%YAML 1.2\n"),
    ]
)
yaml_like = st.lists(PIECES, max_size=25).map("".join)

plain_text = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff\ufeff"), max_size=12
)
texts = plain_text | st.sampled_from(
    ["NO", "yes", "2027-01-15", "12:30", "017", "1e3", "null", "# x", "a: b", " x ", "-"]
)
# PyYAML writes for YAML 1.1, where 1e3 and 0o17 are texts that need no quotes.
texts = texts.filter(lambda text: number(text) is None or not isinstance(yaml.safe_load(text), str))
numbers = st.integers(-(10**14), 10**14) | st.decimals(-1000, 1000, places=3).map(float)
scalars = st.none() | st.booleans() | numbers | texts
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=15
)
maps = st.dictionaries(texts, values, min_size=1, max_size=5)


def exact(value: Any) -> Any:
    """The same data with the reader's numbers."""
    if isinstance(value, dict):
        return {key: exact(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [exact(inner) for inner in value]
    if isinstance(value, float):
        fraction = Fraction(repr(value))
        return fraction.numerator if fraction.denominator == 1 else fraction
    return value


def entries(plan: Plan) -> list[tuple[Path, Mark, Any]]:
    """Every path of a plan with its mark and its value."""
    found: list[tuple[Path, Mark, Any]] = []
    stack: list[tuple[Path, Any, Any]] = [((), plan.marks, plan.data)]
    while stack:
        path, marks, data = stack.pop()
        for part in marks if isinstance(marks, dict) else range(len(marks)):
            mark = plan.mark((*path, part))
            assert mark is not None
            found.append(((*path, part), mark, data[part]))
            if mark.inside is not None:
                stack.append(((*path, part), mark.inside, data[part]))
    return found


def check_places(plan: Plan) -> None:
    """Places are in the text, keys come before values, and what is inside something stands in it."""
    for path, mark, _ in entries(plan):
        assert 0 <= mark.key <= mark.key_end <= len(plan.text)
        assert mark.key_end <= mark.start or mark.key == mark.start == mark.key_end
        assert mark.start <= mark.end <= len(plan.text)
        place = plan.place(path)
        assert (1, 1) <= (place.line, place.column) <= (place.end_line, place.end_column)


@often
@given(st.binary(max_size=200) | yaml_like.map(str.encode) | yaml_like.map(lambda text: text.encode("utf-16")))
def test_any_bytes_are_read_without_an_exception(raw: bytes) -> None:
    plan = Plan.read("plan.yaml", raw, Limits(max_depth=5, max_nodes=20))
    if plan.fault:
        assert ({}, {}) == (plan.data, plan.marks)
        assert 0 <= plan.fault.start <= plan.fault.end <= len(plan.text)
        assert (1, 1) <= plan.place_of(plan.fault.start, plan.fault.end)[:2]
    else:
        assert plan.data["smlint"] == 1
        check_places(plan)


@pytest.mark.skipif(LibYaml is None, reason="PyYAML without libyaml")
@often
@given(yaml_like)
def test_what_both_parsers_read_they_read_alike(text: str) -> None:
    """Damaged texts may be blamed on different things: libyaml and PyYAML look ahead by different lengths."""
    c, python = (read_document("plan.yaml", text.encode(), parse=parse) for parse in (LibYaml, PurePython))
    if c.fault is None and python.fault is None:
        assert (c.data, c.marks) == (python.data, python.marks)
        assert [type(value) for _, _, value in entries(c)] == [type(value) for _, _, value in entries(python)]
        check_places(c)


@rather_often
@given(maps, st.booleans() | st.none(), st.integers(20, 200), st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_what_yaml_dumps_is_read_back(
    data: dict[str, Any], flow: bool | None, width: int, unicode: bool, newline: str
) -> None:
    text = yaml.safe_dump(
        data, default_flow_style=flow, width=width, allow_unicode=unicode, line_break=newline, sort_keys=False
    )
    for parse in {LibYaml or PurePython, PurePython}:
        plan = read_document("plan.yaml", text.encode(), parse=parse)
        assert plan.fault is None
        assert exact(data) == plan.data
        check_places(plan)
        check_written(plan)


@rather_often
@given(maps, st.sampled_from([None, 2, "\t"]), st.booleans())
def test_what_json_dumps_is_read_back(data: dict[str, Any], indent: Any, ascii_only: bool) -> None:
    text = json.dumps(data, indent=indent, ensure_ascii=ascii_only)
    for parse in {LibYaml or PurePython, PurePython}:
        plan = read_document("plan.json", text.encode(), parse=parse)
        assert plan.fault is None
        assert exact(data) == plan.data
        check_places(plan)
        for path, mark, value in entries(plan):
            assert value == exact(json.loads(plan.text[mark.start : mark.end]))
            if isinstance(path[-1], str):
                assert path[-1] == json.loads(plan.text[mark.key : mark.key_end])


def check_written(plan: Plan) -> None:
    """The text at each mark, read on its own, is that key and that value."""
    for path, mark, value in entries(plan):
        if isinstance(path[-1], str):
            assert {path[-1]: None} == alone(plan.text[mark.key : mark.key_end], as_key=True)
        if mark.inside is None:
            assert value == alone(plan.text[mark.start : mark.end], as_key=False)


def alone(text: str, as_key: bool) -> Any:
    read = read_document("part", (f"? {text}\n: " if as_key else f"a: {text}").encode())
    assert read.fault is None
    return read.data if as_key else read.data["a"]
