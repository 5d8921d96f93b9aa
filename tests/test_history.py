"""A plan's history: what its changes did stands apart from what the passing of days did, and the two add up."""

from __future__ import annotations

import json
import os
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.repository import LEAST, Repository
from tests.test_cli import TOP, smlint

SOUND = (TOP / "examples" / "customer-service.yaml").read_text("utf-8")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A plan that was written, worsened, renamed and made sound, and then grew old."""
    made = Repository(tmp_path / "repository")
    worse = LEAST.replace("goals: [G1], channels: [linkedin], owner", "channels: [linkedin], owner")
    for day, text, subject in (
        ("2026-12-01", LEAST, "first"), ("2026-12-15", worse, "worse"), ("2027-01-05", SOUND, "sound\ttab <b>"),
    ):  # fmt: skip
        made.write("plan.yaml", text)
        commit(made, day, subject)
    made.git("mv", "plan.yaml", "strategy.yaml")
    commit(made, "2027-01-10", "renamed")
    made.write("other.txt", "x")
    commit(made, "2027-01-11", "something else")
    return made


def commit(repository: Repository, day: str, subject: str) -> None:
    os.environ["GIT_COMMITTER_DATE"] = f"{day}T12:00:00"
    try:
        repository.git("add", "--all")
        repository.git("commit", "--quiet", "--message", subject)
    finally:
        del os.environ["GIT_COMMITTER_DATE"]


def versions(repository: Repository, *words: str) -> list[dict[str, Any]]:
    said = repository.smlint("history", "strategy.yaml", "--format", "json", *words)
    assert (said.code, said.err) == (0, "")
    return list(json.loads(said.out)["versions"])


def test_every_commit_that_touched_the_plan_under_any_name(repository: Repository) -> None:
    found = versions(repository)
    assert [each["date"] for each in found] == ["2026-12-01", "2026-12-15", "2027-01-05", "2027-01-10", "2027-01-15"]
    assert [each["path"] for each in found] == ["plan.yaml"] * 3 + ["strategy.yaml"] * 2
    assert found[2]["subject"] == "sound\ttab <b>"
    assert found[-1]["commit"] is None


def test_changes_of_plan_and_date_add_up(repository: Repository) -> None:
    found = versions(repository)
    for before, after in pairwise(found):
        change = Fraction(after["exact_total"]) - Fraction(before["exact_total"])
        assert change == Fraction(after["exact_by_plan"]) + Fraction(after["exact_by_day"])
    assert found[1]["by_plan"] < 0 < found[2]["by_plan"]
    assert found[3]["by_plan"] == 0  # only its name has changed


def test_a_plan_that_nobody_touches_ages(repository: Repository) -> None:
    words = ("history", "strategy.yaml", "--format", "json", "--as-of", "2028-01-01")
    last = json.loads(smlint(*words, cwd=repository.folder).out)["versions"][-1]
    assert (last["by_plan"], last["by_day"] < 0) == (0, True)


def test_a_version_that_cannot_be_read_is_told(repository: Repository) -> None:
    repository.write("strategy.yaml", "smlint: 1\na: [\n")
    commit(repository, "2027-01-12", "broken")
    repository.write("strategy.yaml", SOUND)
    found = versions(repository)
    assert (found[-2]["total"], found[-1]["by_plan"]) == (None, None)
    assert "broken (could not be read)" in repository.smlint("history", "strategy.yaml").out


def test_the_latest_commits_are_enough(repository: Repository) -> None:
    assert len(versions(repository, "--most", "2")) == 3


def test_the_table_in_both_languages(repository: Repository) -> None:
    assert "By the plan" in repository.smlint("history", "strategy.yaml").out
    assert "Av planen" in repository.smlint("history", "strategy.yaml", "--lang", "nb").out


def test_the_page_draws_it(repository: Repository) -> None:
    said = repository.smlint("report", "strategy.yaml", "--history", "-o", "r.html")
    assert (said.code, said.err) == (0, "")
    html = (repository.folder / "r.html").read_text("utf-8")
    assert html.count('<circle class="dot"') == 5
    assert "sound tab &lt;b&gt;" in html


def test_outside_of_a_repository_is_one_sentence(tmp_path: Path, repository: Repository) -> None:
    (tmp_path / "plan.yaml").write_text(LEAST)
    said = repository.smlint("history", str(tmp_path / "plan.yaml"))
    assert (said.code, "is not in a git repository" in said.err) == (2, True)
    assert repository.smlint("history", "gone.yaml").code == 2
