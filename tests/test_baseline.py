"""The baseline: what it holds, what it never absorbs in silence, and what is said of stale entries."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.repository import LEAST
from tests.test_cli import DAY, Said, smlint

WORSE = LEAST.replace("goals: [G1], channels: [linkedin], owner", "channels: [linkedin], owner")
FIXED = LEAST + "tone: {default: informal}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a plan."""
    (tmp_path / "plan.yaml").write_text(LEAST)
    return tmp_path


def run(folder: Path, *words: str) -> Said:
    return smlint(*words, *DAY, cwd=folder)


def written(folder: Path, name: str = "smlint-baseline.json") -> Any:
    return json.loads((folder / name).read_text("utf-8"))


def test_a_baseline_is_sorted_counted_and_reviewable(folder: Path) -> None:
    said = run(folder, "baseline", ".")
    assert said.code == 0
    assert said.out.splitlines()[0] == "+ plan.yaml: accessibility-missing@$"
    assert said.out.splitlines()[-1] == "smlint-baseline.json holds 10 findings: 10 added, 0 removed"
    text = (folder / "smlint-baseline.json").read_text("utf-8")
    document = written(folder)
    assert document["counts"] == {"error": 1, "warning": 3, "info": 6}
    findings = document["plans"]["plan.yaml"]["findings"]
    assert list(findings) == sorted(findings)
    assert findings["mfa-missing@channels[id=linkedin]"] == "warning"
    assert text.count("\n") > 20  # a finding a line
    run(folder, "baseline", ".")
    assert (folder / "smlint-baseline.json").read_text("utf-8") == text


def test_known_findings_do_not_fail_and_new_ones_do(folder: Path) -> None:
    run(folder, "baseline", ".")
    said = run(folder, "check", "--baseline", "smlint-baseline.json")
    assert (said.code, "10 known findings" in said.out) == (0, True)
    (folder / "plan.yaml").write_text(WORSE)
    said = run(folder, "check", "--baseline", "smlint-baseline.json")
    assert (said.code, "goal-without-initiative" in said.out, "accessibility-missing" in said.out) == (1, True, False)
    report = json.loads(run(folder, "check", "--baseline", "smlint-baseline.json", "--format", "json").out)
    new = {finding["id"]: finding["new"] for finding in report["files"][0]["findings"]}
    assert (new["goal-without-initiative@goals[id=G1]"], new["accessibility-missing@$"]) == (True, False)
    assert report["files"][0]["change"]["against"] == "smlint-baseline.json"


def test_a_second_instance_of_a_known_rule_is_new(folder: Path) -> None:
    run(folder, "baseline", ".")
    more = LEAST.replace(
        "channels:\n", "channels:\n  - {id: x, platform: x, purpose: y, goals: [G1], audiences: [buyers]}\n"
    )
    (folder / "plan.yaml").write_text(more)
    out = run(folder, "check", "--baseline", "smlint-baseline.json", "--format", "concise").out
    assert "mfa-missing Channel “x”" in out
    assert "mfa-missing Channel “linkedin”" not in out


def test_score_and_level_thresholds_hold_with_a_baseline(folder: Path) -> None:
    run(folder, "baseline", ".")
    assert run(folder, "check", "--baseline", "smlint-baseline.json", "--min-score", "90").code == 1


def test_stale_entries_are_told_and_pruned(folder: Path) -> None:
    run(folder, "baseline", ".")
    (folder / "plan.yaml").write_text(FIXED)
    out = run(folder, "check", "--baseline", "smlint-baseline.json").out
    assert "note: `smlint-baseline.json`: 1 entry is stale; `smlint baseline --prune`" in " ".join(out.split())
    said = run(folder, "baseline", ".", "--check")
    assert (said.code, said.out.splitlines()[0]) == (1, "- plan.yaml: tone-missing@$")
    assert "tone-missing@$" in written(folder)["plans"]["plan.yaml"]["findings"]
    assert run(folder, "baseline", ".", "--prune").code == 0
    assert "tone-missing@$" not in written(folder)["plans"]["plan.yaml"]["findings"]
    assert run(folder, "baseline", ".", "--check").code == 0


def test_pruning_never_adds(folder: Path) -> None:
    run(folder, "baseline", ".")
    before = (folder / "smlint-baseline.json").read_text("utf-8")
    (folder / "plan.yaml").write_text(WORSE)
    assert run(folder, "baseline", ".", "--prune").out.splitlines()[-1].endswith("0 added, 0 removed")
    assert (folder / "smlint-baseline.json").read_text("utf-8") == before
    said = run(folder, "baseline", ".")
    assert "+ plan.yaml: goal-without-initiative@goals[id=G1]" in said.out.splitlines()  # added, and said aloud


def test_plans_that_are_not_looked_at_keep_their_entries(folder: Path) -> None:
    (folder / "b.yaml").write_text(LEAST)
    run(folder, "baseline", ".")
    run(folder, "baseline", "b.yaml", "--prune")
    assert list(written(folder)["plans"]) == ["b.yaml", "plan.yaml"]
    assert run(folder, "baseline", "b.yaml", "--check").code == 0
    (folder / "plan.yaml").unlink()
    assert run(folder, "baseline", "b.yaml", "--check").code == 1  # its file is gone
    run(folder, "baseline", "b.yaml", "--prune")
    assert list(written(folder)["plans"]) == ["b.yaml"]


def test_plans_are_named_from_the_folder_of_the_baseline(folder: Path) -> None:
    (folder / "smlint.yaml").write_text("baseline: gate/base.json\n")
    (folder / "gate").mkdir()
    (folder / "plans").mkdir()
    (folder / "plan.yaml").rename(folder / "plans" / "plan.yaml")
    run(folder, "baseline", "plans")
    assert list(written(folder, "gate/base.json")["plans"]) == ["../plans/plan.yaml"]
    assert run(folder / "plans", "check", "--config", "../smlint.yaml").code == 0


def test_what_is_waived_or_stops_a_file_is_not_absorbed(folder: Path) -> None:
    waiver = "waivers: [{rule: tone-missing, reason: x, expires: 2027-01-20}]\n"
    (folder / "plan.yaml").write_text(LEAST + waiver)
    run(folder, "baseline", ".")
    assert "tone-missing@$" not in written(folder)["plans"]["plan.yaml"]["findings"]
    # Once the waiver has expired, the finding is new.
    words = ("check", "--baseline", "smlint-baseline.json", "--as-of", "2027-01-21", "--fail-on", "info")
    assert smlint(*words, cwd=folder).code == 1
    (folder / "plan.yaml").write_text("smlint: 1\na: [\n")
    said = run(folder, "baseline", ".")
    assert (said.code, said.err) == (2, "Error: cannot be judged: plan.yaml\n")
    assert run(folder, "check", "--baseline", "smlint-baseline.json", "--fail-on", "never").code == 1


BROKEN = [b"", b"{}", b"[]", b"nonsense", b'{"smlint_baseline": 2}', b"[" * 100_000, b"\xff",
          b'{"smlint_baseline": 1, "plans": {"a": {"findings": ["x"]}}}',
          b'{"smlint_baseline": 1, "plans": {"a": {"findings": {"x": 3}}}}']  # fmt: skip


@pytest.mark.parametrize("raw", BROKEN)
def test_a_broken_baseline_is_one_sentence(folder: Path, raw: bytes) -> None:
    (folder / "b.json").write_bytes(raw)
    for words in (("check", "--baseline", "b.json"), ("baseline", ".", "--baseline", "b.json")):
        said = run(folder, *words)
        assert (said.code, said.out) == (2, "")
        assert said.err.startswith("Error: b.json: ")
    assert (folder / "b.json").read_bytes() == raw


def test_a_missing_baseline_is_an_error(folder: Path) -> None:
    said = run(folder, "check", "--baseline", "gone.json")
    assert said.code == 2
    assert "there is no such baseline" in said.err
