"""The recipes of docs/ci.md and what they use, run by the programs that will run them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.clients import client
from tests.repository import GIT, LEAST, Repository
from tests.test_cli import TOP, smlint

DOCS = {name: (TOP / "docs" / name).read_text("utf-8") for name in ("ci.md", "configuration.md")}
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
WORSE = ("goals: [G1], channels: [linkedin], owner", "channels: [linkedin], owner")
ENVIRONMENT = {**{key: value for key, value in os.environ.items() if not key.startswith("GITHUB_")}, **GIT}


def blocks(document: str, kind: str, first: str = "") -> list[str]:
    """The code blocks of a page, of one kind, whose first line holds a text."""
    found = [text for language, text in BLOCK.findall(DOCS[document]) if language == kind]
    return [text for text in found if first in text.splitlines()[0]]


def run(*words: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in words],
        cwd=cwd, env={**ENVIRONMENT, **environment}, capture_output=True, text=True, timeout=300,
    )  # fmt: skip


def project(folder: Path) -> None:
    """A copy of the project as git has it, with what is not committed yet."""
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=TOP,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for name in filter(None, names.split("\0")):
        if (TOP / name).is_file() and not name.startswith(("tests/", "bench/")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(TOP / name, folder / name)


@pytest.fixture
def plans(tmp_path: Path) -> Repository:
    """A repository with a plan in plans/, on a branch that makes it worse."""
    made = Repository(tmp_path / "plans-repository")
    made.write("plans/a.yaml", LEAST)
    made.write("plans/other.yaml", "a: 1\n")
    made.commit()
    made.git("switch", "--quiet", "--create", "change")
    return made


# The configurations and commands of the pages.


@pytest.mark.parametrize("text", blocks("ci.md", "yaml", "smlint.yaml") + blocks("configuration.md", "yaml"))
def test_the_configurations_of_the_pages_are_valid(tmp_path: Path, text: str) -> None:
    (tmp_path / "plan.yaml").write_text(LEAST)
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "house-rules").mkdir()
    (tmp_path / "smlint.yaml").write_text("{}")
    text = text.replace("extends: ../../smlint.yaml", "").replace("extends: ../smlint.yaml", "extends: base.yaml")
    (tmp_path / "base.yaml").write_text("{}")
    (tmp_path / "smlint.yaml").write_text(text.replace("plugins: [house-verbs]", ""))
    said = smlint("--show-config", "plan.yaml", cwd=tmp_path)
    assert (said.code, said.err) == (0, "")


def test_the_commands_for_any_ci(plans: Repository) -> None:
    plans.edit("plans/a.yaml", *WORSE)
    plans.git("update-ref", "refs/remotes/origin/main", "main")
    command = next(text for text in blocks("ci.md", "sh") if "origin/main" in text).splitlines()[1]
    said = plans.smlint(*command.split()[1:])
    assert said.code == 1
    assert (plans.folder / "summary.md").read_text("utf-8").startswith("## ❌ Gate closed: new: 2 errors")
    assert (plans.folder / "junit.xml").is_file()


def test_the_commands_for_a_baseline(plans: Repository) -> None:
    commands = next(text for text in blocks("ci.md", "sh") if "baseline plans" in text).splitlines()
    codes = [plans.smlint(*command.split("#")[0].split()[1:]).code for command in commands]
    assert codes == [0, 0, 0, 0]


# pre-commit.


def test_the_hooks_of_pre_commit(tmp_path: Path, plans: Repository) -> None:
    tool = client("venv/bin/pre-commit")
    project(tmp_path / "project")
    hooks = Repository(tmp_path / "project")
    hooks.commit()
    assert run(tool, "validate-manifest", ".pre-commit-hooks.yaml", cwd=hooks.folder).returncode == 0
    home = {"PRE_COMMIT_HOME": str(tmp_path / "home")}
    config = blocks("ci.md", "yaml", ".pre-commit-config.yaml")[0]
    config = config.replace("https://example.org/smlint", str(hooks.folder)).replace(
        "v0.1.0", hooks.git("rev-parse", "HEAD")
    )
    plans.write(".pre-commit-config.yaml", config)
    plans.write("package.json", "{}")
    plans.git("add", "--all")
    plans.git("commit", "--quiet", "--message", "hooks")
    fine = run(tool, "run", "--all-files", cwd=plans.folder, **home)
    assert fine.returncode == 0, (
        fine.stdout + fine.stderr
    )  # legacy findings stand; files that are no plans do not matter
    plans.edit("plans/a.yaml", *WORSE)
    plans.git("add", "--all")
    said = run(tool, "run", cwd=plans.folder, **home)
    assert said.returncode == 1
    assert "goal-without-initiative" in said.stdout
    assert "fix: " in said.stdout


# GitHub.


def workflows() -> list[str]:
    return blocks("ci.md", "yaml", ".github/workflows/")


@pytest.mark.parametrize("number", range(len(workflows())))
def test_the_workflows_please_actionlint_and_zizmor(tmp_path: Path, number: int) -> None:
    actionlint, zizmor = client("venv/bin/actionlint"), client("venv/bin/zizmor")
    made = Repository(tmp_path)
    project(tmp_path)
    text = workflows()[number].replace("your-organisation/smlint@v0.1.0", "./")  # so that its inputs are checked
    file = made.write(".github/workflows/plans.yml", text)
    said = run(actionlint, "-no-color", file, cwd=tmp_path)
    assert (said.returncode, said.stdout) == (0, "")
    said = run(zizmor, "--offline", "--no-progress", "--format=json", file, cwd=tmp_path)
    found = {each["ident"] for each in json.loads(said.stdout)}
    # A recipe names versions by tag, as people read them; and "./" is ours.
    assert found <= {"unpinned-uses", "self-repository", "concurrency-limits", "anonymous-definition"}


def test_the_action_pleases_zizmor_and_its_schema() -> None:
    zizmor, check = client("venv/bin/zizmor"), client("venv/bin/check-jsonschema")
    said = run(zizmor, "--offline", "--no-progress", "action.yml", cwd=TOP)
    assert said.returncode == 0, said.stdout
    assert run(check, "--builtin-schema", "vendor.github-actions", "action.yml", cwd=TOP).returncode == 0


@pytest.mark.parametrize("worse", [False, True])
def test_the_ratchet_runs_in_act(tmp_path: Path, plans: Repository, worse: bool) -> None:
    act = client("venv/bin/act")
    project(plans.folder / "smlint-action")
    workflow = workflows()[0].replace("your-organisation/smlint@v0.1.0", "./smlint-action")
    workflow = workflow.replace("on: pull_request", "on: push")
    plans.write(".github/workflows/plans.yml", workflow)
    plans.git("switch", "--quiet", "main")
    plans.commit()
    if worse:
        plans.edit("plans/a.yaml", *WORSE)
    else:
        plans.edit("plans/a.yaml", "smlint: 1\n", "# moved\n\nsmlint: 1\n")
    plans.commit()
    words = ("push", "-P", "ubuntu-latest=-self-hosted", "--action-offline-mode", "--cache-server-addr", "127.0.0.1",
             "--artifact-server-addr", "127.0.0.1")  # fmt: skip
    said = run(act, *words, cwd=plans.folder, HOME=str(tmp_path), XDG_CACHE_HOME=str(tmp_path / "cache"))
    text = said.stdout + said.stderr
    assert said.returncode == (1 if worse else 0), text
    assert ("title=goal-without-initiative" in text or "goal-without-initiative" in text) == worse
    assert "gate=fail" in text or "::set-output:: gate=fail" in text or not worse


# GitLab.


def test_the_template_for_gitlab_pleases_its_schema() -> None:
    check = client("venv/bin/check-jsonschema")
    words = ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", "ci/gitlab.yml")
    assert run(check, *words, cwd=TOP).returncode == 0


@pytest.mark.parametrize("worse", [False, True])
def test_the_script_for_gitlab_does_what_it_says(plans: Repository, worse: bool) -> None:
    job = yaml.safe_load((TOP / "ci" / "gitlab.yml").read_text("utf-8"))["smlint"]
    base = plans.git("rev-parse", "main")
    if worse:
        plans.edit("plans/a.yaml", *WORSE)
        plans.commit()
    script = "\n".join(job["script"]).replace(".smlint-venv/bin/smlint", f"{sys.executable} -m smlint")
    variables = {
        "SMLINT_PATHS": "plans",
        "SMLINT_OPTIONS": "--as-of 2027-01-15",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
    }
    said = run("bash", "-euo", "pipefail", "-c", script, cwd=plans.folder, **variables)
    assert said.returncode == (1 if worse else 0), said.stderr
    entries = json.loads((plans.folder / "gl-code-quality-report.json").read_text("utf-8"))
    assert ("goal-without-initiative" in {entry["check_name"] for entry in entries}) == worse
    assert (plans.folder / "smlint-junit.xml").is_file()


def test_the_script_of_the_action_without_act(plans: Repository, tmp_path: Path) -> None:
    plans.edit("plans/a.yaml", *WORSE)
    bin = tmp_path / "bin"
    bin.mkdir()
    (bin / "smlint").write_text(
        f'#!/bin/sh\ncommand=$1; shift; exec "{sys.executable}" -m smlint $command --as-of 2027-01-15 "$@"\n'
    )
    (bin / "smlint").chmod(0o755)
    files = {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary"), "GITHUB_OUTPUT": str(tmp_path / "output")}
    environment = {"PATH": f"{bin}:{os.environ['PATH']}", "RUNNER_TEMP": str(tmp_path), **files}
    words = {"SINCE": "main", "PATHS": "plans/a.yaml\nplans/other.yaml", "SARIF": "out.sarif", "MIN_LEVEL": "1"}
    said = run("bash", TOP / "ci" / "action.sh", cwd=plans.folder, **environment, **words)
    assert said.returncode == 1
    assert "::error title=goal-without-initiative,file=plans/a.yaml" in said.stdout
    assert (tmp_path / "output").read_text() == "gate=fail\nsarif=out.sarif\n"
    assert "goal-without-initiative" in (tmp_path / "summary").read_text("utf-8")
    hostile = {
        "SINCE": "main; touch pwned",
        "PATHS": "$(touch pwned)\n--version\nplans/a.yaml",
        "FAIL_ON": "`touch pwned`",
    }
    said = run("bash", TOP / "ci" / "action.sh", cwd=plans.folder, **environment, **hostile)
    assert said.returncode == 2
    assert not (plans.folder / "pwned").exists()
