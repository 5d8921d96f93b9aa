"""The spreadsheet: read back with another program; text is text, figures are figures, and there is room to decide."""

from __future__ import annotations

import io
from datetime import date
from fractions import Fraction
from typing import Any

import cmarkgfm
import pytest
from openpyxl import load_workbook

from smlint.meeting import codes, csv, markdown
from smlint.sheet import render
from tests.test_formats import HOSTILE, NAME, hostile_plan
from tests.test_page import example, judged, run_of

SHEETS = {"en": ["Plan", "Findings", "Score ledger", "Rules"], "nb": ["Plan", "Funn", "Poengregnskap", "Regler"]}


def book(*names: str, language: str = "en") -> Any:
    return load_workbook(io.BytesIO(render(run_of(*(example(name) for name in names), language=language))))


def table(sheet: Any) -> list[dict[str, Any]]:
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.mark.parametrize("language", SHEETS)
def test_the_sheets_have_names_headings_and_a_layout(language: str) -> None:
    made = book("customer-service-first-draft", language=language)
    assert made.sheetnames == SHEETS[language]
    for sheet in made:
        assert sheet.freeze_panes == "A2"
        assert all(sheet.column_dimensions[cell.column_letter].width > 5 for cell in sheet[1])
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight, sheet.print_title_rows) == (
            "landscape",
            0,
            "$1:$1",
        )


@pytest.mark.parametrize(("sheet", "heading", "width"), [("Findings", "Finding", 44), ("Rules", "Why it matters", 60)])
def test_rows_are_high_enough_for_their_texts(sheet: str, heading: str, width: int) -> None:
    made = book("customer-service-first-draft")[sheet]
    column = next(cell.column for cell in made[1] if cell.value == heading)
    lines = [-(-len(made.cell(row, column).value) // width) for row in range(2, made.max_row + 1)]
    assert max(lines) > 2
    for row, count in enumerate(lines, 2):
        assert made.row_dimensions[row].height >= 15 * count


def test_the_first_sheet_of_one_plan_says_what_is_next() -> None:
    texts = [row[0].value for row in book("customer-service-first-draft")["Plan"].iter_rows(min_row=2)]
    assert "Level 1 Enthusiast-driven: Depends on enthusiasts: nothing ties the work to the organisation." in texts
    start = texts.index("To reach level 2, mend these 5:")
    assert len([text for text in texts[start + 1 :] if text.startswith("– ")]) == 5
    assert "As of 15 Jan 2027" in texts


def test_the_findings_are_those_of_the_report() -> None:
    report = example("customer-service-first-draft")
    made = book("customer-service-first-draft")
    rows = table(made["Findings"])
    assert {row["Finding id"] for row in rows} == {finding.id for finding in report.findings}
    sponsor = next(row for row in rows if row["Rule"] == "sponsor-missing")
    assert (sponsor["Severity"], sponsor["Line"], sponsor["Points"]) == ("error", 1, 2.67)
    assert sponsor["No."] == codes(run_of(report))[report.plan.name, "sponsor-missing@$"]
    assert made["Findings"].auto_filter.ref == f"A1:S{len(rows) + 1}"
    assert [rows[0][name] for name in ("Decision", "Responsible", "Due", "Reason for the decision")] == [None] * 4


def test_decisions_are_chosen_from_a_list() -> None:
    sheet = book("customer-service-first-draft", language="nb")["Funn"]
    lists = {str(each.sqref).split(":")[0]: each for each in sheet.data_validations.dataValidation}
    assert lists["I2"].formula1 == '"rettes,godtas,ikke aktuelt"'
    assert lists["K2"].type == "date"
    assert "Communications adviser" in lists["J2"].formula1


def test_the_ledger_sums_to_the_score() -> None:
    report = example("customer-service-first-draft")
    rows = table(book("customer-service-first-draft")["Score ledger"])
    *rules, total = rows
    assert report.score is not None
    assert sum(Fraction(row["Earned exactly"]) for row in rules) == report.score.total
    assert total["Rule"] == "Sum"
    assert (total["Points"], total["Earned"]) == (100, pytest.approx(float(report.score.total), abs=0.01))
    assert total["Earned exactly"] == str(report.score.total)


def test_the_summary_has_every_plan() -> None:
    rows = table(book("customer-service", "least")["Plan"])
    assert [(row["Level"], row["Score"]) for row in rows[:2]] == [(5, 100), (2, 89.37)]
    assert rows[0]["Plan"].startswith("Customer service where customers already are")


def test_what_a_plan_holds_is_text() -> None:
    texts = [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "@SUM(1)",
        "-2",
        "http://e.org/",
        "{=1}",
        HOSTILE,
        "x" * 40_000,
        "123",
        "TRUE",
    ]
    for text in texts:
        made = load_workbook(io.BytesIO(render(run_of(judged(hostile_plan(text), NAME)))))
        for sheet in made:
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type != "f"
                    assert cell.hyperlink is None
                    assert not isinstance(cell.value, str) or len(cell.value) <= 32_767


def test_hostile_text_is_there_as_it_is() -> None:
    rows = table(load_workbook(io.BytesIO(render(run_of(judged(hostile_plan("=1+1"), NAME)))))["Findings"])
    assert "=1+1" in {row["Responsible in the plan"] for row in rows}


def test_a_file_that_cannot_be_read_is_in_it_too() -> None:
    made = load_workbook(io.BytesIO(render(run_of(judged("a: [", "b.yaml")))))
    assert [row["Rule"] for row in table(made["Findings"])] == ["syntax-error"]
    assert table(made["Plan"])[0]["Score"] is None


def test_the_same_run_gives_the_same_bytes() -> None:
    run = run_of(example("least"))
    assert render(run) == render(run)
    properties = load_workbook(io.BytesIO(render(run))).properties
    assert properties.created.date() == date(2027, 1, 15)


def test_the_csv_of_a_meeting_has_room_to_decide() -> None:
    head = csv(run_of(example("least"), language="nb")).splitlines()[0]
    assert ";Beslutning;Ansvarlig for tiltaket;Frist;Begrunnelse for beslutningen;" in head
    rows = [[cell.value for cell in row] for row in book("least", language="nb")["Funn"].iter_rows()]
    assert head.removeprefix("\ufeff").split(";") == rows[0]


def test_the_markdown_of_a_meeting_is_one_table_a_plan() -> None:
    text = markdown(run_of(example("least"), judged(hostile_plan(HOSTILE), NAME)))
    html = cmarkgfm.github_flavored_markdown_to_html(text)
    assert html.count("<table>") == 2
    assert {row.count("<td") for row in html.split("<tr>")[1:] if "<td" in row} == {11}
    assert "<a " not in html
