"""`smlint diff`: fixed, new, unchanged, and a change of score that adds up; the rules' change told apart."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import cmarkgfm
import pytest

from tests.repository import LEAST, Repository
from tests.test_cli import DAY, TOP, smlint

FIXED = LEAST + "tone: {default: informal}\n"
WORSE = LEAST.replace("goals: [G1], channels: [linkedin], owner", "channels: [linkedin], owner")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "repository")
    made.write("plans/a.yaml", LEAST)
    made.commit()
    return made


def difference(repository: Repository, *words: str) -> Any:
    return json.loads(repository.smlint("diff", *words, "--format", "json").out)


def test_findings_and_points_of_two_files(tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_text(WORSE)
    (tmp_path / "new.yaml").write_text(FIXED)
    found = json.loads(smlint("diff", "old.yaml", "new.yaml", "--format", "json", *DAY, cwd=tmp_path).out)
    assert {finding["rule"] for finding in found["findings"]["fixed"]} == {
        "goal-without-initiative", "initiative-orphan", "tone-missing",
    }  # fmt: skip
    assert (found["findings"]["new"], len(found["findings"]["unchanged"]), found["rule_set"]) == ([], 9, None)
    total = sum(Fraction(rule["exact_change"]) for rule in found["score"]["rules"])
    assert (
        total == Fraction(found["score"]["exact"]) == Fraction(found["new"]["exact"]) - Fraction(found["old"]["exact"])
    )


def test_a_revision_and_a_file(repository: Repository) -> None:
    repository.write("plans/a.yaml", FIXED)
    found = difference(repository, "main:plans/a.yaml", "plans/a.yaml")
    assert [finding["id"] for finding in found["findings"]["fixed"]] == ["tone-missing@$"]
    assert (found["old"]["path"], found["new"]["path"]) == ("main:plans/a.yaml", "plans/a.yaml")
    below = repository.smlint("diff", "HEAD:./a.yaml", "a.yaml", cwd="plans")
    assert below.out.splitlines()[0] == "HEAD:./a.yaml → a.yaml"
    assert repository.smlint("diff", "HEAD:a.yaml", "a.yaml", cwd="plans").code == 0


def test_a_change_of_the_rules_is_told_apart(repository: Repository) -> None:
    repository.write("smlint.yaml", "rules: {accessibility-missing: off, tone-missing: error}\n")
    repository.write("plans/a.yaml", FIXED)
    found = difference(repository, "main:plans/a.yaml", "plans/a.yaml")
    assert [finding["id"] for finding in found["findings"]["fixed"]] == ["tone-missing@$"]
    rules = found["rule_set"]
    assert [finding["id"] for finding in rules["findings"]["gone"]] == ["accessibility-missing@$"]
    assert rules["rulebook"] != found["new"]["rulebook"] == found["old"]["rulebook"]
    for part in (found["score"], rules["score"]):
        assert sum(Fraction(rule["exact_change"]) for rule in part["rules"]) == Fraction(part["exact"])
    before = json.loads(repository.smlint("diff", "main:plans/a.yaml", "main:plans/a.yaml", "--format", "json").out)
    assert Fraction(before["new"]["exact"]) + Fraction(rules["score"]["exact"]) == Fraction(found["old"]["exact"])


@pytest.mark.parametrize(("new", "code"), [(LEAST, 0), (FIXED, 0), (WORSE, 1)])
def test_the_exit_code_is_asked_for(repository: Repository, new: str, code: int) -> None:
    repository.write("plans/a.yaml", new)
    assert repository.smlint("diff", "main:plans/a.yaml", "plans/a.yaml").code == 0
    assert repository.smlint("diff", "main:plans/a.yaml", "plans/a.yaml", "--exit-code").code == code


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("main:gone.yaml", "plans/a.yaml"), "there is no file gone.yaml at main"),
        (("nope:plans/a.yaml", "plans/a.yaml"), "the revision 'nope' is not in this clone"),
        (("gone.yaml", "plans/a.yaml"), "gone.yaml cannot be read (No such file or directory)"),
        (("plans", "plans/a.yaml"), "plans cannot be read"),
        (("broken.yaml", "plans/a.yaml"), "broken.yaml cannot be judged"),
    ],
)
def test_what_cannot_be_compared_is_one_sentence(repository: Repository, words: tuple[str, str], said: str) -> None:
    repository.write("broken.yaml", "a: [")
    found = repository.smlint("diff", *words)
    assert (found.code, found.out) == (2, "")
    assert said in found.err


def test_text_in_both_languages(repository: Repository) -> None:
    repository.write("plans/a.yaml", FIXED)
    said = repository.smlint("diff", "main:plans/a.yaml", "plans/a.yaml").out
    assert "Fixed findings: 1\n  info tone-missing main:plans/a.yaml:1:1: " in said
    assert "Unchanged findings: 9" in said
    said = repository.smlint("diff", "main:plans/a.yaml", "plans/a.yaml", "--lang", "nb").out
    assert "Rettede funn: 1" in said


def test_markdown_shows_names_as_text(repository: Repository) -> None:
    hostile = FIXED.replace("id: linkedin", 'id: "<b>x|`y`</b>@all"')
    repository.write("plans/a.yaml", hostile)
    html = cmarkgfm.github_flavored_markdown_to_html(
        repository.smlint("diff", "main:plans/a.yaml", "plans/a.yaml", "--format", "markdown").out
    )
    assert "<b>x" not in html
    assert "&lt;b&gt;x" in html
    columns = {row.count("<td") for row in html.split("<tr>")[1:] if "<td" in row}
    assert columns <= {4, 5}


def test_the_example_s_two_versions() -> None:
    names = [str(TOP / "examples" / f"customer-service{end}.yaml") for end in ("-first-draft", "")]
    found = json.loads(smlint("diff", *names, "--format", "json", *DAY).out)
    assert (found["old"]["total"], found["new"]["total"]) == (36.8, 100.0)
    assert len(found["findings"]["fixed"]) == 59
