"""The rules compiled ahead are the rules of the files, or are not believed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from smlint import compiled
from smlint.bundled import bundled
from smlint.rulebook import Rulebook, load, read_folder

FOLDER = bundled("rules")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("compiled") / "compiled.json"
    compiled.write(FOLDER, *read_folder(FOLDER), written)
    return written


def test_compiled_rules_equal_those_of_the_files(file: Path) -> None:
    found = compiled.load(FOLDER, file)
    assert found is not None
    dimensions, rules = read_folder(FOLDER)
    assert found == (dimensions, rules)
    assert Rulebook(*found).fingerprint == Rulebook(dimensions, rules).fingerprint == load().fingerprint


def test_a_changed_rule_is_read_from_its_file(file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "rules"
    shutil.copytree(FOLDER, copy)
    changed = copy / "alignment" / "goal-orphan.yaml"
    assert compiled.load(copy, file) is not None
    changed.write_text(changed.read_text("utf-8").replace("severity: error", "severity: info"), "utf-8")
    assert compiled.load(copy, file) is None
    changed.unlink()
    assert compiled.load(copy, file) is None


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"checksum": 1}', "null", "\x00"])
def test_a_damaged_file_is_not_believed(damage: str, tmp_path: Path) -> None:
    (tmp_path / "compiled.json").write_text(damage)
    assert compiled.load(FOLDER, tmp_path / "compiled.json") is None
    assert compiled.load(FOLDER, tmp_path / "missing.json") is None
