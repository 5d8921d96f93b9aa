"""Beginning a plan: the conversation, what it writes, and the way from nothing to level 3 by its own guidance."""

from __future__ import annotations

import os
import re
import select
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from smlint.begin.conversation import QUESTIONS, Conversation, Refused
from smlint.begin.draft import plan_of, text_of
from smlint.cli.recipes import FILES
from smlint.plan import Plan
from smlint.report import Report, judge
from smlint.stub import with_stubs
from tests.clients import client
from tests.test_cli import TOP, interruptible, smlint
from tests.test_fix import SETTINGS

TODAY = date(2026, 11, 26)
WORDS = {
    "organisation": "Fjordvarme AS",
    "sector": "private",
    "employees": "420",
    "countries": "Norge",
    "languages": "norsk",
    "owner": "Head of communications",
    "sponsor": "Chief executive",
    "sponsor-level": "2",
    "objective": "Cut the cost per enquiry by 15 %",
    "objective-type": "cost",
    "objective-source": "Strategy 2026, 3.2",
    "audience": "Households: tenants in co-operatives",
    "goal": "Move enquiries from the telephone",
    "function": "service",
    "metric": "service-share-moved",
    "baseline": "12",
    "target": "30 %",
    "source": "Zendesk",
    "initiative": "Service desk on Facebook",
    "platform": "Facebook",
    "hours": "1 800",
    "rate": "450",
    "cost": "150 000",
    "currency": "nok",
}


def talked(words: dict[str, str], language: str = "en") -> Conversation:
    """A conversation in which some questions are answered, and all others skipped."""
    talk = Conversation(language, TODAY)
    while question := talk.question:
        talk.answer(words.get(question.key, ""))
    return talk


def written(words: dict[str, str], language: str = "en") -> str:
    return text_of(plan_of(talked(words, language).answers, language, TODAY), language, "plan.yaml")


def judged(text: str) -> Report:
    return judge("plan.yaml", text.encode(), SETTINGS, TODAY)


def test_answers_are_taken_as_people_write_them() -> None:
    answers = talked(WORDS).answers
    expected = {
        "sponsor-level": "executive",
        "countries": "NO",
        "languages": "nb",
        "hours": "1800",
        "target": "30",
        "currency": "NOK",
        "unit": "percent",
        "from": "2027-01-01",
        "deadline": "2027-12-31",
        "initiative-owner": "Head of communications",
    }
    assert expected == {key: answers[key] for key in expected}


@pytest.mark.parametrize(
    ("key", "said", "why"),
    [
        ("sector", "4", "Choose one of these: private, public, ngo"),
        ("sector", "p", "Choose one of these: private, public."),
        ("employees", "0", "whole number"),
        ("employees", "a few", "whole number"),
        ("countries", "Norge, Atlantis", "Atlantis"),
        ("from", "1/2/2027", "not a date"),
        ("to", "1.1.2020", "before 2027-01-01"),
        ("target", "much", "not a number"),
        ("target", "-5", "not a number"),
        ("title", "TBD", "says nothing"),
        ("currency", "kroner", "Choose"),
    ],
)
def test_what_does_not_do_is_refused_with_a_reason(key: str, said: str, why: str) -> None:
    talk = Conversation("en", TODAY)
    while (question := talk.question) and question.key != key:
        talk.answer(WORDS.get(question.key, ""))
    with pytest.raises(Refused, match=re.escape(why.casefold()) if why.islower() else None) as refused:
        talk.answer(said)
    assert why.casefold() in str(refused.value).casefold()
    assert talk.question is question  # it is asked again


def test_back_keeps_what_was_answered_and_idle_questions_are_passed_by() -> None:
    talk = Conversation("en", TODAY)
    assert not talk.back()
    while (question := talk.question) and question.key != "goal":
        talk.answer(WORDS.get(question.key, ""))
    assert talk.back()
    question = talk.question
    assert question is not None
    assert (question.key, talk.fallback(question)) == ("audience", WORDS["audience"])
    asked = [question.key]
    while question := talk.question:
        asked.append(question.key)
        talk.answer("")
    assert {"function", "metric", "target", "hours", "rate"}.isdisjoint(asked)  # no goal and no initiative


@pytest.mark.parametrize("language", ["en", "nb"])
def test_every_question_can_be_explained(language: str) -> None:
    talk = Conversation(language, TODAY)
    for question in QUESTIONS:
        assert talk.explained(question)[0]


@pytest.mark.parametrize("language", ["en", "nb"])
def test_what_is_written_has_no_structural_finding(language: str) -> None:
    report = judged(written(WORDS, language))
    assert [finding.id for finding in report.findings if finding.structural] == []
    assert report.data["goals"][0]["success_criteria"][0]["direction"] == "increase"
    assert report.language == language


HOSTILE = st.text(max_size=60) | st.sampled_from(
    [
        "no",
        "NO",
        "true",
        "1e3",
        "- x",
        "a: b",
        "# x",
        "'",
        '"',
        "\\",
        "{{}}",
        "&a",
        "*a",
        "!t",
        "%Y",
        "@x",
        "`x`",
        "|",
        ">",
        "\x1b[31m",
        "x #y",
        "x: ",
        "?",
        "æøå",
        "😀",
        "2027-01-01",
        "12:30",
        "~",
        "null",
        "[a]",
        "a\u2028b",
        "\u202e",
        "=1+1",
        "\ufeffx",
        "x:y",
        "a,b",
    ]
)
TEXTS = (
    "organisation",
    "title",
    "owner",
    "sponsor",
    "objective",
    "objective-source",
    "audience",
    "goal",
    "source",
    "initiative",
    "platform",
)


@settings(max_examples=150)
@given(st.dictionaries(st.sampled_from(TEXTS), HOSTILE), st.sets(st.sampled_from(sorted(WORDS))))
def test_whatever_is_answered_reads_back_as_it_was_said(said: dict[str, str], known: set[str]) -> None:
    talk = Conversation("en", TODAY)
    words = {key: WORDS[key] for key in known} | said
    while question := talk.question:
        try:
            talk.answer(words.get(question.key, ""))
        except Refused:
            talk.answer("")
    meant = plan_of(talk.answers, "en", TODAY)
    report = judged(text_of(meant, "en", "plan.yaml"))
    assert report.score is not None
    assert [finding.id for finding in report.findings if finding.structural] == []
    assert as_text(report.plan.data) == as_text(meant)


def as_text(value: Any) -> Any:
    """A value with its scalars as text, controls written out as they are in a plan."""
    from smlint.words import safe

    if isinstance(value, dict):
        return {key: as_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_text(inner) for inner in value]
    return str(value).lower() if isinstance(value, bool) else safe(str(value))


# --- from nothing to level 3 --------------------------------------------------------------------------------------

FILLED = {
    "purpose": "answer enquiries where tenants ask them",
    "two_way": "true",
    "access": "personal",
    "mfa": "true",
    "admins": "2",
    "review.every_months": "6",
    "review.next": "2027-06-15",
    "response_target_hours": "2",
    "service_hours": '"Mon-Fri 08:00-16:00"',
    "response_within_service_hours": "true",
    "governance.policy": "Staff guidelines v3",
    "governance.community_rules": "House rules",
    "governance.accessibility.alt_text": "true",
    "governance.accessibility.captions": "true",
    "governance.accessibility.responsible": "Editor",
    "governance.crisis.plan": "Crisis plan 2026",
    "governance.crisis.spokesperson": "Chief executive",
    "governance.crisis.backup": "Head of communications",
    "governance.raci": "["
    + ", ".join(f"{{process: {name}, R: [comms], A: [comms]}}" for name in ("publish", "respond", "crisis", "measure"))
    + "]",
    "departments.id": "comms",
    "departments.name": "Communications",
    "approval.body": "Executive group",
    "approval.date": "2026-11-10",
    "tone.default": "informal",
    "competence.skill": "service dialogue",
    "competence.needed": "4",
    "competence.have": "4",
    "competence.holder": "Adviser",
    "monitoring.responsible": "Shift lead",
    "monitoring.tools": "[inbox]",
    "monitoring.escalation": "Head of communications",
    "reporting.to": "Chief executive",
    "reporting.level": "executive",
    "reporting.frequency": "quarterly",
    "reporting.compares_with_previous": "true",
    "collaboration.applies": "false",
    "collaboration.reason": "one team of four",
    "risk_assessment.date": "2026-10-01",
    "risk_assessment.decision": "no case handling",
    "risk_assessment.dpia": "true",
    "mirrored_on": "https://www.example.org/operations",
    "of.population": "all enquiries",
    "of.count": "120000",
    "of.per": "year",
    "investment.total.hours": "1800",
    "total.hours": "1800",
    "total.money": "960000",
    "funding.status": "funded",
    "funding.decision": "budget 2027",
    "budget_owner.role": "Chief financial officer",
    "languages": "[nb]",
}
_STUB = re.compile(r"( *)# ( *)(- )?(\w+):")


def filled(text: str) -> str:
    """A plan in which somebody has filled in the stubs: the # is gone from what has a value in FILLED."""
    lines, stack = text.split("\n"), []
    paths: dict[int, str] = {}
    for number, line in enumerate(lines):
        found = _STUB.match(line)
        if not found or " – " in line.partition("  #")[0]:
            continue
        depth = len(found[2]) + len(found[3] or "")
        stack = [(at, name) for at, name in stack if at < depth]
        stack.append((depth, found[4]))
        paths[number] = ".".join(name for _, name in stack)
    kept = {
        number
        for number, path in paths.items()
        if any(known == path or known.startswith(f"{path}.") for known in FILLED)
    }
    for number in kept:
        head = re.sub(r"# ", "", lines[number], count=1).partition("  #")[0].removesuffix(" []")
        lines[number] = head + (f" {FILLED[paths[number]]}" if paths[number] in FILLED else "")
    return "\n".join(_dashed(lines, kept, paths))


def _dashed(lines: list[str], kept: set[int], paths: dict[int, str]) -> list[str]:
    """The first key of an item that is kept takes the dash of one that is not."""
    for number, path in paths.items():
        if number not in kept and re.match(r" *# +- ", lines[number]):
            holder = path.rpartition(".")[0]
            heirs = [n for n in sorted(kept) if n > number and paths[n].rpartition(".")[0] == holder]
            if heirs:
                lines[heirs[0]] = re.sub(r"  (\w+:)", r"- \1", lines[heirs[0]], count=1)
    return lines


@pytest.mark.parametrize("language", ["en", "nb"])
def test_from_nothing_to_level_three_with_the_tool_s_own_guidance(language: str) -> None:
    """Answer the questions, then fill in the room that the tool makes for the next level, and nothing else."""
    text = written(WORDS, language)
    levels = []
    for _ in range(4):
        report = judged(text)
        assert report.score is not None
        levels.append(report.score.level)
        if report.score.level >= 3:
            break
        stubbed, _ = with_stubs(report, {finding.id for finding in report.score.next_level})
        text = filled(stubbed)
    assert levels[-1] >= 3, [(finding.id, finding.values.get("missing")) for finding in report.score.next_level]
    assert [finding.id for finding in judged(text).findings if finding.structural] == []


# --- the command --------------------------------------------------------------------------------------------------


def play(words: list[str], lines: list[bytes], cwd: Path) -> tuple[int, str]:
    """Run a command on a terminal, and type lines whenever it waits."""
    import pty

    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(cwd)
        interruptible()
        os.environ |= {"COLUMNS": "80", "PYTHONUTF8": "1"}
        os.execv(sys.executable, [sys.executable, "-m", "smlint", *words])
    said, left, quiet = b"", list(lines), 0
    while quiet < 20:
        if select.select([terminal], [], [], 0.4 if left and said else 2)[0]:
            try:
                part = os.read(terminal, 65536)
            except OSError:
                break
            if not part:
                break
            said, quiet = said + part, 0
        elif left and said:
            os.write(terminal, left.pop(0))
        else:
            quiet += 1
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said.decode().replace("\r\n", "\n")


def test_a_conversation_on_a_terminal(tmp_path: Path) -> None:
    typed = [
        b"Verksted AS\n",
        b"?\n",
        b"privat\n",
        b"6\n",
        b"<\n",
        b"7\n",
        b"\n",
        b"\n",
        b"\n",
        b"Daglig leder\n",
        b"\n",
        b"\n",
    ]
    code, said = play(["init", "--lang", "nb", "--as-of", "2026-11-26"], [*typed, *[b"\n"] * 20], tmp_path)
    assert code == 0
    assert "1. private: en bedrift" in said
    assert "plan.yaml er skrevet: nivå 1 (Ildsjeldrevet)" in said
    plan = yaml.safe_load((tmp_path / "plan.yaml").read_text("utf-8"))
    assert plan["organisation"] == {
        "name": "Verksted AS",
        "sector": "private",
        "employees": 7,
        "countries": ["NO"],
        "languages": ["nb"],
    }
    assert (tmp_path / "plan.schema.json").read_bytes() == (TOP / "schemas/plan.schema.json").read_bytes()
    code, said = play(["init", "--lang", "nb"], [b"nei\n"], tmp_path)
    assert (code, "plan.yaml er som før." in said) == (0, True)


@pytest.mark.parametrize("end", [b"\x04", b"\x03"])
def test_a_conversation_that_is_broken_off_writes_nothing(tmp_path: Path, end: bytes) -> None:
    code, said = play(["init", "--lang", "en"], [b"Name\n", end], tmp_path)
    assert (code, "Nothing is written." in said, "Traceback" in said) == (130, True, False)
    assert list(tmp_path.iterdir()) == []


def test_without_questions(tmp_path: Path) -> None:
    said = smlint("init", "--yes", "--lang", "nb", "--as-of", "2026-11-26", cwd=tmp_path)
    assert said.code == 0
    assert "10 funn må rettes for å nå nivå 2:" in said.out
    report = Plan.read("plan.yaml", (tmp_path / "plan.yaml").read_bytes())
    assert report.data["title"] == "Plan for sosiale medier 2027"
    text = (tmp_path / "plan.yaml").read_text("utf-8")
    for block in ("sponsor", "objectives", "audiences", "goals", "initiatives", "channels", "investment", "review"):
        assert f"\n# {block}:" in text
    again = smlint("init", "--yes", cwd=tmp_path)
    assert (again.code, "--force" in again.err) == (2, True)
    assert (tmp_path / "plan.yaml").read_text("utf-8") == text
    assert smlint("check", ".", "--fail-on", "never", cwd=tmp_path).code == 0  # the schema beside it is no plan


def test_minimal_and_complete(tmp_path: Path) -> None:
    assert smlint("init", "small.yaml", "--yes", "--minimal", "--no-schema", "--lang", "en", cwd=tmp_path).code == 0
    assert "#" not in (tmp_path / "small.yaml").read_text()
    assert smlint("init", "whole.yaml", "--yes", "--complete", "--lang", "en", cwd=tmp_path).code == 0
    text = (tmp_path / "whole.yaml").read_text("utf-8")
    assert {"governance", "risks", "tone", "competence", "collaboration"} <= set(
        re.findall(r"^# (\w+):", text, re.MULTILINE)
    )
    assert [f.id for f in judged(text).findings if f.structural] == []
    bare = re.sub(r"^# ( *(?:- )?\w+:)", r"\1", text, flags=re.MULTILINE)
    assert [f.id for f in judged(bare).findings if f.structural] == []  # all of it can be uncommented
    assert smlint("init", "--yes", "--minimal", "--complete", cwd=tmp_path).code == 2


def test_without_a_terminal_it_says_so(tmp_path: Path) -> None:
    said = smlint("init", cwd=tmp_path)
    assert (said.code, said.err) == (2, "Error: init asks questions, so it needs a terminal; --yes asks none\n")


@pytest.mark.parametrize("kind", FILES)
def test_the_files_of_the_gate_are_those_of_the_page(tmp_path: Path, kind: str) -> None:
    assert smlint("init", "--ci", kind, "--lang", "en", cwd=tmp_path).code == 0
    file, text = FILES[kind]
    assert (tmp_path / file).read_text("utf-8") == text
    page = (TOP / "docs/ci.md").read_text("utf-8")
    assert f"```yaml\n# {file}\n{text}```" in page
    again = smlint("init", "--ci", kind, cwd=tmp_path)
    assert (again.code, text in again.err) == (2, True)


def test_the_workflow_pleases_actionlint(tmp_path: Path) -> None:
    import subprocess

    smlint("init", "--ci", "github", cwd=tmp_path)
    words = [client("venv/bin/actionlint"), "-no-color", FILES["github"][0]]
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    assert subprocess.run(words, cwd=tmp_path, capture_output=True, timeout=60).returncode == 0
