"""The rulebook: every rule is proved by its examples, worded in both languages, and counted as the catalogue has it."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from smlint.finding import diagnostics
from smlint.plan import read_document
from smlint.proof import prove
from smlint.rule import Rule
from smlint.rulebook import examples, load
from smlint.words import LANGUAGES, holes

TOP = Path(__file__).parent.parent
BOOK = load()
RULES = BOOK.listed

# dimension: rules, errors, warnings, info, level 2, 3, 4, 5, floor rule
CATALOGUE = {
    "alignment": (8, 2, 5, 1, 3, 3, 1, 1, "business-objectives-missing"),
    "anchoring": (8, 3, 4, 1, 2, 3, 2, 1, "sponsor-missing"),
    "measurement": (14, 9, 3, 2, 1, 8, 3, 2, "success-criteria-missing"),
    "investment": (12, 7, 4, 1, 1, 7, 3, 1, "investment-missing"),
    "organisation": (9, 3, 5, 1, 2, 4, 2, 1, "goal-without-initiative"),
    "audience": (9, 2, 6, 1, 2, 4, 2, 1, "audience-missing"),
    "governance": (12, 6, 5, 1, 3, 7, 1, 1, "employee-policy-missing"),
    "operation": (8, 3, 4, 1, 2, 3, 2, 1, "review-missing"),
}


def named(rules: list[Rule]) -> list[object]:
    return [pytest.param(rule, id=rule.id) for rule in rules]


@pytest.mark.parametrize("rule", named(RULES))
def test_the_examples_prove_the_rule(rule: Rule) -> None:
    count, failures = prove(rule, BOOK)
    assert failures == []
    assert count >= 2


@pytest.mark.parametrize("rule", named(RULES))
def test_the_file_is_as_the_schema_for_editors_says(rule: Rule) -> None:
    schema = json.loads((TOP / "schemas" / "rule.schema.json").read_text())
    document = read_document(rule.file, Path(rule.file).read_bytes())
    faults = [
        f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(document.data)
    ]
    assert faults == []


@pytest.mark.parametrize("rule", named(RULES))
def test_the_texts_agree_in_both_languages(rule: Rule) -> None:
    assert holes(rule.message["en"]) == holes(rule.message["nb"])
    for text in (rule.title, rule.why, rule.fix, rule.message):
        assert all(text[language].strip() == text[language] != "" for language in LANGUAGES)
        assert text["en"] != text["nb"]
        assert Counter(re.findall(r"`[^`]+`", text["en"])).keys() <= set(re.findall(r"`[^`]+`", text["nb"]))
    assert all(
        rule.message[language].startswith("{label}") and rule.message[language].endswith(".") for language in LANGUAGES
    )
    assert all(len(rule.title[language]) <= 75 and not rule.title[language].endswith(".") for language in LANGUAGES)


@pytest.mark.parametrize("dimension", CATALOGUE)
def test_the_numbers_are_those_of_the_catalogue(dimension: str) -> None:
    rules = [rule for rule in RULES if rule.dimension == dimension]
    severities = Counter(rule.default_severity for rule in rules)
    levels = Counter(rule.level for rule in rules)
    numbers = (
        len(rules),
        *(severities[name] for name in ("error", "warning", "info")),
        *(levels[n] for n in (2, 3, 4, 5)),
    )
    assert (*numbers, BOOK.dimensions[dimension].floor) == CATALOGUE[dimension]


def test_every_dimension_and_source_is_known() -> None:
    assert list(BOOK.dimensions) == list(CATALOGUE)
    assert [BOOK.dimensions[id].weight for id in CATALOGUE] == [18, 16, 16, 14, 12, 8, 8, 8]
    known = set(
        re.findall(r"^<a[^>]*></a>\*\*([\w-]+)\*\*", (TOP / "docs" / "sources.md").read_text("utf-8"), re.MULTILINE)
    )
    used = {source for rule in RULES for source in rule.source}
    assert used - known == set()


def test_no_rule_has_the_name_of_a_diagnostic() -> None:
    assert BOOK.rules.keys() & diagnostics().keys() == set()


def test_every_rule_has_a_bad_example_in_its_hardest_severity() -> None:
    for rule in RULES:
        found, _ = examples(rule)
        assert any(example.at for example in found), rule.id


def test_an_unproved_rule_is_seen(tmp_path: Path) -> None:
    """test-rules fails where an example does: a wrong place, a blocked good one, a message without its value."""
    source = Path(BOOK.rules["goal-orphan"].file).read_text("utf-8")
    folder = tmp_path / "alignment"
    folder.mkdir()
    broken = source.replace('at: ["goals[1]"]', 'at: ["goals[0]"]') if 'at: ["goals[1]"]' in source else source
    (folder / "orphan-twin.yaml").write_text(broken.replace("{label} supports", "{label} {nothing} supports"), "utf-8")
    book = load((str(tmp_path),))
    _, failures = prove(book.rules["orphan-twin"], book)
    assert any("nothing" in failure.problem for failure in failures)
