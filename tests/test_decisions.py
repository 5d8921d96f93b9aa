"""A meeting's decisions: from the report, through a spreadsheet, into the plan; nothing else of the plan changes."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from openpyxl import Workbook, load_workbook

from smlint.plan import read_document
from tests.repository import LEAST
from tests.test_cli import DAY, Said, smlint

ACCEPTED = "accessibility-missing@$"
CHANNEL = "mfa-missing@channels[id=linkedin]"
FIX = "tone-missing@$"


def run(folder: Path, *words: str) -> Said:
    return smlint(*words, *DAY, cwd=folder)


def filled(folder: Path, ending: str, answers: dict[str, tuple[str, ...]], language: str = "en") -> str:
    """The report of plan.yaml with a meeting's answers in it: id -> decision, responsible, due, reason."""
    plan = next(file.name for file in folder.glob("plan.*"))
    said = run(folder, "report", plan, "-o", f"report.{ending}", "--lang", language)
    assert (said.code, said.err) == (0, "")
    file = folder / f"report.{ending}"
    heads = {
        "en": ("Decision", "Responsible", "Due", "Reason for the decision", "Finding id"),
        "nb": ("Beslutning", "Ansvarlig for tiltaket", "Frist", "Begrunnelse for beslutningen", "Funn-ID"),
    }[language]
    if ending == "csv":
        text = file.read_text("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";" if language == "nb" else ","))
        at = [rows[0].index(head) for head in heads]
        for row in rows[1:]:
            for column, answer in zip(at, answers.get(row[at[4]], ()), strict=False):
                row[column] = answer
        with file.open("w", encoding="utf-8-sig", newline="") as stream:
            csv.writer(stream, delimiter=";" if language == "nb" else ",").writerows(rows)
    else:
        book = load_workbook(file)
        sheet = next(sheet for sheet in book if heads[0] in [cell.value for cell in sheet[1]])
        at = [[cell.value for cell in sheet[1]].index(head) for head in heads]
        for cells in sheet.iter_rows(min_row=2):
            for column, answer in zip(at, answers.get(str(cells[at[4]].value), ()), strict=False):
                cells[column].value = answer
        book.save(file)
    return f"report.{ending}"


ANSWERS = {
    ACCEPTED: ("accept", "", "2027-06-30", "handled in the web project"),
    CHANNEL: ("not relevant", "Owner-manager", "", 'one person: only "she" has access'),
    FIX: ("fix", "Owner-manager", "15.03.2027", ""),
    "competence-gap-unaddressed@$": ("accept", "", "", ""),
}
NORWEGIAN = {"accept": "Godtas", "fix": "rettes", "not relevant": "ikke aktuelt"}


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["en", "nb"])
def test_decisions_come_back(tmp_path: Path, ending: str, language: str) -> None:
    (tmp_path / "plan.yaml").write_text(LEAST, "utf-8")
    answers = {id: ((NORWEGIAN[first] if language == "nb" else first), *rest) for id, (first, *rest) in ANSWERS.items()}
    file = filled(tmp_path, ending, answers, language)
    said = run(tmp_path, "decisions", file, "plan.yaml")
    assert said.code == 2  # one row needs a reason
    text = (tmp_path / "plan.yaml").read_text("utf-8")
    assert text.startswith(LEAST)  # comments, order and layout are as they were
    assert yaml.safe_load(text)["waivers"] == [
        {"rule": "accessibility-missing", "at": "governance", "reason": "handled in the web project",
         "expires": date(2027, 6, 30)},
        {"rule": "mfa-missing", "at": "linkedin", "owner": "Owner-manager",
         "reason": 'not relevant: one person: only "she" has access'},
    ]  # fmt: skip
    assert "  2027-03-15  Owner-manager: Set `tone.default`" in said.out
    assert "competence-gap-unaddressed@$): what is accepted needs a reason" in said.out
    assert run(tmp_path, "check", "plan.yaml").code == 0  # the only error is waived
    again = run(tmp_path, "decisions", file, "plan.yaml")
    assert (tmp_path / "plan.yaml").read_text("utf-8") == text
    assert "Written into the plan as waivers: 0" in again.out


def test_what_is_not_relevant_is_said_in_the_plan_s_language(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(LEAST + "language: nb\n", "utf-8")
    said = run(
        tmp_path, "decisions", filled(tmp_path, "csv", {ACCEPTED: ("not relevant", "", "", "bare tekst")}), "plan.yaml"
    )
    assert said.code == 0
    assert 'reason: "ikke aktuelt: bare tekst"' in (tmp_path / "plan.yaml").read_text("utf-8")


GOALS = LEAST.replace("goals: [G1], channels: [linkedin], owner", "channels: [linkedin], owner")
SHAPES = {
    "a block after others": LEAST + "waivers:\n  - rule: tone-missing   # house style\n    reason: spoken\n# the end\n",
    "a block with an indent of none": LEAST + "waivers:\n- {rule: tone-missing, reason: spoken}\n\nrisks: []\n",
    "a block before others": "waivers:\n  - rule: tone-missing\n    reason: >\n      spoken\n      twice\n" + LEAST,
    "a flow list": LEAST + "waivers: [{rule: tone-missing, reason: spoken}]   # one\n",
    "an empty list": LEAST + "waivers: []\n",
    "an empty key": LEAST + "waivers:\n",
    "no line break at the end": LEAST.rstrip("\n"),
    "lines of Windows": LEAST.replace("\n", "\r\n"),
    "a byte order mark": "\ufeff" + LEAST,
    "JSON": json.dumps(read_document("", LEAST.encode()).data, indent=2),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_whatever_the_layout_only_waivers_are_added(tmp_path: Path, shape: str) -> None:
    name = "plan.json" if shape == "JSON" else "plan.yaml"
    (tmp_path / name).write_bytes(SHAPES[shape].encode())
    file = filled(tmp_path, "csv", {ACCEPTED: ("accept", "", "", "later: æøå")})
    said = run(tmp_path, "decisions", file, name)
    assert (said.code, said.err) == (0, "")
    before, after = SHAPES[shape], (tmp_path / name).read_bytes().decode()
    rest = iter(after)
    assert all(char in rest for char in before)  # everything is still there, in its order
    assert ("\r\n" in before) == ("\r\n" in after)
    if shape == "JSON":
        assert json.loads(after)["waivers"][-1]["reason"] == "later: æøå"
    if "\r\n" in before:
        assert after.count("\n") == after.count("\r\n")
    report = json.loads(run(tmp_path, "check", name, "--format", "json").out)
    waived = [finding["id"] for finding in report["files"][0]["findings"] if finding["waived"]]
    assert ACCEPTED in waived
    assert len(waived) == 1 + ("tone-missing" in before)


def test_a_waiver_never_covers_what_nobody_accepted(tmp_path: Path) -> None:
    nameless = LEAST.replace("  - id: G1\n    statement", "  - statement")
    more = nameless.replace("goals:\n  - s", "goals:\n  - statement: Another\n  - s", 1)
    (tmp_path / "plan.yaml").write_text(more, "utf-8")
    report = json.loads(run(tmp_path, "check", "plan.yaml", "--format", "json").out)["files"][0]
    twice = [f for f in report["findings"] if f["path"].startswith("/goals/") and f["dimension"]]
    rules = [f["rule"] for f in twice]
    one = next(f for f in twice if rules.count(f["rule"]) > 1)
    file = filled(tmp_path, "csv", {one["id"]: ("accept", "", "", "x")})
    said = run(tmp_path, "decisions", file, "plan.yaml")
    assert said.code == 2
    assert "a waiver would cover other findings too" in said.out
    assert (tmp_path / "plan.yaml").read_text("utf-8") == more


def test_diff_shows_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(LEAST, "utf-8")
    file = filled(tmp_path, "csv", {ACCEPTED: ("accept", "", "", "later")})
    said = run(tmp_path, "decisions", file, "plan.yaml", "--diff")
    assert '+waivers:\n+  - rule: accessibility-missing\n+    at: governance\n+    reason: "later"\n' in said.out
    assert (tmp_path / "plan.yaml").read_text("utf-8") == LEAST


def test_rows_that_match_nothing_any_more_are_named(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(LEAST, "utf-8")
    file = filled(tmp_path, "csv", {FIX: ("accept", "", "", "later")})
    (tmp_path / "plan.yaml").write_text(LEAST + "tone: {default: informal}\n", "utf-8")
    said = run(tmp_path, "decisions", file, "plan.yaml")
    assert said.code == 0
    assert f"({FIX}): the plan has no such finding any more" in said.out


def test_rows_of_other_plans_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(LEAST, "utf-8")
    (tmp_path / "d.csv").write_text(
        f"Plan,Finding id,Decision,Reason\nother.yaml,{ACCEPTED},accept,x\nb.yaml,{FIX},fix,\n"
    )
    said = run(tmp_path, "decisions", "d.csv", "plan.yaml")
    assert said.out.splitlines() == ["Written into the plan as waivers: 0"]


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


def workbook(*rows: tuple[Any, ...]) -> bytes:
    out, book = io.BytesIO(), Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(out)
    return out.getvalue()


BROKEN = {
    "empty.csv": b"",
    "no-columns.csv": b"a,b\n1,2\n",
    "not-utf-8.csv": b"Finding id,Decision\n\xff,accept\n",
    "no-decision.csv": f"Finding id,Decision\n{ACCEPTED},perhaps\n".encode(),
    "no-date.csv": f"Finding id,Decision,Due\n{ACCEPTED},accept,soon\n".encode(),
    "nul.csv": b"Finding id,Decision\n\x00\x00,accept\n",
    "not-a-zip.xlsx": b"PK\x03\x04nonsense",
    "not-a-book.xlsx": archive(a=b"x"),
    "bomb.xlsx": archive(**{f"xl/{n}": b"0" * 60_000_000 for n in range(4)}),
    "no-columns.xlsx": workbook(("a", "b"), (1, 2)),
    "formula.xlsx": workbook(("Finding id", "Decision"), (ACCEPTED, "=1+1")),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "plan.yaml").write_text(LEAST, "utf-8")
    (tmp_path / name).write_bytes(BROKEN[name])
    said = run(tmp_path, "decisions", name, "plan.yaml")
    assert "Traceback" not in said.err
    assert "internal error" not in said.err
    if name not in ("nul.csv", "formula.xlsx"):  # those have rows with which nothing can be done
        assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert (tmp_path / "plan.yaml").read_text("utf-8") == LEAST


def test_a_plan_that_cannot_be_read_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text("smlint: 1\na: [\n")
    (tmp_path / "d.csv").write_text(f"Finding id,Decision,Reason\n{ACCEPTED},accept,x\n")
    said = run(tmp_path, "decisions", "d.csv", "plan.yaml")
    assert (said.code, said.out) == (2, "")
    assert "plan.yaml cannot be read as a plan" in said.err


def test_without_the_extra_a_sentence_says_so(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(LEAST, "utf-8")
    for ending, missing in (("html", "jinja2"), ("xlsx", "xlsxwriter")):
        words = f"['report', 'plan.yaml', '-o', 'r.{ending}']"
        code = f"import sys; sys.modules['{missing}'] = None; from smlint.cli import main; main({words})"
        said = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
        assert said.returncode == 2
        assert "pip install 'smlint[report]'" in said.stderr
        assert not (tmp_path / f"r.{ending}").exists()
