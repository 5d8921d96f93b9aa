"""The gate against a git revision, in real repositories: what a change makes worse is stopped, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.repository import LEAST, Gated, Repository

PLAN = "plans/a.yaml"
WORSE = ("statement: Two more industrial customers a year, type: revenue", "statement: Two more customers")
INITIATIVE = "  - {id: I1, title: One repair story a week, goals: [G1],"
GOAL_LESS = "  - {id: I2, title: Quiz, owner: Owner-manager, from: 2027-01-10, to: 2027-02-10, hours: 1}\n"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository with one plan that has findings, on a branch beside main."""
    made = Repository(tmp_path / "repository")
    made.write(PLAN, LEAST)
    made.commit()
    made.git("switch", "--quiet", "--create", "change")
    return made


def worsen(repository: Repository) -> None:
    """Take the only initiative's goal away."""
    repository.edit(PLAN, "goals: [G1], channels: [linkedin], owner", "channels: [linkedin], owner")


def worse(gated: Gated) -> bool:
    """Whether the gate stopped the change that `worsen` makes, for that reason."""
    return gated.code == 1 and any(id.startswith("goal-without-initiative@") for id in gated.ids())


# What a change does to a plan.


def test_legacy_debt_stands(repository: Repository) -> None:
    gated = repository.gate()
    assert (gated.code, gated.ids(), len(gated.ids(new=False)), gated.fixed) == (0, [], 10, [])
    assert repository.smlint("check").code == 1  # without the comparison it counts


def test_a_change_that_fixes_passes_and_says_what_it_fixed(repository: Repository) -> None:
    repository.write(PLAN, LEAST + "tone: {default: informal}\n")
    gated = repository.gate()
    assert (gated.code, gated.ids(), gated.fixed) == (0, [], ["tone-missing@$"])
    change = gated.files[0]["change"]
    assert (change["against"], change["path"], change["level"], change["exact"]) == ("main", PLAN, 2, "12780/143")
    assert gated.files[0]["score"]["total"] > change["total"]


def test_a_change_that_worsens_is_stopped_with_what_where_and_how(repository: Repository) -> None:
    worsen(repository)
    assert worse(repository.gate())
    said = repository.smlint("check", "--since", "main")
    assert said.code == 1
    assert "error goal-without-initiative" in said.out
    assert f"--> {PLAN}:14:5" in said.out
    assert "fix: " in said.out
    assert "score drops from 89.4 to" in said.out
    assert "10 known findings" in said.out
    assert "accessibility-missing" not in said.out  # known, so not repeated


def test_a_lower_score_is_a_regression_without_a_new_error(repository: Repository) -> None:
    repository.edit(PLAN, ", frequency: quarterly", "")
    gated = repository.gate("--fail-on", "never")
    assert gated.code == 1
    assert gated.why[0].startswith("the score drops from 89.4 to ")


def test_a_lower_level_is_a_regression(repository: Repository) -> None:
    repository.edit(PLAN, "sponsor: {role: Owner-manager, level: executive}\n", "")
    assert any("the level drops from 2 to 1" in why for why in repository.gate("--fail-on", "never").why)


def test_reordering_lists_and_keys_changes_nothing(repository: Repository) -> None:
    second = GOAL_LESS.replace("title: Quiz", "title: Quiz, goals: [G1]")
    both = LEAST.replace(INITIATIVE, second + INITIATIVE)
    repository.git("switch", "--quiet", "main")
    repository.write(PLAN, both)
    repository.commit()
    repository.git("switch", "--quiet", "--create", "other")
    line = next(line for line in LEAST.splitlines(keepends=True) if line.startswith(INITIATIVE))
    moved = both.replace(second + line, line + second)
    head, tail = moved.split("objectives:", 1)
    repository.write(PLAN, "# moved\n\n" + head + "objectives:" + tail)
    assert moved != both
    gated = repository.gate()
    assert (gated.code, gated.ids(), gated.fixed) == (0, [], [])


def test_a_new_plan_must_stand_on_its_own(repository: Repository) -> None:
    repository.write("plans/b.yaml", LEAST.replace("LinkedIn for", "Facebook for"))
    gated = repository.gate()
    assert gated.code == 1
    assert len(gated.ids()) == 10
    assert gated.files[1]["change"]["path"] is None


@pytest.mark.parametrize("staged", [True, False])
def test_a_renamed_plan_is_the_same_plan(repository: Repository, staged: bool) -> None:
    new = repository.folder / "elsewhere" / "strategy.yaml"
    new.parent.mkdir()
    (repository.folder / PLAN).rename(new)
    repository.edit("elsewhere/strategy.yaml", "hours: 100, rate", "hours: 101, rate")
    if staged:
        repository.git("add", "--all")
    gated = repository.gate()
    assert (gated.code, gated.ids(), gated.files[0]["change"]["path"]) == (0, [], PLAN)
    assert gated.notes == [f"`{PLAN}` at `main` is now `elsewhere/strategy.yaml`"]


def test_a_plan_that_is_copied_is_new(repository: Repository) -> None:
    repository.write("plans/b.yaml", LEAST)
    assert repository.gate().code == 1


def test_many_plans_that_move_at_once_are_recognised(repository: Repository) -> None:
    repository.git("switch", "--quiet", "main")
    for number in range(12):
        repository.write(f"old/{number}.yaml", LEAST.replace("Two more", f"{number} more"))
    repository.commit()
    repository.git("switch", "--quiet", "--create", "moved")
    repository.git("mv", "old", "new")
    gated = repository.gate()
    assert (gated.code, gated.ids()) == (0, [])
    assert [file["change"]["path"] for file in gated.files[:3]] == ["old/0.yaml", "old/1.yaml", "old/10.yaml"]


def test_a_plan_that_is_deleted_is_told(repository: Repository) -> None:
    repository.write("plans/b.yaml", LEAST)
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--message", "b")
    repository.git("branch", "--force", "main")
    (repository.folder / "plans/b.yaml").unlink()
    gated = repository.gate()
    assert (gated.code, gated.notes) == (0, ["`plans/b.yaml` is a plan at `main` and no longer there"])
    assert repository.gate(PLAN).notes == []  # not asked for


def test_a_syntax_error_stops_whatever_it_was(repository: Repository) -> None:
    repository.write(PLAN, LEAST + "a: [\n")
    gated = repository.gate("--fail-on", "never")
    assert (gated.code, gated.why, gated.fixed) == (1, [f"cannot be judged: {PLAN}"], [])


def test_a_plan_that_could_not_be_read_before_has_only_new_findings(repository: Repository) -> None:
    repository.git("switch", "--quiet", "main")
    repository.write(PLAN, LEAST + "a: [\n")
    repository.commit()
    repository.write(PLAN, LEAST)
    gated = repository.gate()
    assert (gated.code, len(gated.ids())) == (1, 10)


# What a change does to keep a plan from the gate.


def test_a_plan_without_its_key_is_still_checked(repository: Repository) -> None:
    repository.edit(PLAN, "smlint: 1\n", "")
    gated = repository.gate()
    assert (gated.code, [id.split("@")[0] for id in gated.ids()]) == (1, ["not-a-plan"])


def test_a_hook_that_is_handed_a_plan_without_its_key_checks_it(repository: Repository) -> None:
    repository.edit(PLAN, "smlint: 1\n", "")
    repository.write("other.yaml", "a: 1\n")
    gated = repository.gate("--plans-only", PLAN, "other.yaml")
    assert (gated.code, [id.split("@")[0] for id in gated.ids()]) == (1, ["not-a-plan"])


@pytest.mark.parametrize(
    ("file", "text"),
    [(".gitignore", "plans/\n"), ("plans/.gitignore", "*.yaml\n"), ("smlint.yaml", "exclude: [plans]\n")],
)
def test_a_plan_that_is_hidden_is_still_checked(repository: Repository, file: str, text: str) -> None:
    worsen(repository)
    repository.write(file, text)
    gated = repository.gate()
    assert worse(gated)


def test_what_the_revision_passes_by_is_passed_by(repository: Repository) -> None:
    repository.git("switch", "--quiet", "main")
    repository.write("smlint.yaml", "exclude: [drafts]\n")
    repository.write("drafts/a.yaml", "smlint: 1\ntitle: a\n")
    repository.write("tmp/a.yaml", "smlint: 1\ntitle: a\n")
    repository.git("add", "--all")
    repository.write(".gitignore", "tmp/\n")
    repository.commit()
    gated = repository.gate()
    assert [file["path"] for file in gated.files] == [PLAN]


# What a change does to the things that judge it.


def configured(repository: Repository, text: str, name: str = "smlint.yaml") -> None:
    """Put a configuration on main, and start the change from there."""
    repository.git("switch", "--quiet", "main")
    repository.write(name, text)
    repository.commit()
    repository.git("switch", "--quiet", "--create", "from-there")


@pytest.mark.parametrize(
    "loosened",
    [
        "rules: {goal-without-initiative: off}\n",
        "rules: {goal-without-initiative: info}\n",
        "gate: {fail_on: never}\n",
        "overrides: [{files: ['*'], rules: {goal-without-initiative: off}}]\n",
    ],
)
def test_a_change_cannot_loosen_the_gate_that_it_must_pass(repository: Repository, loosened: str) -> None:
    worsen(repository)
    repository.write("smlint.yaml", loosened)
    gated = repository.gate()
    assert worse(gated)
    assert any("smlint.yaml" in note and "once it has landed" in note for note in gated.notes)


def test_a_change_of_the_configuration_is_told_key_by_key(repository: Repository) -> None:
    configured(repository, "gate: {fail_on: error, min_level: 2}\nrules: {tone-missing: error}\n")
    repository.write("smlint.yaml", "gate: {fail_on: never, min_level: 2}\nrules: {tone-missing: off}\n")
    gated = repository.gate()
    assert gated.code == 0
    assert gated.notes == [
        "the change removes the rules `tone-missing`",
        "`smlint.yaml`: the change sets `gate.fail_on` from `error` to `never`; that holds once it has landed",
        "`smlint.yaml`: the change sets `rules.tone-missing` from `error` to `off`; that holds once it has landed",
        "`plans/a.yaml`: with the changed rules the score would be 90.1, not 88.3",
    ]


@pytest.mark.parametrize("text", ["rulez: {}\n", "rules: {no-such-rule: off}\n", "a: ]\n", "extends: gone.yaml\n"])
def test_a_configuration_that_would_stop_the_next_run_does_not_land(repository: Repository, text: str) -> None:
    repository.write("smlint.yaml", text)
    gated = repository.gate()
    assert (gated.code, gated.report) == (2, {})
    assert "smlint.yaml:1: " in gated.err


OWN_RULE = """\
title: {en: The title is short, nb: Tittelen er kort}
why: {en: Short titles are read., nb: Korte titler blir lest.}
fix: {en: Shorten it., nb: Kort den ned.}
source: [HOUSE]
severity: error
level: 2
given: $
options: {most: 3}
check: {pattern: {fields: [title], require: ["/^.{1,60}$/"]}}
message: {en: "{label} has a long title.", nb: "{label} har lang tittel."}
good: {short: "title: x"}
bad: {long: {plan: "title: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", at: [$]}}
"""
LONG = "LinkedIn for a workshop of six people who have a very long title for their plan"


def test_own_rules_are_read_from_the_revision(repository: Repository) -> None:
    repository.git("switch", "--quiet", "main")
    repository.write("house/alignment/title-long.yaml", OWN_RULE)
    configured(repository, "rule_folders: [house]\n")
    (repository.folder / "house/alignment/title-long.yaml").unlink()
    repository.write("house/alignment/other.yaml", OWN_RULE)
    repository.edit(PLAN, "LinkedIn for a workshop of six", LONG)
    gated = repository.gate()
    assert (gated.code, gated.ids()) == (1, ["title-long@$"])
    assert "the change adds the rules `other`" in gated.notes
    assert "the change removes the rules `title-long`" in gated.notes


def test_a_rule_that_crashes_does_not_land(repository: Repository) -> None:
    crashing = OWN_RULE.replace('{pattern: {fields: [title], require: ["/^.{1,60}$/"]}}', "{count: {of: 5}}")
    repository.write("house/alignment/crashes.yaml", crashing)
    repository.write("smlint.yaml", "rule_folders: [house]\n")
    gated = repository.gate()
    assert (gated.code, gated.report) == (2, {})
    assert "house/alignment/crashes.yaml:" in gated.err
    assert "Traceback" not in gated.err


def test_rules_and_configuration_that_are_named_must_stand_at_the_revision(repository: Repository) -> None:
    repository.write("house/alignment/title-long.yaml", OWN_RULE)
    repository.write("loose.yaml", "gate: {fail_on: never}\n")
    for words in (("--rules", "house"), ("--config", "loose.yaml"), ("--baseline", "b.json")):
        gated = repository.gate(*words)
        assert (gated.code, gated.report) == (2, {})
        assert "main" in gated.err


def test_a_baseline_is_read_from_the_revision(repository: Repository) -> None:
    configured(repository, "baseline: base.json\n")
    assert repository.smlint("baseline", ".").code == 0
    repository.git("switch", "--quiet", "main")
    repository.commit()
    worsen(repository)
    assert repository.smlint("baseline", ".", "--quiet").code == 0  # the change absorbs its own findings
    gated = repository.gate()
    assert worse(gated)
    assert any("adds" in note and "`base.json`" in note for note in gated.notes)


# Waivers.

WAIVER = "waivers:\n  - {rule: goal-without-initiative, reason: later}\n"


def test_a_waiver_of_the_change_does_not_open_the_gate(repository: Repository) -> None:
    worsen(repository)
    repository.write(PLAN, (repository.folder / PLAN).read_text() + WAIVER)
    gated = repository.gate()
    assert worse(gated)
    assert any("a waiver for `goal-without-initiative`; it does not open the gate" in note for note in gated.notes)
    waived = [finding["waived"] for finding in gated.files[0]["findings"] if finding["new"]]
    assert not any(waived)


def test_a_comment_is_a_waiver_too(repository: Repository) -> None:
    worsen(repository)
    repository.edit(PLAN, "  - id: G1\n", "  # smlint: waive goal-without-initiative — later\n  - id: G1\n")
    assert worse(repository.gate())


def test_the_revision_may_allow_new_waivers(repository: Repository) -> None:
    configured(repository, "gate: {new_waivers: allow}\n")
    worsen(repository)
    both = WAIVER + "  - {rule: initiative-orphan, reason: later}\n"
    repository.write(PLAN, (repository.folder / PLAN).read_text() + both)
    gated = repository.gate()
    assert (gated.code, gated.why) == (0, [])
    assert gated.files[0]["score"]["total"] < gated.files[0]["change"]["total"]  # a waiver never changes the score
    assert any(
        note.endswith("the change adds or extends a waiver for `goal-without-initiative`") for note in gated.notes
    )


@pytest.mark.parametrize(
    ("before", "after", "opens"),
    [
        ("at: G1, reason: x", "at: G1, reason: x", True),
        ("at: G1, reason: x", "at: G1, reason: another reason", True),
        ("at: G1, reason: x", "reason: x", False),  # widened
        ("reason: x", "at: G1, reason: x", True),  # narrowed
        ("at: G1, reason: x, expires: 2027-06-30", "at: G1, reason: x, expires: 2027-07-31", False),  # prolonged
        ("at: G1, reason: x, expires: 2027-06-30", "at: G1, reason: x", False),
        ("at: G1, reason: x", "at: G1, reason: x, expires: 2027-06-30", True),
        ("at: I1, reason: x", "at: G1, reason: x", False),  # moved
    ],
)
def test_a_waiver_may_not_grow(repository: Repository, before: str, after: str, opens: bool) -> None:
    repository.git("switch", "--quiet", "main")
    block = "waivers:\n  - {{rule: goal-without-initiative, {}}}\n"
    repository.write(PLAN, LEAST + block.format(before))
    repository.commit()
    repository.git("switch", "--quiet", "--create", "grown")
    worsen(repository)
    repository.edit(PLAN, before, after)
    gated = repository.gate()
    assert opens == ("goal-without-initiative@goals[id=G1]" not in _gated(gated))


def _gated(gated: Gated) -> list[str]:
    return [f["id"] for file in gated.files for f in file["findings"] if f["new"] and not f["waived"]]


def test_an_old_comment_does_not_cover_what_a_change_puts_on_its_line(repository: Repository) -> None:
    plan = '{"smlint": 1, "title": "x", "goals": [{"id": "G1", "statement": "s"}]}'
    line = f"{plan} # smlint: waive goal-without-initiative — x\n"
    repository.git("switch", "--quiet", "main")
    repository.write("plans/flow.yaml", line)
    repository.commit()
    repository.edit("plans/flow.yaml", '"s"}]', '"s"}, {"id": "G2", "statement": "t"}]')
    gated = repository.gate("plans/flow.yaml")
    new = [f for f in gated.files[0]["findings"] if f["id"] == "goal-without-initiative@goals[id=G2]"]
    assert [finding["waived"] for finding in new] == [False]


# Git as it is met.


def test_any_revision_will_do(repository: Repository) -> None:
    first = repository.git("rev-parse", "HEAD")
    repository.git("tag", "v1")
    worsen(repository)
    repository.commit()
    for revision in (first, first[:8], "v1", "HEAD~1", "main", "main...", "HEAD^"):
        said = Gated(repository.smlint("check", "--since", revision, "--format", "json"))
        assert worse(said)
    assert repository.smlint("check", "--since", "HEAD").code == 0


def test_a_revision_that_parted_long_ago_is_met_where_it_parted(repository: Repository) -> None:
    repository.git("switch", "--quiet", "main")
    repository.write(PLAN, LEAST + "tone: {default: informal}\n")  # main has become better meanwhile
    repository.commit()
    repository.git("switch", "--quiet", "change")
    assert Gated(repository.smlint("--since", "main", "--format", "json")).ids() == ["tone-missing@$"]
    assert repository.smlint("--since", "main...").code == 0


@pytest.mark.parametrize("revision", ["nope", "--help", "-x", "main:plans", "", "main; id", "v1..main"])
def test_an_unknown_revision_is_an_error(repository: Repository, revision: str) -> None:
    gated = Gated(repository.smlint("check", f"--since={revision}", "--format", "json"))
    assert (gated.code, gated.report) == (2, {})
    assert "Traceback" not in gated.err


def test_a_shallow_clone_says_what_to_fetch(repository: Repository, tmp_path: Path) -> None:
    worsen(repository)
    repository.commit()
    clone = tmp_path / "clone"
    source = repository.folder.as_uri()
    repository.git("clone", "--quiet", "--depth=1", "--branch=change", source, str(clone), cwd=tmp_path)
    shallow = Repository.__new__(Repository)
    shallow.folder = clone
    said = shallow.smlint("check", "--since", "origin/main")
    assert said.code == 2
    assert "is not in this clone, which is shallow: fetch it first" in said.err
    shallow.git("fetch", "--quiet", "--depth=1", "origin", "main:refs/remotes/origin/main")
    assert shallow.smlint("check", "--since", "origin/main").code == 1


def test_from_a_subfolder(repository: Repository) -> None:
    worsen(repository)
    assert worse(repository.gate(cwd="plans"))
    assert worse(repository.gate("../plans/a.yaml", cwd="plans"))


def test_a_hook_s_environment_does_not_matter(repository: Repository) -> None:
    worsen(repository)
    assert worse(repository.gate(cwd="plans", GIT_DIR=".git", GIT_INDEX_FILE="/nowhere", GIT_PREFIX="plans/"))


def test_outside_a_repository(tmp_path: Path, repository: Repository) -> None:
    (tmp_path / "plan.yaml").write_text(LEAST)
    gated = repository.gate(str(tmp_path / "plan.yaml"), PLAN)
    assert gated.code == 2
    assert "is not in a git repository" in gated.err
    assert "is not in the repository" in repository.gate(PLAN, str(tmp_path / "plan.yaml")).err


def test_git_that_cannot_be_run(repository: Repository) -> None:
    gated = repository.gate(PATH="")
    assert (gated.code, "git cannot be run" in gated.err) == (2, True)


def test_standard_input_is_compared_under_its_name(repository: Repository) -> None:
    from tests.test_cli import DAY, smlint

    text = LEAST.replace("goals: [G1], channels: [linkedin], owner", "channels: [linkedin], owner").encode()
    words = ("check", "-", "--stdin-filename", PLAN, "--since", "main", "--format", "json", *DAY)
    assert worse(Gated(smlint(*words, cwd=repository.folder, given=text)))


def test_a_plan_behind_a_link_is_followed_in_the_revision(repository: Repository) -> None:
    repository.git("switch", "--quiet", "main")
    (repository.folder / "link.yaml").symlink_to("plans/a.yaml")
    repository.commit()
    gated = repository.gate("link.yaml")
    assert (gated.code, gated.ids()) == (0, [])


def test_several_processes_give_the_same_answer(repository: Repository) -> None:
    for number in range(6):
        repository.write(f"plans/{number}.yaml", LEAST)
    repository.commit()
    repository.git("branch", "--force", "main")
    worsen(repository)
    said = [repository.smlint("--since", "main", "--format", "json", "--jobs", jobs) for jobs in "12"]
    assert (said[0].code, said[0].out) == (said[1].code, said[1].out)
    assert said[0].code == 1


def test_names_with_odd_characters(repository: Repository) -> None:
    name = 'plans/ø og "tab\t.yaml'
    repository.write(name, LEAST)
    repository.commit()
    repository.git("branch", "--force", "main")
    gated = repository.gate()
    assert (gated.code, len(gated.files)) == (0, 2)
    assert gated.files[1]["change"]["path"] == name
