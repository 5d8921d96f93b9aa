"""Faulty rule folders are told with file and line; rules and verbs of others fit in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from smlint.rulebook import RuleError, load
from tests.test_cli import DAY, GOOD, TOP, smlint

RULE = """\
title: {en: The title has a capital, nb: Tittelen har stor bokstav}
why: {en: It looks better., nb: Det ser bedre ut.}
fix: {en: Write a capital., nb: Skriv stor bokstav.}
source: [HOUSE]
severity: warning
level: 2
given: $
check: {pattern: {fields: [title], require: ["/^[A-ZÆØÅ]/"]}}
message: {en: "{label} begins its title small: {value}.", nb: "{label} begynner tittelen med liten bokstav: {value}."}
good:
  a capital: |
    title: Capital
bad:
  no capital:
    plan: |
      title: small
    at: ["$"]
"""


def folder_with(tmp_path: Path, text: str, name: str = "own-rule.yaml", dimension: str = "alignment") -> Path:
    (tmp_path / "own" / dimension).mkdir(parents=True)
    (tmp_path / "own" / dimension / name).write_text(text, "utf-8")
    return tmp_path / "own"


def test_own_rules_are_added(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, RULE)
    (tmp_path / "plan.yaml").write_text("smlint: 1\ntitle: small\n")
    said = smlint("plan.yaml", "--rules", str(folder), "--format=concise", "--select=own-rule", cwd=tmp_path)
    assert "plan.yaml:2:1: warning own-rule The plan begins its title small: small." in said.out
    assert smlint("test-rules", str(folder)).out.endswith("1 rules, 2 examples, 0 failed\n")
    assert "own-rule" in smlint("rules", "--rules", str(folder)).out
    assert load((str(folder),)).fingerprint != load().fingerprint


def test_test_rules_says_what_failed_where(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, RULE.replace("title: small", "title: Big"))
    said = smlint("test-rules", str(folder))
    assert said.code == 1
    assert (
        f"{folder}/alignment/own-rule.yaml:14: own-rule: no capital: expected findings at $, but found none" in said.out
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "problem"),
    [
        ("level: 2\n", "", 1, "the key 'level' is missing"),
        ("level: 2", "level: 6", 6, "level must be"),
        ("level: 2", "levle: 2", 6, "unknown key 'levle'"),
        ("severity: warning", "severity: fatal", 5, "severity must be"),
        ("severity: warning", "severity: {default: warning, tiny: info}", 5, "unknown profile predicate 'tiny'"),
        ("given: $", "given: $.goals[", 7, "not an RFC 9535 query"),
        ("given: $", "given: [1]", 7, ""),
        ("given: $", "given: $\napplies: not tiny", 8, "unknown profile predicate 'tiny'"),
        ("{pattern: {fields: [title]", "{patern: {fields: [title]", 8, "unknown verb 'patern'"),
        ("check: {pattern:", "check: {count: {path: goals}, pattern:", 8, "exactly one verb"),
        ("given: $", "given: $\nblocked: [{if: '@.a ==', by: goal-orphan}]", 8, "not an RFC 9535 query"),
        ("given: $", "given: $\nblocked: [{empty: goals, by: no-such-rule}]", 8, "'no-such-rule', which is not a rule"),
        ("given: $", "given: $\nblocked: [{empty: goals, by: own-rule}]", 8, "in a circle: own-rule → own-rule"),
        ("given: $", "given: $\nblocked: [{empty: goals}]", 8, "by is missing"),
        (
            "title: {en: The title has a capital, nb",
            "title: {en: The title has a capital, no",
            1,
            "title needs a text in each",
        ),
        ("level: 2", "level: 2\nlevel: 3", 7, "duplicate-key"),
        ("level: 2", "level: [", 8, "syntax-error"),
    ],
)
def test_a_faulty_rule_is_told_with_file_and_line(tmp_path: Path, old: str, new: str, line: int, problem: str) -> None:
    assert old in RULE
    folder = folder_with(tmp_path, RULE.replace(old, new, 1))
    with pytest.raises(RuleError) as caught:
        load((str(folder),))
    assert (Path(caught.value.file).name, caught.value.line) == ("own-rule.yaml", line)
    assert problem in caught.value.problem
    said = smlint(GOOD, "--rules", str(folder), *DAY)
    assert (said.code, said.out) == (2, "")
    assert f"own-rule.yaml:{line}: " in said.err


@pytest.mark.parametrize(
    "check",
    [
        "{count: {path: title, most: 3}}",
        "{count: {min: 3}}",
        "{compares: {left: title, op: '=>', right: 1}}",
        "{present: 5}",
    ],
)
def test_options_that_a_verb_does_not_know_stop_the_run(tmp_path: Path, check: str) -> None:
    text = RULE.replace('{pattern: {fields: [title], require: ["/^[A-ZÆØÅ]/"]}}', check)
    folder = folder_with(tmp_path, text)
    said = smlint(GOOD, "--rules", str(folder), *DAY)
    assert (said.code, said.out) == (2, "")
    assert "own-rule.yaml:8: " in said.err


def test_files_that_are_not_expected_are_errors(tmp_path: Path) -> None:
    for index, (name, dimension, problem) in enumerate(
        [
            ("readme.txt", "alignment", "is not expected here"),
            ("own-rule.yaml", "no-such-dimension", "is not a dimension"),
            ("goal-orphan.yaml", "alignment", "exists already"),
        ]
    ):
        (tmp_path / str(index)).mkdir()
        folder = folder_with(tmp_path / str(index), RULE, name, dimension)
        with pytest.raises(RuleError, match=problem):
            load((str(folder),))


def test_a_folder_may_bring_a_dimension(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, RULE, dimension="style")
    (folder / "dimensions.yaml").write_text(
        "style: {weight: 10, title: {en: Style, nb: Stil},\n"
        "        question: {en: Is it pretty?, nb: Er det pent?}, floor: own-rule}\n"
    )
    book = load((str(folder),))
    assert list(book.dimensions)[-1] == "style"
    assert book.rules["own-rule"].dimension == "style"


PACKAGE = {
    "pyproject.toml": """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "house-verbs"
version = "1"
[project.entry-points."smlint.checks"]
shorter-than = "house_verbs:shorter_than"
crashes = "house_verbs:crashes"
[tool.hatch.build.targets.wheel]
include = ["house_verbs.py"]
""",
    "house_verbs.py": '''\
"""A verb of our own."""
from smlint.checks import Fail, options

def shorter_than(spot, given, view):
    options(given, "field characters", "field characters")
    text = view.one(spot, given["field"])
    if text is not None and len(text) < given["characters"]:
        return None
    return Fail({"value": text}, (given["field"],), view.path(spot, given["field"]))

def crashes(spot, given, view):
    return 1 / 0
''',
}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small third-party package with two verbs, built and installed into a folder."""
    source = tmp_path_factory.mktemp("house-verbs")
    for name, text in PACKAGE.items():
        (source / name).write_text(text)
    target = tmp_path_factory.mktemp("site")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--target",
        str(target),
    ]
    subprocess.run([*pip, str(source)], check=True, capture_output=True)
    return target


def test_a_verb_of_another_package_is_found_by_its_entry_point(tmp_path: Path, package: Path) -> None:
    text = RULE.replace(
        '{pattern: {fields: [title], require: ["/^[A-ZÆØÅ]/"]}}', "{shorter-than: {field: title, characters: 8}}"
    )
    folder = folder_with(tmp_path, text.replace("title: small", "title: much too long"))
    said = smlint("test-rules", str(folder), "--plugin", "House_Verbs", PYTHONPATH=str(package))
    assert (said.code, said.out) == (0, "1 rules, 2 examples, 0 failed\n")
    assert "unknown verb 'shorter-than'" in smlint("test-rules", str(folder)).err
    # That it is installed is no reason to run it.
    said = smlint("test-rules", str(folder), PYTHONPATH=str(package))
    assert (said.code, said.out) == (2, "")
    assert "the plugin house-verbs has it: allow it with --plugin or `plugins:`" in said.err
    assert "the plugin 'gone' is not installed" in smlint(GOOD, "--plugin", "gone").err


def test_a_verb_that_crashes_is_never_a_pass(tmp_path: Path, package: Path) -> None:
    folder = folder_with(
        tmp_path, RULE.replace('{pattern: {fields: [title], require: ["/^[A-ZÆØÅ]/"]}}', "{crashes: {}}")
    )
    for jobs in "12":
        words = (GOOD, str(TOP / "examples"), "--rules", str(folder), "--plugin", "house-verbs", "--jobs", jobs)
        said = smlint(*words, *DAY, PYTHONPATH=str(package))
        assert (said.code, said.out) == (2, "")
    assert "own-rule.yaml:8: the rule own-rule cannot be run: ZeroDivisionError" in said.err
