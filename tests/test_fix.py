"""Repairs: what is certain is mended, the rest of the text stays, and no repair costs points that it does not name."""

from __future__ import annotations

import json
import random
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smlint.edit import Edit, edited
from smlint.fix import encoded, fix, repairs_of
from smlint.report import Report, judge
from smlint.rulebook import load
from smlint.settings import Settings
from smlint.stub import with_stubs
from tests.test_cli import DAY, TOP, smlint

AS_OF = date(2027, 1, 15)
SETTINGS = Settings(load())
HEAD = "smlint: 1\ntitle: x\n"


def judged(text: str, name: str = "plan.yaml") -> Report:
    return judge(name, encoded(text), SETTINGS, AS_OF)


def mended(text: str) -> str:
    return fix(judged(text), AS_OF).text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("langauge: nb   # kept\n", "language: nb   # kept\n"),
        ('"langauge": "nb"\n', '"language": "nb"\n'),
        ("status: Draft\n", "status: draft\n"),
        ("status: 'Draft'\n", "status: 'draft'\n"),
        ('{"status": "Draft"}', None),
        ("organisation: {countries: [no, se]}\n", "organisation: {countries: [NO, SE]}\n"),
        ("organisation:\n  countries: no\n", "organisation:\n  countries: [NO]\n"),
        ("organisation: {employes: '6'}\n", "organisation: {employees: 6}\n"),
        ("period: {from: 1.1.2027, to: 31. desember 2027}\n", "period: {from: 2027-01-01, to: 2027-12-31}\n"),
        ("period: {from: 1/2/2027}\n", "period: {from: 1/2/2027}\n"),
        ("investment: {currency: NOK, tools: 1 200 000 kr}\n", "investment: {currency: NOK, tools: 1200000}\n"),
        ("investment: {currency: NOK, tools: 1 200 EUR}\n", "investment: {currency: NOK, tools: 1 200 EUR}\n"),
        ("investment:\n  tools: '12,5'\n", "investment:\n  tools: 12.5\n"),
        ("investment: {tools: 1,200}\n", None),
        (f"investment: {{tools: '{'1' * 16}'}}\n", None),  # no number that a plan can hold
        (f"investment: {{tools: '{'1' * 1000}'}}\n", None),
        (f"goals: [{{id: G1, success_criteria: [{{id: K1, metric: leads, target: {'1' * 16}}}]}}]\n", None),
        (f"period: {{from: '1.1.2027{' ' * 120}or later'}}\n", None),
        ("channels: [{id: c, service_hours: 'man 8-16" + "; tir 8-16" * 20 + "'}]\n", None),
        ("channels: [{id: c, mfa: ja, two_way: No}]\n", "channels: [{id: c, mfa: true, two_way: false}]\n"),
        ("channels: [{id: c, mfa: kanskje}]\n", "channels: [{id: c, mfa: kanskje}]\n"),
        (
            "channels: [{id: c, service_hours: man-fre 8-16}]\n",
            'channels: [{id: c, service_hours: "Mon-Fri 08:00-16:00"}]\n',
        ),
        ("approval: {reference: 41}\n", 'approval: {reference: "41"}\n'),
        (
            "goals: [{id: G1}]\ninitiatives: [{id: I1, goals: [g1]}]\n",
            "goals: [{id: G1}]\ninitiatives: [{id: I1, goals: [G1]}]\n",
        ),
        (
            "goals: [{id: G1}]\ninitiatives: [{id: I1, goals: [G11]}]\n",
            "goals: [{id: G1}]\ninitiatives: [{id: I1, goals: [G11]}]\n",
        ),
        ("goals: [{id: G1}, {id: G1}]\n", "goals: [{id: G1}, {id: G2}]\n"),
        ("goals: [{id: G1}, {id: G1}, {id: G1}, {id: G2}]\n", "goals: [{id: G1}, {id: G3}, {id: G4}, {id: G2}]\n"),
        ("channels: [{id: fb}, {id: fb}]\n", "channels: [{id: fb}, {id: fb-2}]\n"),
        (
            "goals: [{id: G1}, {id: G1}]\ninitiatives: [{id: I1, goals: [G1]}]\n",
            "goals: [{id: G1}, {id: G1}]\ninitiatives: [{id: I1, goals: [G1]}]\n",
        ),
        (
            "audiences: [{id: staff}]\ntone: {by_audience: {Staff: formal}}\n",
            "audiences: [{id: staff}]\ntone: {by_audience: {staff: formal}}\n",
        ),
        (
            "waivers: [{rule: tone-mising, reason: spoken}]\n",
            "waivers: [{rule: tone-missing, reason: spoken}]\n",
        ),
        (
            "goals: [{id: G1, success_criteria: [{id: K1, metric: leads, target: 1 200, baseline: {value: 40 %}}]}]\n",
            "goals: [{id: G1, success_criteria: [{id: K1, metric: leads, target: 1200, baseline: {value: 40}}]}]\n",
        ),
        ("titel: y\n", None),  # the plan has a title
    ],
)
def test_what_is_certain_is_mended(before: str, after: str | None) -> None:
    if before.startswith("{"):
        text = json.dumps({"smlint": 1, "title": "x", **json.loads(before)}, indent=2)
        assert json.loads(mended(text))["status"] == "draft"
        return
    found = mended(HEAD + before)
    if after is None:
        assert found == HEAD + before
    else:
        assert found == HEAD + after


def test_what_is_no_repair_is_not_told() -> None:
    text = f"{HEAD}goals: [{{id: G1, success_criteria: [{{id: K1, metric: leads, target: '{'1' * 1000}'}}]}}]\n"
    assert fix(judged(text), AS_OF).repairs == ()


def test_line_ends_comments_order_and_quotes_stay() -> None:
    text = "# first\r\nsmlint: 1\r\ntitle: \"x\"\r\n\r\nstatus:   Draft   # why\r\nlangauge: 'nb'\r\n# last"
    assert mended(text) == text.replace("Draft", "draft").replace("langauge", "language")


def test_json_is_mended_too() -> None:
    text = '{\n\t"smlint": 1,\n\t"title": "x",\n\t"langauge": "nb",\n\t"investment": {"tools": "1 200 kr"}\n}\n'
    assert mended(text) == text.replace("langauge", "language").replace('"1 200 kr"', "1200")


def test_a_repair_names_what_it_brings() -> None:
    text = HEAD + "initiatives: [{id: I1, kind: competitoin}]\n"
    (repair,) = repairs_of(judged(text), AS_OF)
    assert repair.brings == ("competition-terms-unchecked",)


def test_edits_may_not_overlap() -> None:
    assert edited("abcd", [Edit(2, 3, "X"), Edit(0, 1, ""), Edit(4, 4, "!")]) == "bXd!"
    with pytest.raises(ValueError, match="overlap"):
        edited("abcd", [Edit(0, 2, ""), Edit(1, 3, "")])


EXAMPLES = {file.stem: file.read_text("utf-8") for file in sorted((TOP / "examples").glob("*.yaml"))}
SLIPS = (
    (r"(\d{4})-(\d{2})-(\d{2})", r"\3.\2.\1"),
    (r": true\b", ": ja"),
    (r"\b(\d{2,3})(000)\b", r"\1 \2 kr"),
    (r"\b(\w+)s: \[", r"\1: ["),
    (r": (draft|active|monthly|long|increase)\b", lambda found: f": {found[1].capitalize()}"),
    (r"\[G(\d)\]", r"[g\1]"),
    (r"\bowner:", "ower:"),
    (r"\bhours: ", "huors: "),
    (r"\b[A-Z]\d\b", "Z9"),
)


@st.composite
def slipped(draw: st.DrawFn) -> str:
    """A shipped plan with a few of the usual slips."""
    text = EXAMPLES[draw(st.sampled_from(sorted(EXAMPLES)))]
    chance = random.Random(draw(st.integers(0, 10_000)))
    for _ in range(draw(st.integers(1, 6))):
        pattern, new = draw(st.sampled_from(SLIPS))
        places = list(re.finditer(pattern, text))  # type: ignore[arg-type]
        if places:
            place = chance.choice(places)
            put = new(place) if callable(new) else place.expand(new)
            text = text[: place.start()] + put + text[place.end() :]
    return text


@settings(max_examples=40)
@given(slipped())
def test_laws_of_repairs(text: str) -> None:
    report = judged(text)
    for repair in repairs_of(report, AS_OF):
        after = judged(edited(text, repair.edits))
        assert not repair.clears or repair.finding.id not in {finding.id for finding in after.findings}
        if report.score and after.score and after.score.total < report.score.total:
            assert repair.brings
    fixed = fix(report, AS_OF)
    assert fix(judged(fixed.text), AS_OF) == (fixed.text, ())
    assert len(fixed.text.split("\n")) == len(text.split("\n"))


@settings(max_examples=40)
@given(slipped())
def test_laws_of_stubs(text: str) -> None:
    report = judged(text)
    stubbed, made = with_stubs(report)
    after = judged(stubbed)
    assert [finding.id for finding in after.findings] == [finding.id for finding in report.findings]
    assert after.plan.data == report.plan.data
    assert with_stubs(after) == (stubbed, [])
    assert bool(made) == (stubbed != text)
    rest = iter(stubbed.split("\n"))
    assert all(line in rest for line in text.rstrip("\n").split("\n"))  # all lines are there, in their order


@pytest.mark.parametrize("name", ["customer-service-first-draft", "micro-firm", "least"])
def test_a_stub_that_is_filled_in_is_no_fault(name: str) -> None:
    """Without their # the lines of a stub are a plan that can be read, and nothing in it is a structural finding."""
    text, made = with_stubs(judged(EXAMPLES[name]))
    assert made
    lines = []
    for line in text.split("\n"):
        found = re.match(r"( *)# ( *(?:- )?\w+:.*)$", line)
        lines.append(found[1] + found[2] if found and "–" not in line.partition("  #")[0] else line)
    bare = "\n".join(line for line in lines)
    braces = [repair for repair in made if "braces" in repair.edits[0].text or "klammene" in repair.edits[0].text]
    if not braces:
        assert [] == [finding.id for finding in judged(bare).findings if finding.structural]


def test_a_stub_stands_where_it_belongs() -> None:
    text = HEAD + "sponsor:\n  role: Chief executive   # hers\n# next\nowner: {role: A}\n"
    stubbed, _ = with_stubs(judged(text))
    assert (
        "  role: Chief executive   # hers\n  # sponsor-missing – fill in and remove the #:\n  # level:  # board"
        in stubbed
    )
    assert "  # level:  # board | executive | senior-manager | manager | specialist\n# next\n" in stubbed


def test_the_command_shows_writes_and_is_done(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_bytes(b"\xef\xbb\xbfsmlint: 1\r\ntitle: x\r\nlangauge: nb\r\n")
    file.chmod(0o640)
    shown = smlint("fix", str(file), "--diff", *DAY)
    assert (shown.code, "+language: nb" in shown.out) == (1, True)
    assert b"langauge" in file.read_bytes()
    said = smlint("fix", str(file), *DAY)
    assert said.code == 0
    assert "plan.yaml:3: key `langauge` renamed to `language`\n1 repair in 1 plan\n" in said.out
    assert file.read_bytes() == b"\xef\xbb\xbfsmlint: 1\r\ntitle: x\r\nlanguage: nb\r\n"
    assert file.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in tmp_path.iterdir()] == ["plan.yaml"]
    again = smlint("fix", str(file), *DAY)
    assert (again.code, again.out) == (0, "ingenting å reparere\n")
    assert smlint("fix", str(file), "--diff", *DAY).code == 0


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.yaml").write_text(HEAD + "langauge: nb\n")
    (tmp_path / "link.yaml").symlink_to("real.yaml")
    assert smlint("fix", "link.yaml", *DAY, cwd=tmp_path).code == 0
    assert (tmp_path / "link.yaml").is_symlink()
    assert "language" in (tmp_path / "real.yaml").read_text()


def test_standard_input_goes_to_standard_output() -> None:
    said = smlint("fix", "-", *DAY, given=b"smlint: 1\ntitle: x\nlangauge: nb\n")
    assert (said.code, said.out) == (0, "smlint: 1\ntitle: x\nlanguage: nb\n")


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"smlint: 1\na: [", "cannot be read"),
        ("smlint: 1\ntitle: x\nlangauge: nb\n".encode("utf-16"), "is not UTF-8"),
    ],
)
def test_what_cannot_be_repaired_is_said(tmp_path: Path, raw: bytes, why: str) -> None:
    (tmp_path / "plan.yaml").write_bytes(raw)
    said = smlint("fix", "plan.yaml", "--lang", "en", *DAY, cwd=tmp_path)
    assert (said.code, why in said.err) == (2, True)
    assert (tmp_path / "plan.yaml").read_bytes() == raw


def test_stubs_in_norwegian(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(HEAD + "language: nb\n", "utf-8")
    said = smlint("fix", "plan.yaml", "--stubs", *DAY, cwd=tmp_path)
    assert (said.code, "laget plass til" in said.out) == (0, True)
    text = (tmp_path / "plan.yaml").read_text("utf-8")
    assert "# 21 funn – fyll ut og fjern #:\n" in text
    assert "#   level:  # board | executive" in text
    assert smlint("fix", "plan.yaml", "--stubs", "--diff", *DAY, cwd=tmp_path).code == 0


def test_a_plan_with_thousands_of_slips_is_mended_in_time() -> None:
    text = HEAD + "risks:\n" + "".join(f"  - {{description: r{n}, likelyhood: Low}}\n" for n in range(3000))
    fixed = mended(text)
    assert fixed.count("likelihood: low") == 3000
