"""What a stranger may send, and what luck may break: every run ends with 0, 1 or 2, in bounded time and memory, and
without a traceback. docs/security.md promises it, line by line; here it is held."""

# ruff: noqa: E501 (the tables are read down, not across)

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smlint.baseline import BaselineError, read_baseline
from smlint.config import ConfigError, Configurations
from smlint.discovery import Unreadable, read, read_bytes, sources
from smlint.files import Disk
from smlint.format import Schema, plan_schema, says_something
from smlint.plan import Limits
from smlint.report import judge
from smlint.rulebook import RuleError, load
from smlint.settings import Settings

HEAD = "smlint: 1\ntitle: x\n"
DAY = date(2027, 1, 15)
MEMORY = 1_500_000_000  # bytes of address space
SECONDS = 100  # of CPU: ten times what the slowest takes, for a machine that is slow


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def run(*words: str, cwd: Path, **more: str) -> subprocess.CompletedProcess[bytes]:
    """smlint within limits of time and memory; it must end well whatever comes."""
    done = subprocess.run(
        [sys.executable, "-m", "smlint", *words], cwd=cwd, capture_output=True, preexec_fn=limited,
        env={**os.environ, **more}, stdin=subprocess.DEVNULL, timeout=300,
    )  # fmt: skip
    assert done.returncode in (0, 1, 2), done.stderr.decode(errors="replace")[-500:]
    assert b"Traceback" not in done.stderr
    assert b"internal error" not in done.stderr
    return done


PLANS: dict[str, tuple[Callable[[], str | bytes], str]] = {
    "billion laughs": (
        lambda: HEAD + "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30)),
        "alias-limit",
    ),
    "100,000 lists inside each other": (lambda: HEAD + "x-a: " + "[" * 100_000 + "]" * 100_000, "too-deep"),
    "the same in JSON": (lambda: '{"smlint": 1, "title": "x", "x-a": ' + "[" * 100_000, "too-deep"),
    "maps inside each other by indent": (lambda: HEAD + "".join(" " * n + "a:\n" for n in range(1, 3000)), "syntax-error"),
    "50 MB of one line": (lambda: HEAD + "x-a: " + "a" * 50_000_000, "too-large"),
    "19 MB of one line": (lambda: HEAD + "x-a: " + "a" * 19_000_000, "sponsor-missing"),
    "a million keys of one's own": (lambda: HEAD + "".join(f"x-k{n}: 1\n" for n in range(1_000_000)), "sponsor-missing"),
    "50,000 unknown keys": (lambda: HEAD + "".join(f"gaols{n}: 1\n" for n in range(50_000)), "unknown-key"),
    "a million aliases": (lambda: HEAD + "x-a: &a 1\nx-b: [" + "*a," * 1_000_000 + "]\n", "alias-limit"),
    "the same key 200,000 times": (lambda: HEAD + "title: x\n" * 200_000, "duplicate-key"),
    "a key of 5 MB": (lambda: HEAD + "? " + "k" * 5_000_000 + "\n: 1\n", "unknown-key"),
    "NUL bytes": (lambda: HEAD.encode() + b"x-a: \0\0\n", "syntax-error"),
    "a lone surrogate": (lambda: HEAD.encode() + b"x-a: \xed\xa0\x80\n", ""),
    "an escaped lone surrogate": (lambda: HEAD + 'title: "\\ud800"\n', ""),
    "half of a UTF-16 file": (lambda: HEAD.encode("utf-16")[:-1], ""),
    "integers of 10,000 digits": (lambda: HEAD + f"investment: {{total: {{hours: {'9' * 10_000}, money: -{'9' * 99_999}}}}}\n", ""),
    "numbers without end": (lambda: HEAD + "investment: {total: {hours: 1e999999999, money: 1e-999999999}}\n", ""),
    "NaN and infinities": (lambda: HEAD + "investment: {total: {hours: .nan, money: .inf}, people: [{hours: -.inf}]}\n", ""),
    "days that never come": (lambda: HEAD + "period: {from: 9999-99-99, to: 0000-00-00}\nreview: {next: 9999-12-31, every_months: 999999999}\n", ""),
    "an anchor inside itself": (lambda: HEAD + "x-a: &a [*a]\n", "alias-limit"),
    "a merge of itself": (lambda: HEAD + "x-a: &a {b: 1, <<: *a}\n", "alias-limit"),
    "a chain of 5,000 merges": (
        lambda: HEAD + "x-m0: &m0 {k: 1}\n" + "".join(f"x-m{n}: &m{n} {{<<: *m{n - 1}, k{n}: 1}}\n" for n in range(1, 5000)),
        "alias-limit",
    ),
    "Python's own tags": (lambda: HEAD + "x-a: !!python/object/apply:os.system [touch hacked]\n", ""),
    "a tag that includes": (lambda: HEAD + "x-a: !include /etc/passwd\n", ""),
    "percentages of each other, 5,000 deep": (
        lambda: HEAD + "goals:\n- id: G1\n  success_criteria:\n" + "".join(f"  - {{id: K{n}, unit: percent, of: K{n + 1}}}\n" for n in range(5_000)),
        "share-chain-unresolved",
    ),
    "percentages in a ring": (
        lambda: HEAD + "goals:\n- id: G1\n  success_criteria: [{id: K1, metric: reach, unit: percent, target: 3, of: K2}, {id: K2, metric: reach, unit: percent, target: 3, of: K1}]\n",
        "share-chain-unresolved",
    ),
    "hours of 200,000 parts": (lambda: HEAD + f"channels:\n- {{id: c, service_hours: '{'Mon 08:00-16:00; ' * 200_000}'}}\n", ""),
    "30,000 waivers in comments": (lambda: HEAD + "# smlint: waive sponsor-missing — x\n" * 30_000, ""),
    "nothing": (lambda: "", "not-a-plan"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, ""),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_by_a_stranger(name: str, tmp_path: Path) -> None:
    make, expected = PLANS[name]
    content = make()
    (tmp_path / "plan.yaml").write_bytes(content.encode() if isinstance(content, str) else content)
    done = run("plan.yaml", "--format", "concise", "--as-of", "2027-01-15", cwd=tmp_path)
    assert done.returncode == 1
    assert expected.encode() in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["plan.yaml"]  # nothing was run, nothing was written


# Files that are none


def every_text(node: Schema, text: str) -> Any:
    """A plan, or a part of one, in which everything that an author words freely is this text."""
    if "object" in node.types:
        keys = {key: every_text(inner, text) for key, inner in node.properties.items()}
        return {key: inner for key, inner in keys.items() if inner is not None}
    if node.items:
        return [] if (inner := every_text(node.items, text)) is None else [inner]
    return text if node.fits is says_something and not node.refs else None


@pytest.mark.parametrize("repeated", ["!", " ", " !", "`a", "\\", "advertising "])
def test_texts_that_are_long_and_odd(repeated: str, tmp_path: Path) -> None:
    """What takes time as the square of a text's length takes minutes here."""
    text = "a" + repeated * (150_000 // len(repeated)) + "a"
    plan = every_text(plan_schema(), text) | {"smlint": 1}
    assert len(plan) > 15
    assert plan["audiences"][0]["description"] == plan["goals"][0]["success_criteria"][0]["name"] == text
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    done = run("plan.json", "--format", "concise", "--as-of", "2027-01-15", cwd=tmp_path)
    assert done.returncode == 1
    assert b"wrong-type" not in done.stdout


CIRCLES = """
import datetime, gc, sys
from smlint.light import lighten
from smlint.report import judge
from smlint.rulebook import load
from smlint.settings import Settings
from smlint.stored import compact, restored, stored

def go():
    for file in sys.argv[1:]:
        report = judge("plan.yaml", open(file, "rb").read(), settings, datetime.date(2027, 1, 15))
        found = [(finding.message("en"), finding.fix("nb")) for finding in report.findings]
        if report.score:
            restored("plan.yaml", stored(report), settings).score.next_level
            compact(report).score.best

settings = Settings(load())
gc.disable()
for step in (int, int, lighten, int, int):
    step()
    for _ in range(20):
        go()
    found = gc.collect()
print(found)
"""


def test_judging_leaves_no_circles_of_objects(tmp_path: Path) -> None:
    """Commands do without the collection of garbage, and must not need it."""
    odd = [
        b"a: [", b"smlint: 1\na: &x [*x]", b"smlint: 1\n" + b"[" * 300, b"smlint: 1\ntitle: &a {b: 1}\nc: *a", b"\xff\0",
        b"smlint: 1\na: 1\na: 2", b"smlint: 1\ngoals: {<<: [{}, 3]}", b"smlint: 1\nperiod: {from: x, form: 2027-02-30}",
    ]  # fmt: skip
    for number, raw in enumerate(odd):
        (tmp_path / f"{number}.yaml").write_bytes(raw)
    examples = sorted((Path(__file__).parent.parent / "examples").glob("*.yaml"))
    files = [*examples, *sorted(tmp_path.iterdir())]
    assert len(files) > len(odd) + 3
    done = subprocess.run([sys.executable, "-c", CIRCLES, *files], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("0\n", "")


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    for name in ("pipe.yaml", "/dev/zero", "/dev/stdin", "missing.yaml"):
        done = run(name, cwd=tmp_path)
        assert done.returncode == 2, name
        assert done.stderr, name


def test_a_plan_that_vanishes_after_it_was_found_is_told(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(HEAD)
    [found] = sources((str(tmp_path),), False, Configurations(Disk()))
    (tmp_path / "plan.yaml").unlink()
    with pytest.raises(Unreadable):
        read(found, Limits())


@pytest.mark.parametrize("said", [0, 3, 11, 12, 13, 1_000])
@pytest.mark.parametrize("at_once", [1, 5, 1_000])
@pytest.mark.parametrize("most", [0, 2, 11, 12, 500])
def test_files_that_are_not_as_long_as_they_said(
    said: int, at_once: int, most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twelve bytes, of a file that grows or shrinks, or of a file system that gives a part at a time."""
    file = tmp_path / "plan.yaml"
    file.write_bytes(b"smlint: 1 # ")
    seen, read_some, asked = os.stat(file), os.read, []

    def some(descriptor: int, length: int) -> bytes:
        asked.append(length)
        return read_some(descriptor, min(length, at_once))

    monkeypatch.setattr(os, "fstat", lambda _: os.stat_result((*seen[:6], said, *seen[7:])))
    monkeypatch.setattr(os, "read", some)
    assert read_bytes(str(file), Limits(max_bytes=most)) == b"smlint: 1 # "[: most + 1]
    assert max(asked) <= min(most + 1, 1 << 16)


def test_a_folder_that_leads_into_itself_is_walked_once(tmp_path: Path) -> None:
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans/again").symlink_to(tmp_path / "plans")
    (tmp_path / "plans/up").symlink_to("..")
    (tmp_path / "plans/self.yaml").symlink_to("self.yaml")
    (tmp_path / "plans/plan.yaml").write_text(HEAD)
    done = run("plans", "--format", "json", cwd=tmp_path)
    assert [each["path"] for each in json.loads(done.stdout)["files"]] == ["plans/plan.yaml"]


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text(HEAD + "x-secret: swordfish\n")
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans/plan.yaml").symlink_to(tmp_path / "secret.yaml")
    done = run("plans", cwd=tmp_path)
    assert done.returncode in (1, 2)
    assert b"swordfish" not in done.stdout
    assert b"fix:" in run("plans/plan.yaml", cwd=tmp_path).stdout  # but a plan that is named is read behind its link


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(HEAD)
    (tmp_path / "plan.yaml").chmod(0)
    assert run("plan.yaml", cwd=tmp_path).returncode == 2


# Expressions of own rules

SLOW_RULE = """\
title: {en: Title, nb: Tittel}
why: {en: Why it matters, nb: Hvorfor}
fix: {en: Do it, nb: Gjør det}
source: [SEED]
severity: error
level: 2
given: GIVEN
check: {pattern: {fields: [statement], forbid: [FORBID]}}
message: {en: "{label} is bad", nb: "{label} er dårlig"}
good: {one: "goals: [{id: G1, statement: fine}]"}
bad: {two: {plan: "goals: [{id: G1, statement: aaa}]", at: ["goals[0]"]}}
"""


@pytest.mark.parametrize(
    ("given", "forbid"),
    [
        ("$.goals[*]", "'/^(a|aa)+$/'"),
        ("\"$.goals[?search(@.statement, '(a|aa)+c')]\"", "bad"),
        ("\"$.goals[?match(@.statement, '(a|aa)+c')]\"", "bad"),
    ],
)
def test_an_expression_without_end_is_stopped(given: str, forbid: str, tmp_path: Path) -> None:
    (tmp_path / "rules/alignment").mkdir(parents=True)
    rule = SLOW_RULE.replace("GIVEN", given).replace("FORBID", forbid)
    (tmp_path / "rules/alignment/slow.yaml").write_text(rule)
    (tmp_path / "plan.yaml").write_text(HEAD + f"goals: [{{id: G1, statement: {'a' * 80}b}}]\n")
    done = run("plan.yaml", "--rules", "rules", cwd=tmp_path)
    assert done.returncode == 2
    assert b"takes too long on a text of this plan" in done.stderr


def test_what_is_no_expression_is_told(tmp_path: Path) -> None:
    (tmp_path / "rules/alignment").mkdir(parents=True)
    rule = SLOW_RULE.replace("GIVEN", "$.goals[*]").replace("FORBID", "'/(/'")
    (tmp_path / "rules/alignment/slow.yaml").write_text(rule)
    (tmp_path / "plan.yaml").write_text(HEAD + "goals: [{id: G1, statement: x}]\n")
    done = run("plan.yaml", "--rules", "rules", cwd=tmp_path)
    assert done.returncode == 2
    assert b"slow.yaml:8: the rule slow cannot be run: '(' is no regular expression" in done.stderr


# Other files than plans: whatever they hold, the answer is their own error.

_BYTES = st.binary(max_size=200) | st.text(max_size=200).map(str.encode)
_YAML = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["extends", "rules", "off", "gate", "$.goals[*]", "smlint.yaml", "{x}", "given", "en", "nb"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.text(max_size=4) | st.sampled_from(["extends", "rules", "gate", "overrides", "files", "score", "weights", "lang", "format", "plans",
                          "title", "why", "fix", "source", "severity", "level", "given", "check", "message", "good", "bad"]), inner, max_size=6),
    max_leaves=25,
)  # fmt: skip
CONTENT = _BYTES | _YAML.map(lambda value: json.dumps(value, default=str).encode())


@given(CONTENT)
def test_any_configuration_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / ".git").mkdir()
    (folder / "smlint.yaml").write_bytes(raw)
    with suppress(ConfigError, RuleError):
        Configurations(Disk()).of(str(folder / "plan.yaml"))


@given(CONTENT)
def test_any_rule_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "alignment").mkdir()
    (folder / "alignment/own.yaml").write_bytes(raw)
    with suppress(RuleError):
        judge("plan.yaml", (HEAD + "goals: [{id: G1}]").encode(), Settings(book=load((str(folder),))), DAY)


@given(CONTENT)
def test_any_baseline_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    file = tmp_path_factory.mktemp("any") / "baseline.json"
    file.write_bytes(raw)
    with suppress(BaselineError):
        read_baseline(file, str(file), "baseline.json")
