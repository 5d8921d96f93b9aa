"""What was worked out ahead equals what the files say, or is not believed."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from smlint import ahead, compiled
from smlint.bundled import bundled
from smlint.files import File
from smlint.format import essentials
from smlint.rulebook import Rulebook, read_folder, read_rules
from smlint.words import read_sentences, sentences

FOLDER = bundled("rules")
SECTIONS = {"words": {"a": {"en": "b"}}}


@pytest.fixture
def file(tmp_path: Path) -> File:
    written = File(tmp_path / "ahead.bin")
    ahead.write(SECTIONS, written, ahead.sources())
    return written


def test_rules_known_ahead_equal_those_of_the_files() -> None:
    dimensions, rules = read_folder(FOLDER)
    book = Rulebook(dimensions, rules)
    found = compiled.load(FOLDER)
    assert found is not None, "make compile"
    assert found == (dimensions, rules)
    assert list(found[1]) == list(book.rules), "they must run in this order"
    assert read_rules([]).fingerprint == book.fingerprint


def test_fractions_of_rules_survive() -> None:
    dimensions, rules = read_folder(FOLDER)
    id, rule = next(iter(rules.items()))
    changed = {id: rule._replace(options={"share": Fraction(1, 3), "more": [Fraction(2), (1, Fraction(1, 7))]})}
    assert compiled.unpacked(compiled.packed(FOLDER, dimensions, changed), FOLDER) == (dimensions, changed)


def test_sentences_and_schemas_known_ahead_equal_those_of_the_files() -> None:
    facts: Any = ahead.facts("words")
    assert facts == read_sentences()
    assert sentences().keys() >= facts.keys()
    assert ahead.facts("schemas") == {name: essentials(name) for name in ("plan", "config")}


def test_facts_are_believed_while_their_sources_are_the_same(file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ahead.read(file).keys() == SECTIONS.keys()
    monkeypatch.setattr(ahead, "sources", lambda: [("changed", 1, 1)])
    assert ahead.read(file) == {}


def test_every_change_of_a_source_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "rules"
    shutil.copytree(FOLDER, copy)
    monkeypatch.setattr(ahead, "bundled", lambda name: File(copy) if name == "rules" else bundled(name))
    before = ahead.sources()
    changed = copy / "alignment" / "goal-orphan.yaml"
    changed.write_text(changed.read_text("utf-8").replace("severity: error", "severity: info"), "utf-8")
    after = ahead.sources()
    changed.unlink()
    assert before != after != ahead.sources() != before


def test_another_version_is_not_believed(file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "__version__", "0.0.1")
    assert ahead.read(file) == {}


def test_a_package_believes_what_came_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = File(tmp_path / "ahead.bin")
    ahead.write(SECTIONS, written)
    assert ahead.read(written) == {}, "in a checkout it says nothing of its sources"
    monkeypatch.setattr(ahead, "_is_installed", lambda: True)
    assert ahead.read(written).keys() == SECTIONS.keys()


@pytest.mark.parametrize("damage", [b"", b"{", b"\0\0\0\0", b"\x8a\xd1\xf6\x0f\xff", b"not these bytes", None])
def test_a_damaged_file_is_not_believed(damage: bytes | None, file: File) -> None:
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    Path(file).write_bytes(bytes(raw) if damage is None else damage)
    assert ahead.read(file) == {}
    assert ahead.read(File(file + ".missing")) == {}
