"""Configuration: where it is looked for, how it is merged, and what is said of faults in it."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from smlint.config import ConfigError, Configurations, Options
from smlint.configfile import read_config
from smlint.files import Disk
from smlint.rulebook import load
from smlint.settings import Settings
from tests.repository import LEAST
from tests.test_cli import DAY, TOP, smlint

SCHEMA = json.loads((TOP / "schemas" / "config.schema.json").read_text())


def settings(folder: Path, plan: str = "plan.yaml", **options: Any) -> Settings:
    """What holds for a plan of a folder."""
    configured = Configurations(Disk(), Options(**options))
    return configured.settings[configured.of(str(folder / plan))]


def complaint(folder: Path, text: str, name: str = "smlint.yaml") -> str:
    """What is said of a faulty configuration, without the folder."""
    (folder / name).write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        settings(folder)
    assert caught.value.file.endswith(name)
    return f"{caught.value.line}: {caught.value.problem}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The top of a repository."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "plan.yaml").write_text(LEAST)
    return tmp_path


# Where it is looked for.


def test_without_a_configuration_the_defaults_hold(folder: Path) -> None:
    found = settings(folder)
    assert found._replace(book=None) == Settings(None)  # type: ignore[arg-type]
    assert found.book.fingerprint == load().fingerprint


def test_the_nearest_configuration_upwards_holds(folder: Path) -> None:
    (folder / "smlint.yaml").write_text("gate: {min_level: 2}\n")
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a" / "smlint.yaml").write_text("gate: {min_level: 3}\n")
    (folder / "a" / "pyproject.toml").write_text("[tool.smlint.gate]\nmin_level = 4\n")  # smlint.yaml goes before it
    (folder / "c").mkdir()
    (folder / "c" / "pyproject.toml").write_text("[project]\nname = 'smlint-plans'\n")  # has no table for smlint
    levels = [settings(folder, plan).min_level for plan in ("plan.yaml", "a/b/plan.yaml", "c/plan.yaml")]
    assert levels == [2, 3, 2]


def test_the_top_of_the_repository_ends_the_search(folder: Path) -> None:
    inner = folder / "inner"
    (inner / ".git").mkdir(parents=True)
    (folder / "smlint.yaml").write_text("gate: {min_level: 2}\n")
    assert settings(inner).min_level is None


def test_outside_of_a_repository_the_working_folder_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "smlint.yaml").write_text("gate: {min_level: 2}\n")
    (tmp_path / "a" / "smlint.yaml").write_text("gate: {min_level: 3}\n")
    monkeypatch.chdir(tmp_path / "a")
    assert settings(tmp_path / "a" / "b").min_level == 3
    (tmp_path / "a" / "smlint.yaml").unlink()
    assert settings(tmp_path / "a" / "b").min_level is None


def test_options_go_before_the_configuration(folder: Path) -> None:
    (folder / "smlint.yaml").write_text("lang: nb\ngate: {fail_on: never, min_score: 12.5, min_level: 2}\n")
    (folder / "other.yaml").write_text("lang: en\n")
    assert settings(folder)[1:5] == ("nb", "never", Fraction(25, 2), 2)
    assert settings(folder, fail_on="info", min_level=3)[1:5] == ("nb", "info", Fraction(25, 2), 3)
    assert settings(folder, isolated=True)[1:5] == (None, "error", None, None)
    assert settings(folder, file=str(folder / "other.yaml"))[1:5] == ("en", "error", None, None)


def test_a_configuration_that_is_named_must_be_there(folder: Path) -> None:
    said = smlint("--config", "gone.yaml", cwd=folder)
    assert (said.code, said.err) == (2, "Error: gone.yaml:1: does not exist\n")
    (folder / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert "has no table [tool.smlint]" in smlint("--config", "pyproject.toml", cwd=folder).err


# What it does.


def test_rules_severities_options_and_weights(folder: Path) -> None:
    (folder / "smlint.yaml").write_text(
        "rules:\n"
        "  goal-orphan: off\n"
        "  tone-missing: error\n"
        "  too-many-goals: {severity: info, options: {most: 2}}\n"
        "score:\n  dimensions: {alignment: 30}\n  severities: {error: 5}\n",
        "utf-8",
    )
    option = next(iter(load().rules["too-many-goals"].options))
    (folder / "smlint.yaml").write_text((folder / "smlint.yaml").read_text().replace("most:", f"{option}:"))
    book = settings(folder).book
    assert "goal-orphan" not in book.rules
    assert "goal-orphan" in book.known
    assert book.rules["tone-missing"].severity == (("", "error"),)
    changed = book.rules["too-many-goals"]
    assert (changed.default_severity, changed.options[option]) == ("info", 2)
    assert str(load().rules["too-many-goals"].options[option]) not in str(changed.check)
    assert (book.dimensions["alignment"].weight, book.dimensions["anchoring"].weight) == (30, 16)
    assert dict(book.severities) == {"error": 5, "warning": 2, "info": 1}
    assert book.fingerprint != load().fingerprint


def test_an_option_changes_what_the_rule_says(folder: Path) -> None:
    assert "too-many-goals" not in smlint("plan.yaml", *DAY, cwd=folder).out
    option = next(iter(load().rules["too-many-goals"].options))
    (folder / "smlint.yaml").write_text(f"rules: {{too-many-goals: {{options: {{{option}: 0}}}}}}\n")
    assert "too-many-goals" in smlint("plan.yaml", *DAY, cwd=folder).out


def test_weights_change_the_score_and_a_rule_that_is_off_leaves_it(folder: Path) -> None:
    def total() -> Any:
        return json.loads(smlint("plan.yaml", "--format", "json", *DAY, cwd=folder).out)["files"][0]["score"]

    before = total()
    (folder / "smlint.yaml").write_text("rules: {accessibility-missing: off}\n")
    off = total()
    assert off["total"] > before["total"]
    assert "accessibility-missing" not in {*off["rules"], *off["not_applicable"]}
    (folder / "smlint.yaml").write_text("score: {severities: {error: 30}}\n")
    assert total()["exact"] not in (before["exact"], off["exact"])


def test_a_waiver_for_a_rule_that_is_off_is_unused_not_unknown(folder: Path) -> None:
    (folder / "plan.yaml").write_text(LEAST + "waivers: [{rule: tone-missing, reason: x}]\n")
    (folder / "smlint.yaml").write_text("rules: {tone-missing: off}\n")
    out = smlint("plan.yaml", "--format", "concise", *DAY, cwd=folder).out
    assert "waiver-unused" in out
    assert "waiver-unknown-rule" not in out


def test_overrides_hold_for_their_files_and_later_ones_win(folder: Path) -> None:
    (folder / "smlint.yaml").write_text(
        "gate: {min_level: 2, min_score: 50}\n"
        "overrides:\n"
        "  - files: ['small/**']\n    gate: {min_level: 1}\n    lang: nb\n    rules: {goal-orphan: off}\n"
        "  - files: ['*.draft.yaml']\n    gate: {min_score: 0}\n"
    )
    small, draft, both = (settings(folder, name) for name in ("small/a.yaml", "b.draft.yaml", "small/c.draft.yaml"))
    assert [(s.min_level, s.min_score, s.language) for s in (small, draft, both)] == [
        (1, 50, "nb"), (2, 0, None), (1, 0, "nb"),
    ]  # fmt: skip
    assert ["goal-orphan" in s.book.rules for s in (small, draft, both)] == [False, True, False]


def test_plans_of_one_run_may_have_different_settings(folder: Path) -> None:
    (folder / "b.yaml").write_text(LEAST)
    (folder / "smlint.yaml").write_text("overrides: [{files: [b.yaml], lang: nb, rules: {tone-missing: off}}]\n")
    for jobs in "12":
        report = json.loads(smlint("--format", "json", "--jobs", jobs, *DAY, cwd=folder).out)
        first, second = report["files"]
        assert (first["path"], first["language"], second["path"], second["language"]) == (
            "b.yaml",
            "nb",
            "plan.yaml",
            "en",
        )
        assert report["model"]["rulebook"] is None
        assert first["rulebook"] != second["rulebook"] == load().fingerprint


def test_include_and_exclude(folder: Path) -> None:
    for name in ("plans/a.yaml", "plans/old/b.yaml", "drafts/c.yaml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(LEAST)
    (folder / "smlint.yaml").write_text("include: ['plans/**']\nexclude: [old/]\n")
    report = json.loads(smlint("--format", "json", cwd=folder).out)
    assert [file["path"] for file in report["files"]] == ["plans/a.yaml"]
    assert smlint("drafts/c.yaml", *DAY, cwd=folder).code == 1  # named outright
    hook = json.loads(smlint("drafts/c.yaml", "plans/a.yaml", "--plans-only", "--format", "json", cwd=folder).out)
    assert [file["path"] for file in hook["files"]] == ["plans/a.yaml"]
    assert smlint("drafts/c.yaml", "--plans-only", cwd=folder).code == 0


def test_extends_merges_key_by_key(folder: Path) -> None:
    (folder / "base").mkdir()
    (folder / "base" / "base.yaml").write_text(
        "lang: nb\ngate: {min_level: 2, min_score: 10}\nrules: {goal-orphan: off, tone-missing: error}\n"
        "overrides: [{files: [x.yaml], lang: en}]\nexclude: [x]\nbaseline: b.json\n"
    )
    (folder / "smlint.yaml").write_text("extends: base/base.yaml\ngate: {min_level: 3}\nrules: {goal-orphan: info}\n")
    found = settings(folder)
    assert (found.language, found.min_level, found.min_score) == ("nb", 3, 10)
    assert found.book.rules["goal-orphan"].default_severity == "info"
    assert found.book.rules["tone-missing"].default_severity == "error"
    assert found.baseline == str(folder / "base" / "b.json")
    assert settings(folder, "x.yaml").language == "nb"  # its patterns are relative to its own folder
    assert settings(folder, "base/x.yaml").language == "en"


def test_toml_says_the_same(folder: Path) -> None:
    text = "lang = 'nb'\nexclude = ['x']\ngate.min_score = 12.5\nrules.goal-orphan = 'off'\n"
    (folder / "pyproject.toml").write_text("[tool.smlint]\n" + text)
    found = settings(folder)
    assert (found.language, found.min_score, "goal-orphan" in found.book.rules) == ("nb", Fraction(25, 2), False)
    assert found.source is not None
    assert found.source.endswith("pyproject.toml")


def test_show_config_says_what_holds(folder: Path) -> None:
    (folder / "smlint.yaml").write_text("lang: nb\nrules: {goal-orphan: off, tone-missing: error}\n")
    said = smlint("--show-config", cwd=folder).out
    assert said.startswith("# plan.yaml\n# from smlint.yaml\n")
    shown = yaml.safe_load(said)
    assert shown["rules"] == {"goal-orphan": "off", "tone-missing": {"severity": "error"}}
    assert (shown["lang"], shown["gate"]["fail_on"]) == ("nb", "error")


# What is said of faults.

FAULTS = [
    ("rulez: {}", "1: Unknown key `rulez`; did you mean `rules`?"),
    ("lang: no", "1: `lang` is `no`; it must be one of `en` and `nb`"),
    ("lang: en\ngate:\n  fail-on: error", "3: Unknown key `fail-on`; did you mean `fail_on`?"),
    ("gate: {min_score: 101}", "1: `min_score` is 101; it must lie between 0 and 100"),
    ("gate: {min_level: two}", "1: `min_level` must be a whole number, not text"),
    ("rules:\n  goal-orphan: of", "2: `goal-orphan` is `of`; did you mean `off`?"),
    ("rules:\n  goal-orphn: off", "2: 'goal-orphn' is not a rule; did you mean goal-orphan?"),
    ("rules:\n  goal-orphan:\n    options:\n      x: 1", "4: 'x' is not an option of goal-orphan; it has none"),
    ("score: {dimensions: {alignement: 3}}", "1: 'alignement' is not a dimension; did you mean alignment?"),
    ("score: {dimensions: {alignment: 0}}", "1: `alignment` is 0; it must lie between 1 and 1,000"),
    ("extends: gone.yaml", "1: gone.yaml does not exist"),
    ("extends: smlint.yaml", "1: smlint.yaml extends itself"),
    ("rule_folders: [gone]", "1: gone is not a folder"),
    ("plugins: [no-such-package]", "1: the plugin 'no-such-package' is not installed"),
    ("a: ]", "1: the structure breaks here"),
    ("[]", "1: a configuration is a map of keys"),
    ("overrides: [{lang: en}]", "1: `files` is required"),
    ("exclude: ['!']", "1: not a pattern:"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), FAULTS)
def test_a_fault_is_named_with_its_line(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str) -> None:
    monkeypatch.chdir(folder)
    assert complaint(folder, text).startswith(said)


def test_an_option_has_the_kind_of_its_default(folder: Path) -> None:
    option = next(iter(load().rules["too-many-goals"].options))
    said = complaint(folder, f"rules:\n  too-many-goals: {{options: {{{option}: many}}}}")
    assert said == f"2: {option} must be a number, not text"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tool.smlint]\nlang = 'en'\nrulez = 1\n", "3: Unknown key `rulez`; did you mean `rules`?"),
        ("[tool.other]\nrulez = 1\n\n[tool.smlint.rules]\ngoal-orphn = 'off'\n", "5: 'goal-orphn' is not a rule"),
        ("[tool.smlint\n", "1: cannot be read as TOML: "),
        ("tool = {smlint = 3}\n", "1: tool.smlint is a table"),
        ("[tool.smlint.gate]\nmin_score = 1e999999999\n", "2: `min_score` is 1e999999999; a number must be finite"),
        ("smlint = " + "[" * 100_000, "1: cannot be read as TOML: "),
    ],
)
def test_a_fault_in_toml_is_named_with_its_line(folder: Path, text: str, said: str) -> None:
    assert complaint(folder, text, "pyproject.toml").startswith(said)


SILENT = """extends:
extends: [null]
include:
include: [null]
exclude: [null]
rules:
"rules: {goal-orphan: }"
"rules: {goal-orphan: {severity: }}"
"rules: {goal-orphan: {options: }}"
"rules: {goal-orphan: {options: {x: }}}"
overrides:
overrides: [null]
"overrides: [{files: [plan.yaml], gate: }]"
"overrides: [{files: [plan.yaml, null], rules: {goal-orphan: }}]"
gate:
"gate: {min_score: }"
score:
"score: {dimensions: }"
"score: {severities: }"
"score: {dimensions: {alignment: }}"
lang:
plugins:
plugins: [null]
rule_folders:
rule_folders: [null]
baseline:
$schema:
"""


@pytest.mark.parametrize("text", [line.strip('"') for line in SILENT.splitlines()])
def test_a_key_without_a_value_says_nothing(folder: Path, text: str) -> None:
    (folder / "smlint.yaml").write_text(text)
    found = settings(folder)
    assert found._replace(book=None, source=None) == Settings(None)  # type: ignore[arg-type]
    assert found.book.fingerprint == load().fingerprint


def test_a_key_without_a_value_leaves_what_the_base_says(folder: Path) -> None:
    (folder / "base.yaml").write_text("lang: nb\nrules: {goal-orphan: {severity: info}}\n")
    (folder / "smlint.yaml").write_text("extends: base.yaml\nlang:\nrules: {goal-orphan: {severity: }}\n")
    found = settings(folder)
    assert found.language == "nb"
    assert found.book.rules["goal-orphan"].default_severity == "info"


def test_two_files_that_extend_each_other(folder: Path) -> None:
    (folder / "a.yaml").write_text("extends: smlint.yaml\n")
    (folder / "smlint.yaml").write_text("extends: a.yaml\n")
    with pytest.raises(ConfigError, match=r"a\.yaml:1: smlint\.yaml extends itself"):
        settings(folder)


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b"\x00", b"a: &x [*x]", b"{" * 100_000, b"- " * 600, b"smlint"])
def test_whatever_the_bytes_the_answer_is_one_sentence(folder: Path, raw: bytes) -> None:
    for name in ("smlint.yaml", "pyproject.toml"):
        (folder / name).write_bytes(raw)
        said = smlint("plan.yaml", *DAY, cwd=folder)
        assert (said.code == 2) or (name == "pyproject.toml" and b"smlint" not in raw)
        assert "Traceback" not in said.err
        assert said.err.count("\n") <= 1
        (folder / name).unlink()


# The schema is true to what is accepted: jsonschema as the judge.


@pytest.mark.parametrize("text", [text for text, _ in FAULTS[:6]] + ["overrides: [{lang: en}]"])
def test_the_schema_refuses_what_we_refuse(text: str) -> None:
    document = yaml.load(text.replace("no", "'no'") if text == "lang: no" else text, yaml.BaseLoader)
    assert list(jsonschema.Draft202012Validator(SCHEMA).iter_errors(document))


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"rules": {"a": "off", "b": {"severity": "info", "options": {"x": [1, "a"]}}}, "x-own": 1},
        {"extends": ["a", "b"], "overrides": [{"files": ["*"], "gate": {"min_score": 1.5}}]},
        {"score": {"dimensions": {"alignment": 3}, "severities": {"error": 4}}, "baseline": "b.json"},
    ],
)
def test_the_schema_accepts_what_we_accept(folder: Path, document: Any) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    (folder / "a").write_text("{}")
    (folder / "b").write_text("{}")
    (folder / "c.yaml").write_text(yaml.safe_dump(document))
    assert read_config(Disk(), str(folder / "c.yaml"), "c.yaml") is not None
