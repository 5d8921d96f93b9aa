"""Light events: what is read of them is what is read of PyYAML's own, and only a process of our own has them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given, settings

from smlint import light
from smlint.events import LibYaml, PurePython
from smlint.plan import Plan, read_document
from tests.plans import EXAMPLES
from tests.test_plan_properties import yaml_like

pytestmark = pytest.mark.skipif(LibYaml is None, reason="PyYAML without libyaml")


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    was_in_use = light._in_use
    light.restore()
    yield
    light.restore()
    if was_in_use:
        light.lighten()


def both(raw: bytes) -> tuple[Plan, Plan]:
    """A document read of PyYAML's events and of light ones."""
    light.restore()
    assert light.kinds_of(LibYaml("")) is light.PLAIN
    plain = read_document("plan.yaml", raw)
    light.lighten()
    assert light.kinds_of(LibYaml("")).light
    return plain, read_document("plan.yaml", raw)


def same(plain: Plan, other: Plan) -> bool:
    return (plain.text, plain.data, plain.marks, plain.fault) == (other.text, other.data, other.marks, other.fault)


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.yaml")), ids=lambda file: file.stem)
def test_examples_are_read_alike(file: Any) -> None:
    plain, other = both(file.read_bytes())
    assert plain.fault is None
    assert same(plain, other)


ODD = [
    "{a: 1, b: [2, {c: d}], e: }", "a: &x {b: 1}\nc: *x\n*x : 2", "a: &x [b]\nc: {<<: {d: 1}, e: *x}",
    "a: ! 1\nb: !!str 2", "a: |+\n  b\n\n", "'a': \"b\"\nc: >-\n  d\n  e", "!!map {a: !!seq [b]}", "!foo {a: b}",
    "? {a: b}\n: c", "a: 1\na: 2", "[" * 200, "--- a\n--- b", "%YAML 1.3\n---\na: b", "&a [*a]",
    '{"a": "\\ud83d\\ude00"}', "a: b: c", "a: !foo b",
]  # fmt: skip


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_are_read_alike(text: str) -> None:
    assert same(*both(text.encode()))


@settings(max_examples=300)
@given(yaml_like)
def test_texts_are_read_alike(text: str) -> None:
    assert same(*both(text.encode()))


def test_the_python_parser_has_events_of_its_own() -> None:
    light.lighten()
    assert light.kinds_of(PurePython("")) is light.PLAIN
    raw = (EXAMPLES / "complete.yaml").read_bytes()
    assert same(read_document("plan.yaml", raw), read_document("plan.yaml", raw, parse=PurePython))


def test_events_are_light_and_then_pyyaml_s_own_again() -> None:
    def kinds() -> set[type]:
        return {type(event) for event in yaml.parse("{a: [b]}", Loader=yaml.CSafeLoader)}

    light.lighten()
    light.lighten()  # more than once does nothing
    assert yaml.ScalarEvent not in kinds()
    assert len([kind for kind in kinds() if issubclass(kind, Exception)]) == 5
    light.restore()
    assert {yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceEndEvent} < kinds()
    assert not any(issubclass(kind, Exception) for kind in kinds())


def test_what_plugins_may_do_with_yaml_they_still_can() -> None:
    light.lighten()
    data = {"a": [1, "b", {"c": None}], "d": "2027-01-15"}
    for loader, dumper in ((yaml.CSafeLoader, yaml.CSafeDumper), (yaml.SafeLoader, yaml.SafeDumper)):
        assert yaml.load(yaml.dump(data, Dumper=dumper), Loader=loader) == data


MADE_OTHERWISE = {
    "other order": lambda event, *values: setattr(event, "args", values[::-1]),
    "other number": lambda event, *values: setattr(event, "args", values[1:]),
    "crash": lambda event: None,
}


@pytest.mark.parametrize("made", MADE_OTHERWISE.values(), ids=MADE_OTHERWISE)
def test_events_that_are_made_in_another_way_stay_as_they_are(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A later PyYAML may call its classes otherwise."""
    scalar = type("ScalarEvent", (Exception,), {"__init__": made})
    monkeypatch.setattr(light, "_LIGHT", light._LIGHT._replace(scalar=scalar))
    light.lighten()
    assert light.kinds_of(LibYaml("")) is light.PLAIN
    assert {type(event) for event in yaml.parse("a", Loader=yaml.CSafeLoader)} > {yaml.ScalarEvent}


def test_a_library_leaves_pyyaml_alone() -> None:
    code = """
import yaml._yaml, datetime
from smlint.report import judge
from smlint.rulebook import load
from smlint.settings import Settings
import smlint.pool
judge("plan.yaml", b"smlint: 1", Settings(load()), datetime.date(2027, 1, 15))
assert yaml._yaml.ScalarEvent is yaml.events.ScalarEvent
smlint.pool.prepare((), datetime.date(2027, 1, 15))
assert yaml._yaml.ScalarEvent is not yaml.events.ScalarEvent
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
