"""The review page: what it draws and adds up, that nothing of a plan is ever markup, and plans of every kind."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import date
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pytest

from smlint.gate import decide
from smlint.meeting import codes
from smlint.page import WHOLE, render
from smlint.page.business import business_map, heat_maps
from smlint.page.figures import Figures
from smlint.page.money import money
from smlint.page.standing import standing
from smlint.page.timeline import timeline
from smlint.report import Report, Run, judge
from smlint.reporters import Look
from smlint.rulebook import load
from smlint.settings import Settings
from smlint.words import LANGUAGES
from tests.test_cli import TOP, smlint
from tests.test_formats import HOSTILE, NAME, compared_run, hostile_plan

AS_OF = date(2027, 1, 15)
BOOK = load()
EXAMPLES = TOP / "examples"


def judged(text: str, name: str = "plan.yaml") -> Report:
    return judge(name, text.encode("utf-8", "surrogatepass"), Settings(BOOK), AS_OF)


def example(name: str) -> Report:
    return judged((EXAMPLES / f"{name}.yaml").read_text("utf-8"), f"examples/{name}.yaml")


def run_of(*reports: Report, language: str = "en") -> Run:
    return Run(reports, 0, decide(reports), BOOK, AS_OF, language)


def page(*reports: Report, language: str = "en") -> str:
    return render(run_of(*reports, language=language), Look())


class Page(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.inside = tag

    def handle_data(self, data: str) -> None:
        self.text += data if self.inside not in ("style", "script") else ""


# The map.

BROKEN = """\
smlint: 1
title: x
objectives:
  - {id: B1, statement: served}
  - {id: B2, statement: not served}
  - {id: B3, statement: set aside, not_served: no use}
goals:
  - {id: G1, statement: sound, supports: [B1], success_criteria: [{id: K1, metric: leads}]}
  - {id: G2, statement: no links, supports: [B9]}
initiatives:
  - {id: I1, title: for a goal, goals: [G1], channels: [C1], departments: [D1]}
  - {id: I2, title: for none}
channels:
  - {id: C1, platform: facebook}
  - {id: C2, platform: linkedin}
departments:
  - {id: D1, name: Service, function: service}
  - {id: D2, name: Sales, function: sales}
"""


def test_the_map_shows_what_is_broken() -> None:
    drawn = business_map(judged(BROKEN), "en")
    assert drawn is not None
    assert {(node.id, fault) for node, fault in drawn["broken"]} == {
        ("B2", "unserved"), ("B9", "unknown"), ("G2", "no-criteria"), ("G2", "no-initiative"), ("G2", "no-objective"),
        ("I2", "no-goal"), ("C2", "no-use"), ("D2", "not-involved"),
    }  # fmt: skip
    links = {(edge.start.id, edge.end.id, edge.broken) for edge in drawn["edges"]}
    assert links == {
        ("B1", "G1", False), ("B9", "G2", True), ("G1", "K1", False), ("G1", "I1", False), ("I1", "C1", False),
        ("I1", "D1", False),
    }  # fmt: skip


def test_the_map_of_a_sound_plan_has_no_broken_link() -> None:
    drawn = business_map(example("customer-service"), "en")
    assert drawn is not None
    assert drawn["broken"] == []
    assert len({(node.column, node.row) for node in drawn["nodes"]}) == len(drawn["nodes"])  # none upon another
    assert max(node.y for node in drawn["nodes"]) + 50 <= drawn["height"]


def test_a_map_of_very_many_says_what_it_leaves_out() -> None:
    goals = "".join(f"  - {{id: G{n}, statement: goal {n}}}\n" for n in range(300))
    drawn = business_map(judged(f"smlint: 1\ntitle: x\ngoals:\n{goals}"), "en")
    assert drawn is not None
    assert (sum(bool(node.id) for node in drawn["nodes"]), drawn["hidden"]) == (40, 260)


def test_the_map_says_what_a_plan_has_none_of_and_what_it_leaves_out_on_purpose() -> None:
    plan = "smlint: 1\ntitle: x\nobjectives: [{id: B1, not_served: the shops do it}]\ngoals: [{id: G1}]\n"
    drawn = business_map(judged(plan), "nb")
    assert drawn is not None
    assert [(node.id, node.aside) for node in drawn["declined"]] == [("B1", "the shops do it")]
    assert [node.text for node in drawn["nodes"] if not node.id] == ["ingen i planen"] * 4
    assert "B1" not in {node.id for node, _ in drawn["broken"]}


def test_a_link_runs_past_the_columns_between_in_the_gap_under_a_row() -> None:
    drawn = business_map(example("customer-service"), "en")
    assert drawn is not None
    boxes = [(node.y, node.y + 50) for node in drawn["nodes"]]
    long = [edge for edge in drawn["edges"] if edge.end.column - edge.start.column > 1]
    assert long
    for edge in long:
        lane = int(edge.path.split(" L")[1].split()[1])
        assert not any(top <= lane <= bottom for top, bottom in boxes)


def test_the_heat_map_tells_internal_and_external_use_apart() -> None:
    plan = """\
smlint: 1
title: x
goals: [{id: G1, function: service}, {id: G2, function: internal}]
initiatives:
  - {id: I1, goals: [G1], channels: [out], departments: [D1, D2]}
  - {id: I2, goals: [G1, G2], channels: [in], departments: [D1]}
  - {id: I3, goals: [G2], departments: [D1]}
channels: [{id: out, scope: external}, {id: in, scope: internal}]
departments: [{id: D1, name: One}, {id: D2, name: Two}]
"""
    external, internal = heat_maps(judged(plan), "en")
    assert (external["columns"], external["rows"]) == (["service"], [("One", [1]), ("Two", [1])])
    assert (internal["columns"], internal["rows"]) == (["internal", "service"], [("One", [2, 1]), ("Two", [0, 0])])


# Figures.


def test_the_ledger_adds_up_to_100() -> None:
    for name in ("complete", "least", "customer-service-first-draft", "micro-firm"):
        report = example(name)
        run = run_of(report)
        facts = standing(report, Figures("en"), codes(run), run)
        left, right = facts["ledger"]["exact"].split(" = ")
        assert right == "100"
        assert sum(map(Fraction, left.split(" + "))) == 100
        assert report.score is not None
        lost = sum(step["wide"] for step in facts["ledger"]["steps"])
        assert 1000 - lost == pytest.approx(float(10 * report.score.total))


def test_money_shows_its_arithmetic() -> None:
    facts = money(example("customer-service"), Figures("nb"))
    assert facts is not None
    assert "Service agents: 2\u00a0400\u00a0t × 480 = 1\u00a0152\u00a0000\u00a0kr" in facts["people"]
    assert facts["total"] == {
        "worked": "2\u00a0830\u00a0000\u00a0kr", "stated": "2\u00a0830\u00a0000\u00a0kr", "differs": False,
    }  # fmt: skip
    assert facts["chains"][0].replace("\u00a0", " ") == (
        "K2: 40 % av 30 % = 12 % av 200 000 all enquiries from customers = 24 000 i året"
    )
    assert facts["goals"][0]["roi"] == "14,1\u00a0%"
    assert facts["returns"][0].replace("\u00a0", " ").endswith("= 14,1 %")


def test_a_return_by_the_year_is_worked_out_over_the_period() -> None:
    facts = money(example("complete"), Figures("en"))
    assert facts is not None
    assert facts["returns"] == ["G1: 1,400,000 × 2 years = 2,800,000. (2,800,000 − 1,056,667) / 1,056,667 = 165\u00a0%"]


def test_money_says_what_is_not_stated_and_what_is_not_money() -> None:
    plan = """\
smlint: 1
title: x
goals: [{id: G1, success_criteria: [{id: K1}], return: {kind: non-monetary, criterion: K1}}]
investment: {currency: NOK, people: [{role: A}, {role: B, hours: 5}]}
"""
    facts = money(judged(plan), Figures("en"))
    assert facts is not None
    assert facts["people"] == ["A: hours not stated", "B: 5\u00a0h, rate not stated"]
    assert (facts["goals"][0]["shows"], facts["goals"][0]["return"]) == ("K1", "–")


def test_what_ends_on_the_last_day_is_drawn_inside() -> None:
    plan = "smlint: 1\ntitle: x\ngoals: [{id: G1, success_criteria: [{id: K1, deadline: 2028-12-31}]}]\n"
    facts = timeline(judged(plan), AS_OF, Figures("en"))
    assert facts is not None
    assert [row["from"] + row["wide"] for row in facts["rows"]] == [1000]


def test_a_total_that_does_not_fit_and_hours_that_nobody_has() -> None:
    plan = """\
smlint: 1
title: x
initiatives: [{id: I1, hours: 300}]
investment: {currency: NOK, people: [{role: A, hours: 100, rate: 500}], tools: 1000, total: {hours: 100, money: 1}}
"""
    facts = money(judged(plan), Figures("en"))
    assert facts is not None
    assert (facts["total"]["differs"], facts["hours"]["over"]) == (True, True)
    assert facts["total"]["worked"] == "51,000\u00a0NOK"


def test_the_timeline_tells_what_is_overdue() -> None:
    plan = """\
smlint: 1
title: x
goals: [{id: G1, success_criteria: [{id: K1, metric: leads, deadline: 2026-12-31},
  {id: K2, metric: leads, deadline: 2027-12-31, baseline: {unknown: true, measure_by: 2027-01-01}}]}]
review: {next: 2027-01-14}
initiatives: [{id: I1, title: done, from: 2026-01-01, to: 2026-06-30}]
"""
    facts = timeline(judged(plan), AS_OF, Figures("en"))
    assert facts is not None
    assert {(row["kind"], row["overdue"]) for row in facts["rows"]} == {
        ("deadline", True), ("deadline", False), ("measure", True), ("review", True), ("initiative", False),
    }  # fmt: skip
    assert all(0 <= row["from"] <= 1000 for row in facts["rows"])
    assert timeline(judged("smlint: 1\ntitle: x\n"), AS_OF, Figures("en")) is None


def test_codes_are_stable_and_differ() -> None:
    reports = [example("customer-service-first-draft"), example("least")]
    named = codes(run_of(*reports))
    assert len(set(named.values())) == len(named)
    moved = judged("# a line\n" + (EXAMPLES / "least.yaml").read_text(), "examples/least.yaml")
    assert codes(run_of(moved)).items() <= named.items()


# The page.

PLANS = {
    "the draft": lambda: [example("customer-service-first-draft")],
    "a sound plan": lambda: [example("customer-service")],
    "waivers": lambda: [example("complete")],
    "an empty plan": lambda: [judged("smlint: 1\ntitle: x\n")],
    "a syntax error": lambda: [judged("smlint: 1\na: [\n")],
    "144 findings": lambda: [example("published/us-national-archives")],
    "compared": lambda: list(compared_run().reports),
    "hostile": lambda: [judged(hostile_plan(HOSTILE), NAME)],
    "several": lambda: [example("least"), judged("a: [", "b.yaml"), judged(hostile_plan(HOSTILE), NAME)],
    "many": lambda: [judged(f"smlint: 1\ntitle: plan {n}\n", f"{n}.yaml") for n in range(WHOLE + 1)],
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PLANS)
def test_every_kind_of_plan_has_a_page(name: str, language: str) -> None:
    html = page(*PLANS[name](), language=language)
    read = Page(html)
    ids = [attributes["id"] for _, attributes in read.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    anchors = [a["href"] for tag, a in read.elements if tag == "a"]
    assert {str(href).removeprefix("#") for href in anchors} <= set(ids)
    assert not re.search(r"\{\w*\}|None|Undefined", read.text.replace("{n}", ""))
    assert html == page(*PLANS[name](), language=language)


def test_nothing_of_a_plan_is_markup() -> None:
    plain = {tag for tag, _ in Page(page(*PLANS["the draft"]())).elements}
    read = Page(page(judged(hostile_plan(HOSTILE), NAME)))
    assert {tag for tag, _ in read.elements} <= plain | {"s", "ul", "li", "small"}
    attributes = {name for _, each in read.elements for name in each}
    assert not {name for name in attributes if name.startswith("on") or name == "style"}
    assert "<b>&|" in read.text  # it is there, as text
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e]", page(judged(hostile_plan(HOSTILE), NAME)))


def test_nothing_but_its_own_style_and_script_is_allowed() -> None:
    html = page(*PLANS["hostile"]())
    read = Page(html)
    policy = next(a["content"] for tag, a in read.elements if tag == "meta" and a.get("http-equiv"))
    for tag in ("style", "script"):
        content = re.search(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        assert content is not None
        digest = base64.b64encode(hashlib.sha256(content[1].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in str(policy)
    assert str(policy).startswith("default-src 'none'")
    assert not [a for _, a in read.elements if {"src", "srcset"} & a.keys()]
    assert not [value for _, a in read.elements for value in a.values() if (value or "").startswith(("http", "//"))]


def test_the_findings_name_who_has_to_act_and_what_it_costs() -> None:
    html = page(example("customer-service-first-draft"))
    row = html[html.index('data-id="sponsor-missing@$"') :]
    row = row[: row.index("</tr>")]
    assert "Communications adviser" in row
    assert "2.7" in row
    assert "opens 8.9 more" in row
    assert "customer-service-first-draft.yaml:1" in row


def test_very_many_plans_stay_small() -> None:
    text = (EXAMPLES / "customer-service-first-draft.yaml").read_text("utf-8")
    reports = [judged(text, f"plans/{n}.yaml") for n in range(60)]
    html = page(*reports)
    assert len(html.encode()) / 60 < 15_000  # of a plan; 1,000 plans take less than 15 MB
    assert "The ten worst of 59." in Page(html).text


def test_figures_are_the_language_s_own() -> None:
    assert "36,8" in page(example("customer-service-first-draft"), language="nb")
    assert Figures("nb").day("2027-06-30") == "30. juni 2027" or Figures("nb").day("2027-06-30") == "30 juni 2027"
    assert Figures("en").score(Fraction(99999, 1000)) == "99.9"


# The command.


@pytest.mark.parametrize("ending", ["html", "xlsx", "md", "csv"])
def test_the_report_is_written_by_its_ending(tmp_path: Path, ending: str) -> None:
    (tmp_path / "plan.yaml").write_text((EXAMPLES / "least.yaml").read_text())
    said = smlint("report", "plan.yaml", "-o", f"r.{ending}", "--as-of", "2027-01-15", cwd=tmp_path)
    assert (said.code, said.out, said.err) == (0, f"r.{ending}\n", "")
    assert (tmp_path / f"r.{ending}").stat().st_size > 1000


def test_a_report_of_a_file_that_cannot_be_read_is_written_and_exit_2(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text("smlint: 1\na: [\n")
    said = smlint("report", "plan.yaml", "-o", "r.html", cwd=tmp_path)
    assert said.code == 2
    assert said.err.startswith("smlint: plan.yaml:3:1: cannot be judged. Cannot be read as YAML: a bracket or brace")
    assert "cannot be read as a plan" in (tmp_path / "r.html").read_text("utf-8")


def test_an_unknown_ending_asks_for_the_format(tmp_path: Path) -> None:
    said = smlint("report", str(EXAMPLES / "least.yaml"), "-o", "r.pdf", cwd=tmp_path)
    assert said.code == 2
    assert "say the format" in said.err
    assert json.dumps(said.out) == '""'
