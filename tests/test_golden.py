"""The examples' outputs in both languages are as they were when a person last read them."""

from __future__ import annotations

from smlint.rulebook import load
from tests.golden import GOLDENS, outputs


def test_outputs_of_the_examples() -> None:
    expected = {file.name: file.read_bytes().decode() for file in GOLDENS.glob("*")}
    actual = {file.name: text for file, text in outputs(load())}
    assert expected.keys() == actual.keys()
    different = [name for name in expected if expected[name] != actual[name]]
    assert [] == different, "run `make golden` and read the difference"
