"""The command line as the contract has it: default command, discovery, exit codes, outputs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent
DAY = ("--as-of", "2027-01-15")
GOOD = str(TOP / "examples" / "customer-service.yaml")
DRAFT = str(TOP / "examples" / "customer-service-first-draft.yaml")
LEAST = str(TOP / "examples" / "least.yaml")


class Said:
    """What a run of smlint printed, and its exit code."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err


def smlint(*words: str, cwd: Path | None = None, given: bytes = b"", **environment: str) -> Said:
    """Run the real program in a process of its own."""
    run = subprocess.run(
        [sys.executable, "-m", "smlint", *words],
        cwd=cwd or TOP,
        input=given,
        capture_output=True,
        env={**os.environ, "PYTHONUTF8": "1", "COLUMNS": "80", **environment},
        timeout=60,
    )
    return Said(run.returncode, run.stdout.decode(), run.stderr.decode())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one plan, one file that is none, and things to pass by."""
    plan = (TOP / "examples" / "least.yaml").read_text()
    (tmp_path / "plan.yaml").write_text(plan)
    (tmp_path / "other.yaml").write_text("a: 1\n")
    (tmp_path / "note.txt").write_text("smlint: 1\n")
    (tmp_path / ".hidden.yaml").write_text(plan)
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "plan.yaml").write_text(plan)
    return tmp_path


# The default command.


@pytest.mark.parametrize("words", [(GOOD,), ("check", GOOD), ("--format", "text", GOOD), (GOOD, "--format=text")])
def test_check_is_the_default_command(words: tuple[str, ...]) -> None:
    said = smlint(*words, *DAY)
    assert said.code == 0
    assert said.out.splitlines()[-1] == "Level 5 Integrated · 100.0 of 100 points · ambition: level 4 · gate open"


def test_no_path_means_the_current_folder(folder: Path) -> None:
    said = smlint("--format", "concise", cwd=folder)
    assert said.code == 1
    assert said.out.startswith("plan.yaml:1:1: error accessibility-missing ")


def test_a_path_with_the_name_of_a_command_is_written_with_a_dot(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "plan.yaml").write_bytes(Path(GOOD).read_bytes())
    assert smlint("./rules", *DAY, cwd=tmp_path).code == 0
    assert "goal-orphan" in smlint("rules", cwd=tmp_path).out


def test_standard_input_has_the_name_that_it_is_given() -> None:
    said = smlint("-", "--stdin-filename", "plans/new.yaml", "--format=concise", given=b"smlint: 1\ntitel: x\n")
    assert said.code == 1
    assert "plans/new.yaml:2:1: error unknown-key Unknown key `titel`; did you mean `title`?" in said.out


def test_version_and_help() -> None:
    assert smlint("--version").out == "smlint 0.1.0\n"
    said = smlint("--help").out
    assert all(name in said for name in ("check", "score", "rules", "explain", "test-rules", "schema"))


def test_a_mistyped_command_is_recognised() -> None:
    said = smlint("chek")
    assert said.code == 2
    assert "'chek' is neither a file nor a command; did you mean check?" in said.err


# What is checked.


def test_folders_are_searched_and_the_rest_is_counted(folder: Path) -> None:
    report = json.loads(smlint(".", "--format=json", cwd=folder).out)
    assert [file["path"] for file in report["files"]] == ["plan.yaml"]
    assert report["skipped"] == 1


def test_ignored_files_are_not_searched(folder: Path) -> None:
    (folder / ".git").mkdir()
    (folder / ".gitignore").write_text("drafts/\n*.tmp.yaml\n!keep.tmp.yaml\n")
    for name in ("drafts", "deep"):
        (folder / name).mkdir()
        (folder / name / "plan.yaml").write_bytes(Path(LEAST).read_bytes())
    (folder / "deep" / ".gitignore").write_text("plan.yaml\n")
    (folder / "a.tmp.yaml").write_bytes(Path(LEAST).read_bytes())
    (folder / "keep.tmp.yaml").write_bytes(Path(LEAST).read_bytes())
    report = json.loads(smlint(".", "--format=json", cwd=folder).out)
    assert [file["path"] for file in report["files"]] == ["keep.tmp.yaml", "plan.yaml"]
    # From a folder below, the repository's .gitignore holds as well.
    assert smlint("drafts/plan.yaml", cwd=folder).code == 1  # named outright
    assert "nothing to check" in smlint(".", cwd=folder / "deep").err


def test_links_that_lead_in_circles_or_outside_are_passed_by(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.yaml"
    outside.write_bytes(Path(LEAST).read_bytes())
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "secret.yaml").symlink_to(outside)
    (folder / "alias.yaml").symlink_to(folder / "plan.yaml")
    report = json.loads(smlint(".", "--format=json", cwd=folder).out)
    assert [file["path"] for file in report["files"]] == ["alias.yaml", "plan.yaml"]


def test_a_found_file_that_cannot_be_parsed_counts_when_it_mentions_the_key(folder: Path) -> None:
    (folder / "broken.yaml").write_text("smlint: 1\ntitle: [\n")
    (folder / "broken.json").write_text('{"a": 1, "smlint" : 1,\n')
    (folder / "no-plan.yaml").write_text("smlint_like: [\n")
    (folder / "wide.yaml").write_bytes("smlint: 1\ntitle: [\n".encode("utf-16"))
    report = json.loads(smlint(".", "--format=json", cwd=folder).out)
    assert [file["path"] for file in report["files"]] == ["broken.json", "broken.yaml", "plan.yaml", "wide.yaml"]
    assert report["skipped"] == 2
    assert report["summary"]["why"][0] == "cannot be judged: broken.json, broken.yaml and wide.yaml"


def test_a_file_named_outright_is_meant_to_be_a_plan(folder: Path) -> None:
    said = smlint("other.yaml", "--format=concise", cwd=folder)
    assert said.code == 1
    assert said.out.startswith("other.yaml:1:1: error not-a-plan ")


def test_plans_only_treats_named_files_like_found_ones(folder: Path) -> None:
    assert smlint("--plans-only", "other.yaml", cwd=folder).code == 0
    assert "nothing was checked" in smlint("--plans-only", "other.yaml", cwd=folder).err
    assert smlint("--plans-only", "other.yaml", "plan.yaml", cwd=folder).code == 1
    assert smlint("--plans-only", "nowhere.yaml", cwd=folder).code == 2


def test_a_file_is_checked_once_however_often_it_is_named(folder: Path) -> None:
    report = json.loads(smlint("plan.yaml", ".", "./plan.yaml", "--format=json", cwd=folder).out)
    assert [file["path"] for file in report["files"]] == ["plan.yaml"]


# Exit codes.


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((GOOD,), 0),
        ((DRAFT,), 1),
        ((DRAFT, "--fail-on", "never"), 0),
        ((LEAST, "--fail-on", "warning"), 1),
        ((LEAST, "--ignore", "error", "--fail-on", "error"), 0),
        ((LEAST, "--select", "alignment"), 0),
        ((GOOD, "--fail-on", "info"), 0),
        ((GOOD, "--min-score", "100", "--min-level", "5"), 0),
        ((LEAST, "--ignore", "error", "--min-score", "89.3706"), 0),
        ((LEAST, "--ignore", "error", "--min-score", "89.3707"), 1),
        ((LEAST, "--ignore", "error", "--min-level", "3"), 1),
        (("nowhere.yaml",), 2),
        (("/dev/zero",), 2),
        ((GOOD, "nowhere.yaml"), 2),
        ((DRAFT, "nowhere.yaml"), 2),
        ((GOOD, "--fail-on", "fatal"), 2),
        ((GOOD, "--min-score", "101"), 2),
        ((GOOD, "--min-score", "nan"), 2),
        ((GOOD, "--as-of", "2027-02-30"), 2),
        ((GOOD, "--select", "no-such-rule"), 2),
        ((GOOD, "--no-such-option"), 2),
        ((GOOD, "--output", "report.unknown"), 2),
        ((GOOD, "--output", "json=/nowhere/report.json"), 2),
        ((GOOD, "--rules", "nowhere"), 2),
        (("explain", "no-such-rule"), 2),
        (("score",), 2),
        (("score", "nowhere.yaml"), 2),
        (("score", GOOD), 0),
        (("score", DRAFT), 0),
        (("schema", "nonsense"), 2),
    ],
)
def test_exit_codes(words: tuple[str, ...], code: int) -> None:
    own = DAY if words[0] in (GOOD, DRAFT, LEAST) and "--as-of" not in words else ()
    assert smlint(*words, *own).code == code


def test_what_cannot_be_parsed_closes_the_gate_whatever_is_asked(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("smlint: 1\na: [\n")
    for words in (("--fail-on", "never"), ("--ignore", "error"), ("--select", "alignment")):
        said = smlint("broken.yaml", *words, cwd=tmp_path)
        assert (said.code, "cannot be judged: broken.yaml" in said.out) == (1, True)


def test_a_level_beyond_the_profile_is_not_asked_for() -> None:
    said = smlint(LEAST, "--ignore", "error", "--min-level", "5", *DAY)
    assert said.code == 1
    assert "level 5 was asked for, but 4 is the highest that this profile can reach" in said.out
    assert said.out.splitlines()[-1].endswith("gate closed: level 2 is below 4")


def test_thresholds_are_told_with_decimals_enough_to_differ() -> None:
    said = smlint(LEAST, "--ignore", "error", "--min-score", "89.3707", *DAY)
    assert said.out.splitlines()[-1].endswith("gate closed: score 89.3706 is below 89.3707")


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_checked(folder: Path) -> None:
    os.mkfifo(folder / "pipe.yaml")
    said = smlint("pipe.yaml", "plan.yaml", "--format=concise", "--lang=nb", cwd=folder)
    assert said.code == 2
    assert "smlint: pipe.yaml er ikke en vanlig fil" in said.err
    assert "plan.yaml:1:1: feil accessibility-missing" in said.out
    assert "kvalitetsport stengt" in said.out


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is full")
@pytest.mark.parametrize(
    "words", [("check", GOOD), ("score", GOOD), ("rules",), ("schema",), ("--version",), ("--help",)]
)
def test_a_full_disk_is_said_in_a_sentence(words: tuple[str, ...]) -> None:
    with open("/dev/full", "wb") as full:
        run = subprocess.run([sys.executable, "-m", "smlint", *words], stdout=full, stderr=subprocess.PIPE, cwd=TOP)
    assert 2 == run.returncode
    assert "Error: standard output: cannot be written: No space left on device\n" == run.stderr.decode()


def interruptible() -> None:
    """What runs in the background has Ctrl-C switched off, and hands that on."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_an_interrupted_run_ends_with_130() -> None:
    words = [sys.executable, "-m", "smlint", "check", "-", "--stdin-filename", "plan.yaml"]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=interruptible
    ) as run:
        time.sleep(1.5)  # it waits for the plan, of which nothing will come
        run.send_signal(signal.SIGINT)
        assert 130 == run.wait(30)
        assert run.stderr is not None
        assert b"Traceback" not in run.stderr.read()


def test_a_reader_that_closes_the_pipe_changes_nothing() -> None:
    for example, code in ((GOOD, 0), (DRAFT, 1)):
        words = [sys.executable, "-m", "smlint", example, *DAY]
        run = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.close()
        assert (run.stderr.read(), run.wait()) == (b"", code)
        run.stderr.close()


# Outputs.


def test_outputs_go_to_files_too(tmp_path: Path) -> None:
    said = smlint(DRAFT, "--format=concise", "--output", "report.json", "--output", "table=t.out", *DAY, cwd=tmp_path)
    assert said.code == 1
    assert json.loads((tmp_path / "report.json").read_text())["summary"]["gate"] == "fail"
    assert (tmp_path / "t.out").read_text().startswith("Social media plan 2027")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.json", "t.out"]


def test_every_format_is_well_formed_without_findings_and_with_nothing_found(tmp_path: Path) -> None:
    for format in ("text", "concise", "table", "json"):
        assert smlint(GOOD, "--format", format, *DAY).code == 0
    report = json.loads(smlint(".", "--format=json", cwd=tmp_path).out)
    assert (report["files"], report["summary"]["gate"]) == ([], "fail")


def test_colour_follows_option_and_environment() -> None:
    assert "\x1b[" not in smlint(DRAFT).out
    assert "\x1b[" in smlint(DRAFT, "--color=always").out
    assert "\x1b[" in smlint(DRAFT, FORCE_COLOR="1").out
    assert "\x1b[" not in smlint(DRAFT, FORCE_COLOR="1", NO_COLOR="1").out
    assert "\x1b[" not in smlint(DRAFT, "--color=never", FORCE_COLOR="1").out


def test_quiet_leaves_the_closing_line_out() -> None:
    assert smlint(GOOD, "--quiet", *DAY).out == ""
    assert len(smlint(LEAST, "--quiet", "--format=concise", *DAY).out.splitlines()) == 10


def test_statistics_count_the_findings_per_rule() -> None:
    said = smlint(DRAFT, "--format=concise", "--statistics", *DAY)
    assert "4  error    baseline-missing" in said.out.replace("  error  ", "  error    ")


def test_lines_stay_within_eighty_columns() -> None:
    for example in (GOOD, DRAFT, LEAST):
        for language in ("en", "nb"):
            for words in ((example,), ("score", example, "--explain")):
                lines = smlint(*words, "--lang", language, *DAY).out.splitlines()[:-1]
                too_long = [line for line in lines if len(line) > 80 and "-->" not in line and ".yaml:" not in line]
                assert too_long == []


def test_json_is_the_same_with_several_processes() -> None:
    one = smlint("examples", "--format=json", *DAY)
    two = smlint("examples", "--format=json", "--jobs=2", *DAY)
    assert (one.out, one.code) == (two.out, two.code)


def test_hostile_names_and_texts_do_not_act_on_the_terminal(tmp_path: Path) -> None:
    plan = 'smlint: 1\ntitle: "\\e[31mred\\a \\u202e"\nowner: {role: "all\\e]0;x\\a"}\ngoals: [{id: "G\\e[2J"}]\n'
    (tmp_path / "a\x1b[31m.yaml").write_text(plan)
    for format in ("text", "concise", "table"):
        said = smlint(".", "--format", format, cwd=tmp_path)
        assert said.code == 1
        assert not set("\x1b\x07\u202e") & set(said.out)
    assert not set("\x1b\x07\u202e") & set(smlint("score", ".", "--explain", cwd=tmp_path).out)


# The other commands.


def test_rules_lists_every_rule_in_both_languages() -> None:
    english, norwegian = smlint("rules").out, smlint("rules", "--lang", "nb").out
    listed = json.loads(smlint("rules", "--format=json").out)
    assert len(listed) == 80
    assert all(rule["id"] in english and rule["id"] in norwegian for rule in listed)
    assert "Every goal has an initiative" in english
    assert "| `goal-orphan` | error | 2 |" in smlint("rules", "--format=markdown").out


def test_explain_tells_why_and_shows_examples() -> None:
    said = smlint("explain", "share-chain-unresolved").out
    assert all(word in said for word in ("Why", "What to do", "Good", "Bad", "Sources", "exempt"))
    assert "Hvorfor" in smlint("explain", "share-chain-unresolved", "--lang", "nb").out
    facts = json.loads(smlint("explain", "share-chain-unresolved", "--format=json").out)
    assert (facts["level"], facts["dimension"]) == (3, "measurement")
    assert smlint("explain", "share-chain-unresolved", "--format=markdown").out.startswith("# share-chain-unresolved")
    assert "structural diagnostic" in smlint("explain", "duplicate-key").out


def test_schema_prints_each_schema_and_where_it_lies() -> None:
    for name in ("plan", "rule", "dimensions", "report"):
        assert json.loads(smlint("schema", name).out)["title"] == f"smlint {name}"
        assert Path(smlint("schema", name, "--path").out.strip()).is_file()
    assert smlint("schema").out == smlint("schema", "plan").out


def test_score_tells_the_way_to_the_next_level_and_the_ledger() -> None:
    said = smlint("score", LEAST, "--explain", *DAY).out
    assert "Level 2 of 5: Present" in said
    assert "To reach level 3 (Anchored), mend " in said
    assert "= 100, exactly" in said
    assert "The score describes the written plan, not the practice." in said
    assert "K2: 40 % of 30 % = 12 % of 200,000" in smlint("score", GOOD, *DAY).out


def test_an_internal_error_is_one_sentence() -> None:
    code = "import smlint.cli as c, smlint.discovery as d\nd.sources = lambda *_: 1 / 0\nc.main(['check'])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=TOP)
    assert (run.returncode, run.stderr.count("\n"), "Traceback" in run.stderr) == (2, 1, False)
    assert "ZeroDivisionError" in run.stderr


def test_a_command_imports_only_what_it_needs() -> None:
    code = (
        "import sys\nimport smlint.cli as c\n"
        "try:\n    c.main(sys.argv[1:])\nexcept SystemExit:\n    print(*sys.modules, file=sys.stderr)"
    )
    never = {"jsonschema", "importlib.metadata", "importlib.resources", "multiprocessing", "dataclasses", "hashlib"}
    for words, besides in (
        ((GOOD, *DAY), {"tabulate", "zoneinfo", "pathspec", "tempfile"}),
        ((DRAFT, *DAY), {"tabulate", "pathspec", "tempfile"}),
        (("--version",), {"yaml", "smlint.report", "tabulate"}),
    ):
        run = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, cwd=TOP)
        assert set(run.stderr.split()) & (never | besides) == set()
