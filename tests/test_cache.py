"""The cache changes how long a run takes and nothing else; what is wrong with it is as if there were none."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from smlint import cache, pool
from smlint.checks import VERBS
from smlint.cli.work import judged
from smlint.report import Report, judge
from smlint.rulebook import Rulebook, load
from smlint.settings import Settings
from smlint.stored import NotPlain, restored, stored
from tests.plans import EXAMPLES

DAY = date(2027, 1, 15)
SETTINGS = Settings(load())
TEXTS = {path.stem: path.read_bytes() for path in sorted(EXAMPLES.glob("*.yaml"))}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own, that is used however few the plans."""
    monkeypatch.setenv("SMLINT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(pool, "MANY", 1)
    return tmp_path / "cache"


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    made = tmp_path / "plans"
    made.mkdir()
    for name, text in TEXTS.items():
        (made / f"{name}.yaml").write_bytes(text)
    (made / "broken.yaml").write_bytes(b"smlint: 1\ntitle: [\n")
    (made / "other.yaml").write_bytes(b"smlint-like: 1\n")
    return made


@pytest.fixture
def judging(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the plans that are judged rather than remembered."""
    names: list[str] = []
    real = pool.judge_plans

    def judge_plans(plans: Any, settings: Settings, as_of: date) -> list[Report]:
        names.extend(Path(plan.name).name for plan in plans)
        return real(plans, settings, as_of)

    monkeypatch.setattr(pool, "judge_plans", judge_plans)
    return names


def run(*paths: Path, day: date = DAY, **options: Any) -> list[Any]:
    """What a run says of plans, as JSON has it."""
    from smlint.report import Run, Verdict
    from smlint.reporters.json import _file

    given = {"folders": (), "lang": None, "jobs": 1, **options}
    found = judged(tuple(map(str, paths)), day, given, lean=True)
    whole = Run(found.reports, found.skipped, Verdict(True), found.book, day)
    return [_file(whole, report) for report in found.reports]


# --- reports as plain values -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TEXTS)
def test_a_report_comes_back_as_it_was(name: str) -> None:
    report = judge("plan.yaml", TEXTS[name], SETTINGS, DAY)
    again = restored("plan.yaml", json.loads(json.dumps(stored(report))), SETTINGS)
    for part in ("title", "language", "ambition", "saw_day", "owners", "waivers", "granted", "lines"):
        assert getattr(again, part) == getattr(report, part), part
    for one, other in zip(report.findings, again.findings, strict=True):
        assert all(getattr(one, slot) == getattr(other, slot) for slot in one.__slots__ if slot != "values")
        for language in ("en", "nb"):
            assert one.message(language) == other.message(language)
    assert report.score is not None
    assert again.score is not None
    assert (again.score.total, again.score.level, again.score.highest) == (
        report.score.total, report.score.level, report.score.highest,
    )  # fmt: skip
    assert again.score.rules == report.score.rules
    assert again.score.parts == report.score.parts
    assert [finding.id for finding in again.score.next_level] == [finding.id for finding in report.score.next_level]
    assert [finding.id for finding in again.score.best] == [finding.id for finding in report.score.best]
    for id, outcome in report.score.outcomes.items():
        same = again.score.outcomes[id]
        assert (same.severity, same.weight, same.subjects, same.passed, same.blocked) == (
            outcome.severity, outcome.weight, outcome.subjects, outcome.passed, outcome.blocked,
        )  # fmt: skip
    assert list(again.score.outcomes) == list(report.score.outcomes)


def test_no_text_of_a_plan_is_taken_for_another_kind_of_value() -> None:
    report = judge("plan.yaml", TEXTS[next(iter(TEXTS))], SETTINGS, DAY)
    finding = report.findings[0]
    finding.values.clear()
    finding.values.update({"a": ["f", [1, 0]], "b": "c", "c": ["w", ["gate.open", {}]], "d": {"e": ["x"]}, "f": [[]]})
    again = restored("plan.yaml", json.loads(json.dumps(stored(report))), SETTINGS)
    assert again.findings[0].values == finding.values


def test_a_value_of_an_unknown_kind_is_not_stored() -> None:
    report = judge("plan.yaml", TEXTS[next(iter(TEXTS))], SETTINGS, DAY)
    report.findings[0].values["odd"] = object()
    with pytest.raises(NotPlain):
        stored(report)


# --- what is remembered ------------------------------------------------------------------------------------------


def test_an_unchanged_plan_is_not_judged_again(plans: Path, judging: list[str]) -> None:
    first = run(plans)
    assert len(judging) == len(TEXTS) + 1
    judging.clear()
    assert run(plans) == first
    assert judging == []


@pytest.mark.parametrize("at_once", [1, 2])
def test_reports_are_remembered_on_the_way(
    plans: Path, judging: list[str], at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "AT_ONCE", at_once)
    first = run(plans)
    judging.clear()
    assert run(plans) == first
    assert judging == []


def test_without_the_cache_all_are_judged(plans: Path, judging: list[str], folder: Path) -> None:
    run(plans, no_cache=True)
    assert not folder.exists()
    run(plans)
    judging.clear()
    run(plans, no_cache=True)
    assert len(judging) == len(TEXTS) + 1


def test_a_changed_plan_is_judged_again(plans: Path, judging: list[str]) -> None:
    run(plans)
    judging.clear()
    changed = plans / f"{next(iter(TEXTS))}.yaml"
    changed.write_bytes(changed.read_bytes() + b"# a comment\n")
    run(plans)
    assert judging == [changed.name]


def test_a_file_may_be_found_or_named(plans: Path) -> None:
    """What is no plan is passed by in a folder and reported where it is named: one is not remembered for the other."""
    (plans / "odd.yaml").write_bytes(b"title: smlint\n")
    assert len(run(plans)) == len(TEXTS) + 1
    named = run(plans / "odd.yaml")
    assert [finding["rule"] for finding in named[0]["findings"]] == ["not-a-plan"]
    assert len(run(plans)) == len(TEXTS) + 1


def test_only_what_looks_at_the_day_is_judged_again_on_another(tmp_path: Path, judging: list[str]) -> None:
    dated, timeless = tmp_path / "dated.yaml", tmp_path / "timeless.yaml"
    dated.write_bytes(TEXTS["customer-service"])
    timeless.write_bytes(b"smlint: 1\ntitle: Hello\n")
    config = tmp_path / "smlint.yaml"  # without the two rules that look at the day in every plan
    config.write_text("rules: {approval-missing: off, plan-overdue: off}\n")
    first = run(dated, timeless, config=str(config))
    judging.clear()
    later = run(dated, timeless, config=str(config), day=date(1990, 1, 1))
    assert judging == ["dated.yaml"]
    assert later[1] == first[1]
    assert later[0] != first[0], "its baselines are of a day to come"


@pytest.mark.parametrize("name", TEXTS)
def test_a_report_that_did_not_see_the_day_is_the_same_on_every_day(name: str) -> None:
    """Cut to pieces, so that many fragments see no day."""
    lines = TEXTS[name].decode().splitlines(keepends=True)
    rules = {id: rule for id, rule in SETTINGS.book.rules.items() if id not in ("approval-missing", "plan-overdue")}
    settings = Settings(Rulebook(SETTINGS.book.dimensions, rules))
    seen = set()
    for end in range(2, len(lines), 9):
        raw = "".join(lines[:end]).encode()
        report = judge("plan.yaml", raw, settings, DAY)
        seen.add(report.saw_day)
        if not report.saw_day:
            for day in (date(1990, 1, 1), date(2040, 1, 1), date.max):
                assert stored(judge("plan.yaml", raw, settings, day)) == stored(report)
    assert False in seen


def test_other_rules_know_nothing_of_each_others_reports(plans: Path, judging: list[str], tmp_path: Path) -> None:
    run(plans)
    for text in ("rules: {goal-orphan: off}\n", "rules: {goal-orphan: info}\n", "score: {severities: {error: 5}}\n"):
        (tmp_path / "smlint.yaml").write_text(text)
        judging.clear()
        run(plans, config=str(tmp_path / "smlint.yaml"))
        assert len(judging) == len(TEXTS) + 1, text
    judging.clear()
    (tmp_path / "smlint.yaml").write_text("gate: {min_score: 3}\n")
    run(plans, config=str(tmp_path / "smlint.yaml"))
    assert judging == [], "what the gate asks is no part of a report"


def test_a_changed_program_believes_nothing(plans: Path, judging: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    run(plans)
    judging.clear()
    monkeypatch.setattr(cache, "_program", lambda: ("another",))
    run(plans)
    assert len(judging) == len(TEXTS) + 1


def test_verbs_of_plugins_are_not_remembered(plans: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(VERBS, "of-a-plugin", VERBS["present"])
    run(plans)
    assert not folder.exists()


def test_what_nobody_asks_for_is_forgotten(plans: Path, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    def entries() -> int:
        with sqlite3.connect(folder / "reports.sqlite3") as base:
            return int(base.execute("SELECT count(*) FROM reports").fetchone()[0])

    kept = plans / f"{next(iter(TEXTS))}.yaml"
    run(plans)
    assert entries() == len(TEXTS) + 1
    real = cache.time.time
    for days in (20, 40):
        monkeypatch.setattr(cache.time, "time", lambda days=days: real() + 86400 * days)
        run(kept)
    assert entries() == 1


# --- what is wrong with it ---------------------------------------------------------------------------------------


def _garbage(file: Path) -> None:
    file.write_bytes(b"not a database at all" * 1000)


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _empty(file: Path) -> None:
    file.write_bytes(b"")


def _another_table(file: Path) -> None:
    with sqlite3.connect(file) as base:
        base.execute("DROP TABLE reports")
        base.execute("CREATE TABLE reports (other TEXT)")


def _a_view(file: Path) -> None:
    with sqlite3.connect(file) as base:
        base.execute("DROP TABLE reports")
        base.execute("CREATE VIEW reports AS SELECT x'00' AS key, NULL AS day, x'00' AS seal, 1 AS used, '[]' AS kept")


def _changed_entries(file: Path) -> None:
    with sqlite3.connect(file) as base:
        base.execute("UPDATE reports SET kept = kept || ' '")


def _other_entries(file: Path) -> None:
    """Each entry is another's: sealed, but not for this key."""
    with sqlite3.connect(file) as base:
        rows = base.execute("SELECT key, day, seal, kept FROM reports").fetchall()
        for (key, *_), (_, day, seal, kept) in zip(rows, rows[1:] + rows[:1], strict=True):
            base.execute("UPDATE reports SET day = ?, seal = ?, kept = ? WHERE key = ?", (day, seal, kept, key))


def _sealed_nonsense(file: Path) -> None:
    with sqlite3.connect(file) as base:
        for (key,) in base.execute("SELECT key FROM reports").fetchall():
            for kept in ("[]", "null", "[[], 1, 2, 3, 4, 5]", "{", "[[1,2,3,4],[1,0,1,1,[],[],[]],[],[],[],[]]"):
                seal = cache._seal(key, None, kept)
                base.execute("UPDATE reports SET day = NULL, seal = ?, kept = ? WHERE key = ?", (seal, kept, key))


def _wrong_types(file: Path) -> None:
    with sqlite3.connect(file) as base:
        base.execute("UPDATE reports SET kept = x'ff00', seal = 7")


DAMAGES = [_garbage, _cut, _empty, _another_table, _a_view, _changed_entries, _other_entries, _sealed_nonsense,
           _wrong_types]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__.strip("_"))
def test_a_damaged_cache_is_not_believed_and_mends_itself(
    damage: Any, plans: Path, folder: Path, judging: list[str]
) -> None:
    expected = run(plans, no_cache=True)
    run(plans)
    damage(folder / "reports.sqlite3")
    judging.clear()
    assert run(plans) == expected
    assert len(judging) == len(TEXTS) + 1
    run(plans)  # a broken file is gone by now at the latest
    judging.clear()
    assert run(plans) == expected
    assert judging == []


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
@pytest.mark.parametrize("what", ["folder", "file"])
def test_a_cache_that_others_may_write_is_not_used(what: str, plans: Path, folder: Path, judging: list[str]) -> None:
    run(plans)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    target = folder if what == "folder" else folder / "reports.sqlite3"
    target.chmod(target.stat().st_mode | 0o020)
    judging.clear()
    run(plans)
    assert len(judging) == len(TEXTS) + 1


@pytest.mark.parametrize("what", ["link", "folder", "fifo"])
def test_what_is_no_file_is_not_opened(what: str, plans: Path, folder: Path, tmp_path: Path) -> None:
    folder.mkdir(mode=0o700)
    file, target = folder / "reports.sqlite3", tmp_path / "target"
    if what == "link":
        target.write_bytes(b"")
        file.symlink_to(target)
    elif what == "folder":
        file.mkdir()
    else:
        os.mkfifo(file)
    assert run(plans) == run(plans, no_cache=True)
    assert not target.exists() or target.read_bytes() == b""


@pytest.mark.parametrize("name", ["in-the-way", "in-the-way/cache", "bad\udcff/../in-the-way"])
def test_a_folder_that_cannot_be_made_is_done_without(
    name: str, plans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in-the-way").write_bytes(b"")
    monkeypatch.setenv("SMLINT_CACHE_DIR", str(tmp_path / name))
    assert cache.opened() is None
    assert len(run(plans)) == len(TEXTS) + 1


def test_a_cache_that_another_run_holds_is_done_without(
    plans: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, judging: list[str]
) -> None:
    expected = run(plans)
    monkeypatch.setattr(cache, "_PATIENCE", 0.05)
    with sqlite3.connect(folder / "reports.sqlite3", isolation_level=None) as base:
        base.execute("BEGIN EXCLUSIVE")
        judging.clear()
        assert run(plans) == expected
        assert len(judging) == len(TEXTS) + 1
        base.execute("ROLLBACK")
    judging.clear()
    assert run(plans) == expected
    assert judging == [], "it is there again, with all that it held"


def test_runs_that_write_at_once_say_the_same(plans: Path, folder: Path, tmp_path: Path) -> None:
    code = "from smlint import pool; pool.MANY = 1; from smlint.cli import main; main()"
    command = [sys.executable, "-c", code, "check", str(plans), "--format", "json", "--as-of", "2027-01-15"]
    alone = subprocess.run([*command, "--no-cache"], capture_output=True, check=False)
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(4)]
    for process in started:
        output, complaints = process.communicate(timeout=120)
        assert (process.returncode, output, complaints) == (alone.returncode, alone.stdout, b"")
    with sqlite3.connect(folder / "reports.sqlite3") as base:
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert base.execute("SELECT count(*) FROM reports").fetchone() == (len(TEXTS) + 1,)


@pytest.mark.parametrize("jobs", [1, 2, 3, None])
def test_the_number_of_processes_changes_nothing(jobs: int | None, plans: Path, judging: list[str]) -> None:
    expected = run(plans, no_cache=True)
    assert run(plans, jobs=jobs) == expected
    judging.clear()
    assert run(plans, jobs=jobs) == expected
    assert judging == []


def test_processes_that_inherit_nothing_say_the_same(plans: Path, tmp_path: Path) -> None:
    """As where processes cannot be forked."""
    script = tmp_path / "spawn.py"
    script.write_text(
        "import multiprocessing\n"
        "from smlint.cli import main\n"
        "if __name__ == '__main__':\n"
        "    multiprocessing.get_all_start_methods = lambda: ['spawn']\n"
        "    main()\n"
    )
    command = [sys.executable, str(script), "check", str(plans), "--format", "json", "--as-of", "2027-01-15"]
    alone, spread = (
        subprocess.run([*command, "--jobs", jobs], capture_output=True, check=False) for jobs in ("1", "2")
    )
    assert (spread.returncode, spread.stdout, spread.stderr) == (alone.returncode, alone.stdout, b"")
    assert alone.stdout
