"""The formats for machines: well formed whatever the plan holds, and right in the eyes of those who read them."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as Tree

import cmarkgfm
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smlint.comparison import Earlier, compared
from smlint.gate import decide
from smlint.report import Report, Run, judge
from smlint.reporters import Look, reporter
from smlint.reporters.github import command
from smlint.reporters.marked import cell
from smlint.rulebook import load
from smlint.settings import Settings
from tests.clients import CLIENTS, client, node, npm
from tests.repository import LEAST
from tests.test_cli import DAY, TOP, smlint

AS_OF = date(2027, 1, 15)
BOOK = load()
HOSTILE = "<b>&|\"'`*_[x](http://e.org) @all #1 ::error::%0A,;=1+1 \x1b[31m\u202e😀\x01\n]]>"
NAME = "a,b|<c>\"d'e%f:g😀 ø.yaml"
MACHINE = ("json", "sarif", "junit", "github", "gitlab", "rdjson", "csv", "markdown")


def judged(text: str, name: str = "plans/a.yaml", **settings: Any) -> Report:
    return judge(name, text.encode("utf-8", "surrogatepass"), Settings(BOOK, **settings), AS_OF)


def run_of(*reports: Report, language: str = "en") -> Run:
    return Run(reports, 0, decide(reports), BOOK, AS_OF, language)


def printed(format: str, run: Run) -> str:
    return reporter(format)(run, Look())


def hostile_plan(text: str) -> str:
    """A plan with one text in every place that a message may repeat."""
    said = json.dumps(text)
    return (
        f"smlint: 1\ntitle: {said}\nowner: {{role: {said}}}\nobjectives: [{{id: {said}, statement: {said}}}]\n"
        f"goals: [{{id: {said}, statement: {said}, owner: {said}, supports: [{said}, x{{}}]}}]\n".replace("x{}", "nope")
        + f"channels: [{{id: {said}, platform: {said}, status: {said}}}]\n{said}: {said}\n"
        f"waivers: [{{rule: sponsor-missing, reason: {said}, owner: {said}}}]\n"
    )


def compared_run() -> Run:
    """A plan that was changed: a finding is fixed, others are new, a waiver was added."""
    before = judged(LEAST)
    after = judged(
        LEAST.replace("goals: [G1], channels: [linkedin], owner", "channels: [linkedin], owner")
        + "tone: {default: informal}\nwaivers: [{rule: initiative-orphan, reason: later, expires: 2027-06-30}]\n"
    )
    after.change = compared(after, before, Earlier("main", name="plans/a.yaml", revision=True))
    return run_of(after)


RUNS: dict[str, Callable[[], Run]] = {
    "no finding": lambda: run_of(judged((TOP / "examples" / "customer-service.yaml").read_text())),
    "no plan": run_of,
    "findings": lambda: run_of(judged((TOP / "examples" / "customer-service-first-draft.yaml").read_text())),
    "waived": lambda: run_of(judged((TOP / "examples" / "complete.yaml").read_text())),
    "syntax error": lambda: run_of(judged("smlint: 1\na: [\n")),
    "hostile": lambda: run_of(judged(hostile_plan(HOSTILE), NAME), judged("a: {" + HOSTILE, f"b\n{NAME}")),
    "hostile in Norwegian": lambda: run_of(judged(hostile_plan(HOSTILE), NAME), language="nb"),
    "a name that is not UTF-8": lambda: run_of(judged(LEAST, "pl\udcffan.yaml")),
    "compared": compared_run,
}


@pytest.fixture(params=RUNS)
def run(request: pytest.FixtureRequest) -> Run:
    return RUNS[request.param]()


def findings(run: Run) -> int:
    return sum(len(report.findings) for report in run.reports)


@pytest.mark.parametrize("format", MACHINE)
def test_the_same_run_gives_the_same_bytes(run: Run, format: str) -> None:
    assert printed(format, run) == printed(format, run)


@pytest.mark.parametrize("format", MACHINE)
def test_no_control_character_gets_through(format: str) -> None:
    text = printed(format, RUNS["hostile"]())
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f]", text.replace("\r\n", "\n"))
    assert format in ("json", "sarif") or "\u202e" not in text  # those two hold data as they are


# SARIF.


def test_sarif_is_valid(run: Run) -> None:
    schema = npm("@microsoft/sarif-multitool-linux") / "sarif-2.1.0.json"
    validator = jsonschema.Draft202012Validator(json.loads(schema.read_text("utf-8-sig")))
    assert [error.message for error in validator.iter_errors(json.loads(printed("sarif", run)))] == []


@pytest.mark.parametrize("name", ["findings", "hostile", "compared", "no finding", "syntax error"])
def test_sarif_pleases_the_rules_of_sarif_and_of_github(tmp_path: Path, name: str) -> None:
    tool = npm("@microsoft/sarif-multitool-linux") / "Sarif.Multitool"
    tool.chmod(0o755)
    (tmp_path / "a.sarif").write_text(printed("sarif", RUNS[name]()), "utf-8")
    words = ["validate", "a.sarif", "--rule-kind", "Sarif;Gh", "--level", "Error;Warning", "-o", "log.sarif"]
    subprocess.run(
        [tool, *words, "--log", "ForceOverwrite"], cwd=tmp_path, capture_output=True, timeout=120, check=True
    )
    log = json.loads((tmp_path / "log.sarif").read_text("utf-8-sig"))
    found = {result["ruleId"] for result in log["runs"][0].get("results", [])}
    assert found <= {"SARIF2005"}  # there is no address for more about smlint
    assert log["runs"][0]["tool"]["driver"]["name"]


def sarif(run: Run) -> dict[str, Any]:
    return dict(json.loads(printed("sarif", run))["runs"][0])


def test_sarif_has_every_finding_at_its_place_with_its_rule() -> None:
    run = RUNS["findings"]()
    found, report = sarif(run), run.reports[0]
    assert len(found["results"]) == len(report.findings)
    for result, finding in zip(found["results"], report.findings, strict=True):
        region = result["locations"][0]["physicalLocation"]["region"]
        assert region["startLine"] == finding.place.line
        assert found["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == finding.rule.id
        assert result["partialFingerprints"] == {"smlintFinding/v1": finding.id}
    rule = found["tool"]["driver"]["rules"][0]
    assert all(rule[key]["text"] for key in ("shortDescription", "fullDescription", "help"))
    assert rule["help"]["markdown"].startswith("**Why**")
    assert len(found["tool"]["driver"]["rules"]) == 80


def test_sarif_tells_what_is_new_unchanged_absent_and_suppressed() -> None:
    results = sarif(compared_run())["results"]
    state = {result["partialFingerprints"]["smlintFinding/v1"]: result for result in results}
    assert state["goal-without-initiative@goals[id=G1]"]["baselineState"] == "new"
    assert state["accessibility-missing@$"]["baselineState"] == "unchanged"
    assert state["tone-missing@$"]["baselineState"] == "absent"
    waived = state["initiative-orphan@initiatives[id=I1]"]["suppressions"]
    assert waived == [{"kind": "inSource", "status": "underReview", "justification": "later (until 2027-06-30)"}]
    accepted = [result for result in sarif(RUNS["waived"]())["results"] if "suppressions" in result]
    assert [result["suppressions"][0]["status"] for result in accepted] == ["accepted"]


def test_sarif_counts_files_from_the_top_of_the_repository() -> None:
    run = run_of(judged(LEAST, NAME))._replace(folder="deep/er")
    artifact = sarif(run)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact["uriBaseId"] == "%SRCROOT%"
    assert unquote(artifact["uri"]) == f"deep/er/{NAME}"
    assert re.fullmatch(r"[\w/.%~-]+", artifact["uri"], re.ASCII)
    above = sarif(run_of(judged(LEAST, "../a.yaml"))._replace(folder="deep"))["results"][0]
    assert above["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a.yaml"


# JUnit.


def test_junit_is_valid(run: Run) -> None:
    schema = client("junit-10.xsd")
    xmlschema = pytest.importorskip("xmlschema")
    xmlschema.XMLSchema(str(schema)).validate(printed("junit", run))


def test_junit_has_a_suite_per_plan_and_a_case_per_rule() -> None:
    run = RUNS["findings"]()
    report, root = run.reports[0], Tree.fromstring(printed("junit", run))
    assert report.score is not None
    plan, gate = root.findall("testsuite")
    assert plan.get("name") == "plans/a.yaml"
    failed = {case.get("name", "").split(":")[0] for case in plan if case.find("failure") is not None}
    assert failed == {finding.rule.id for finding in report.findings if finding.severity == "error"}
    assert len(plan) == len(report.score.outcomes) == int(plan.get("tests", ""))
    assert int(plan.get("failures", "")) == len(failed)
    assert [case.get("name") for case in gate.findall("testcase")] == ["gate"]
    failure = next(case.find("failure") for case in plan if (case.get("name") or "").startswith("sponsor-missing"))
    assert failure is not None
    assert (failure.text or "").startswith("plans/a.yaml:1:1: error: The plan is not anchored")


def test_junit_is_red_whenever_the_gate_is_closed() -> None:
    dear = judged((TOP / "examples" / "customer-service.yaml").read_text(), min_score=101)
    gate = Tree.fromstring(printed("junit", run_of(dear))).findall("testsuite")[1]
    assert gate.get("failures") == "1"
    suite, gate = Tree.fromstring(printed("junit", RUNS["syntax error"]())).findall("testsuite")
    assert (suite.get("errors"), gate.get("failures")) == ("1", "1")
    assert suite.find("testcase/error") is not None


def test_junit_skips_what_is_waived_and_passes_what_is_known() -> None:
    suite = Tree.fromstring(printed("junit", RUNS["waived"]())).find("testsuite")
    assert suite is not None
    assert (suite.get("skipped"), suite.get("failures")) == ("1", "0")
    suite = Tree.fromstring(printed("junit", compared_run())).find("testsuite")
    assert suite is not None
    failed = [case.get("name", "").split(":")[0] for case in suite if case.find("failure") is not None]
    assert failed == ["goal-without-initiative", "initiative-orphan"]  # not the known accessibility-missing


# GitHub.

COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


def test_github_shows_the_worst_ten_of_each_kind_and_counts_the_rest() -> None:
    run = RUNS["findings"]()
    lines = printed("github", run).splitlines()
    kinds = [match[1] for line in lines if (match := COMMAND.fullmatch(line))]
    assert (kinds.count("error"), kinds.count("warning"), kinds.count("notice")) == (10, 10, 4)
    more = COMMAND.fullmatch(lines[-2])
    assert more is not None
    assert more[3].startswith(f"{findings(run) - (len(kinds) - 2)} more findings")
    assert lines[-1].startswith("smlint: Level 1 ")


def test_github_tells_only_what_is_new_and_not_waived() -> None:
    text = printed("github", compared_run())
    assert "title=goal-without-initiative,file=plans/a.yaml" in text
    assert "accessibility-missing" not in text
    assert text.startswith("::error title=smlint gate::new: 2 errors; the score drops")


@pytest.mark.parametrize("name", RUNS)
def test_github_lines_are_commands_or_begin_with_our_name(name: str) -> None:
    for line in printed("github", RUNS[name]()).splitlines():
        assert COMMAND.fullmatch(line) or line.startswith("smlint: ")


def test_github_commands_are_those_of_actions_core() -> None:
    npm("@actions/core")
    texts = [HOSTILE, "50%,a:b\r\nc", "", "::add-mask::x", "plain"]
    script = (
        "const c = await import('@actions/core');"
        "for (const t of JSON.parse(process.argv[1])) c.error(t, {title: t || 'x', file: t || 'y', startLine: 3})"
    )
    said = node(f"(async () => {{{script}}})()", json.dumps(texts))
    ours = [command("error", {"title": text or "x", "file": text or "y", "line": 3}, text) for text in texts]
    assert said.splitlines() == ours


# GitLab.


def test_gitlab_entries_are_what_it_reads(run: Run) -> None:
    entries = json.loads(printed("gitlab", run))
    shown = [(report, f) for report in run.reports for f in report.findings if not report.waived(f)]
    assert len(entries) == len(shown) == len({entry["fingerprint"] for entry in entries})
    for entry, (report, finding) in zip(entries, shown, strict=True):
        assert {type(entry[key]) for key in ("description", "check_name", "fingerprint")} == {str}
        assert entry["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert entry["location"] == {
            "path": report.plan.name.replace("//", "/"),
            "lines": {"begin": finding.place.line, "end": finding.place.end_line},
        }
        assert entry["location"]["lines"]["begin"] >= 1


# Reviewdog.


def test_rdjson_columns_count_bytes() -> None:
    text = "smlint: 1\ntitle: x\nowner: {role: 😀ø, rolle: y}\n"
    report = judged(text)
    found = json.loads(printed("rdjson", run_of(report)))["diagnostics"]
    unknown = next(each for each in found if each["code"]["value"] == "unknown-key")
    line = text.splitlines()[2]
    start, end = (unknown["location"]["range"][side]["column"] - 1 for side in ("start", "end"))
    assert line.encode()[start:end].decode() == "rolle: y"
    assert unknown["severity"] == "ERROR"


def test_rdjson_pleases_its_validator(tmp_path: Path, run: Run) -> None:
    npm("@umbrelladocs/rdformat-validator")
    (tmp_path / "a.json").write_text(printed("rdjson", run), "utf-8", "backslashreplace")
    tool = CLIENTS / "node_modules" / ".bin" / "rdformat-validator"
    assert subprocess.run([tool, tmp_path / "a.json"], capture_output=True, timeout=60).returncode == 0


# CSV.


@pytest.mark.parametrize(("language", "delimiter"), [("en", ","), ("nb", ";")])
def test_csv_reads_back_as_text(language: str, delimiter: str) -> None:
    run = run_of(judged(hostile_plan("=1+1;,\"'\n😀"), "=cmd.yaml"), language=language)
    text = printed("csv", run)
    assert text[0] == "\ufeff"
    head, *rows = csv.reader(io.StringIO(text[1:], newline=""), delimiter=delimiter)
    assert {len(row) for row in rows} == {len(head)} == {16}
    assert len(rows) == findings(run)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert {row[0] for row in rows} == {"'=cmd.yaml"}


def test_csv_has_what_a_meeting_needs() -> None:
    run = RUNS["findings"]()
    rows = list(csv.DictReader(io.StringIO(printed("csv", run)[1:])))
    sponsor = next(row for row in rows if row["Rule"] == "sponsor-missing")
    assert (sponsor["Severity"], sponsor["Line"], sponsor["Dimension"]) == ("error", "1", "Anchoring")
    assert sponsor["Finding id"] == "sponsor-missing@$"
    assert float(sponsor["Points"]) == pytest.approx(2.67)


# Markdown.


def html(markdown: str) -> str:
    return str(cmarkgfm.github_flavored_markdown_to_html(markdown))


def test_markdown_shows_names_as_text() -> None:
    page = html(printed("markdown", RUNS["hostile"]()))
    tags = set(re.findall(r"<(\w+)", page))
    assert tags <= {"h2", "h3", "p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "code", "strong",
                    "details", "summary", "em", "hr"}  # fmt: skip
    assert "<a " not in page
    assert "@all" not in re.sub(r"<code>.*?</code>", "", page)
    columns = {row.count("<td") for row in page.split("<tr>")[1:] if "<td" in row}
    assert columns <= {4, 6}


def test_markdown_tells_gate_change_new_fixed_and_waived() -> None:
    text = printed("markdown", compared_run())
    assert text.startswith("## ❌ Gate closed: new: 2 errors; the score drops from 89.4 to ")
    assert "**New findings (2)**" in text
    assert "**Fixed (1)**" in text
    assert "9 known findings" in text
    assert "accessibility-missing" not in text
    assert "| `goal-without-initiative` | " in text  # the points that the change moved
    waived = printed("markdown", RUNS["waived"]())
    assert "<summary>Waived findings (1)</summary>" in waived
    assert waived.startswith("## ✅ Gate open")


def test_markdown_fits_a_comment() -> None:
    reports = [judged(hostile_plan(f"{n} {HOSTILE}"), f"plans/{n}.yaml") for n in range(40)]
    text = printed("markdown", run_of(*reports))
    assert len(text) < 65_536
    assert "more are not shown here." in text
    assert html(text).count("<details>") == html(text).count("</details>")


def test_markdown_pleases_markdownlint(tmp_path: Path) -> None:
    tool = npm("markdownlint-cli2") / "markdownlint-cli2-bin.mjs"
    rules = {"MD013": False, "MD033": {"allowed_elements": ["details", "summary"]}, "MD036": False, "MD041": False,
             "MD060": False}  # fmt: skip
    (tmp_path / ".markdownlint.json").write_text(json.dumps(rules))
    for name in ("findings", "compared", "waived", "no finding", "syntax error"):
        (tmp_path / f"{name.replace(' ', '-')}.md").write_text(printed("markdown", RUNS[name]()), "utf-8")
    run = subprocess.run(["node", tool, "*.md"], cwd=tmp_path, capture_output=True, timeout=60)
    assert (run.returncode, run.stderr.decode()) == (0, "")


TEXT = st.text(st.characters(codec="utf-8"), max_size=40)


@given(TEXT)
def test_a_cell_is_one_cell_of_text(text: str) -> None:
    page = html(f"| a |\n| - |\n| {cell(text)} |\n")
    assert page.count("<td") == 1
    assert set(re.findall(r"<(\w+)", page)) <= {"table", "thead", "tbody", "tr", "th", "td", "code"}


@given(TEXT, TEXT)
def test_a_command_says_what_it_was_given(text: str, value: str) -> None:
    said = command("error", {"title": value, "line": 1}, text)
    match = re.fullmatch(r"::error title=([^:,\r\n]*),line=1::([^\r\n]*)", said)
    assert match is not None

    def read(escaped: str) -> str:
        for code, char in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
            escaped = escaped.replace(code, char)
        return escaped

    assert (read(match[1]), read(match[2])) == (value, text)


@given(TEXT)
def test_junit_is_xml_whatever_the_texts(text: str) -> None:
    Tree.fromstring(printed("junit", run_of(judged(hostile_plan(text or "x")))).encode())


# The command line.


@pytest.mark.parametrize("format", ["json", "sarif", "junit", "gitlab", "rdjson", "csv"])
def test_a_format_for_machines_is_well_formed_where_nothing_was_checked(tmp_path: Path, format: str) -> None:
    said = smlint("check", ".", "--format", format, cwd=tmp_path)
    assert said.code == 2
    assert "nothing to check" in said.err
    if format == "junit":
        Tree.fromstring(said.out)
    elif format == "csv":
        assert said.out.startswith("\ufeffPlan,")
    else:
        json.loads(said.out)


@pytest.mark.parametrize("format", MACHINE)
def test_every_format_can_be_printed_and_written(tmp_path: Path, format: str) -> None:
    plan = str(TOP / "examples" / "least.yaml")
    said = smlint("check", plan, "--format", format, "--output", f"{format}={tmp_path / 'out'}", *DAY)
    assert said.code == 1
    assert (tmp_path / "out").read_bytes().decode() == said.out


def test_what_looks_like_a_number_is_a_text_in_a_table() -> None:
    text = hostile_plan(HOSTILE).splitlines()[0] + '\ntitle: x\nowner: {name: "1,000.00", role: "1,000.00"}\n'
    assert "1,000.00" in printed("table", run_of(judged(text, NAME)))
