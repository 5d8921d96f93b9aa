"""The review as a spreadsheet: summary, findings with room for decisions, the ledger of points, the rules."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import Any

import xlsxwriter

from smlint.bundled import HERE
from smlint.meeting import COLUMNS, DECIDED, Row, codes, heading, rows, values
from smlint.page.figures import Figures
from smlint.pattern import pattern
from smlint.report import Run
from smlint.rulebook import MODEL
from smlint.words import learn, rounded, say, written

LONGEST = 32_000  # characters of a cell; Excel takes 32,767
_NOT_XML = pattern("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
WIDTHS = dict(zip(COLUMNS, (9, 20, 11, 18, 44, 36, 18, 8, 14, 18, 12, 26, 7, 40, 26, 20, 7, 24, 40), strict=True))
_PRINTED = COLUMNS.index("decision-reason")  # the last column that goes on paper
ANSWERS = ("fix", "accept", "drop")
_ROOM = 200  # rows below the findings that keep the drop-downs


def render(run: Run) -> bytes:
    """An .xlsx file. Text is text: what a plan holds makes no formula and no link. The same run, the same bytes."""
    learn(HERE / "page" / "words.yaml")
    out = io.BytesIO()
    book = _Book(out, run)
    book.summary()
    book.findings()
    book.ledger()
    book.rules()
    book.file.close()
    return out.getvalue()


class _Book:
    """The workbook while it is written."""

    def __init__(self, out: io.BytesIO, run: Run) -> None:
        self.run = run
        self.language = run.own_language
        self.widths: list[int] = []  # of the sheet that is being written
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self.file = xlsxwriter.Workbook(out, options)
        created = datetime.datetime.combine(run.as_of, datetime.time())
        self.file.set_properties({"title": self.say("head"), "created": created, "comments": f"smlint, model {MODEL}"})
        form = self.file.add_format
        self.head = form({"bold": True, "bottom": 2, "text_wrap": True, "valign": "bottom"})
        self.head_figure = form({"bold": True, "bottom": 2, "text_wrap": True, "valign": "bottom", "align": "right"})
        self.plain = form({"valign": "top"})
        self.right = form({"valign": "top", "align": "right"})
        self.share = form({"num_format": '0" %"', "valign": "top"})
        self.text = form({"text_wrap": True, "valign": "top"})
        self.bold = form({"bold": True, "text_wrap": True, "valign": "top"})
        self.figure = form({"num_format": "#,##0.00", "valign": "top"})
        self.whole = form({"num_format": "0", "valign": "top"})
        self.open = form(
            {"text_wrap": True, "valign": "top", "bg_color": "#FFF9E5", "border": 1, "border_color": "#D5DADE"}
        )
        day = "dd.mm.yyyy" if self.language == "nb" else "d mmm yyyy"
        self.open_day = form({"num_format": day, "valign": "top", "bg_color": "#FFF9E5", "border": 1,
                              "border_color": "#D5DADE"})  # fmt: skip
        self.sum = form({"bold": True, "top": 2, "num_format": "#,##0.00", "align": "right"})
        self.sum_text = form({"bold": True, "top": 2})
        colours = {"error": "#B3261E", "warning": "#8A5A00", "info": "#34586F"}
        self.severities = {name: form({"bold": True, "valign": "top", "font_color": c}) for name, c in colours.items()}

    def say(self, key: str, **values: Any) -> str:
        return say(key if "." in key else f"page.{key}", self.language, **values)

    def sheet(self, name: str, columns: Sequence[tuple[str, int]], figures: Collection[int] = ()) -> Any:
        """A sheet with a frozen heading, widths, and a page that prints to the width of A4. `figures` are the columns
        that hold numbers."""
        sheet = self.file.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", name)[:31])
        self.widths = [width for _, width in columns]
        for number, (title, width) in enumerate(columns):
            sheet.set_column(number, number, width)
            self.put(sheet, 0, number, title, self.head_figure if number in figures else self.head)
        sheet.set_row(0, _height([title for title, _ in columns], self.widths))
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        return sheet

    def put(self, sheet: Any, row: int, column: int, value: Any, form: Any) -> None:
        """Write one cell: a number as a number, a day as a day, all else as text."""
        if isinstance(value, Fraction):
            sheet.write_number(row, column, float(rounded(value, 2)), form)
        elif isinstance(value, int) and not isinstance(value, bool):
            sheet.write_number(row, column, value, form)
        elif isinstance(value, datetime.date):
            sheet.write_datetime(row, column, datetime.datetime.combine(value, datetime.time()), form)
        elif value is None or value == "":
            sheet.write_blank(row, column, None, form)
        else:
            sheet.write_string(row, column, _cell(str(value)), form)

    def line(self, sheet: Any, row: int, values: Sequence[tuple[Any, Any]], shown: int | None = None) -> None:
        """Write a row, high enough for what its first `shown` cells hold."""
        for column, (value, form) in enumerate(values):
            self.put(sheet, row, column, value, form)
        sheet.set_row(row, _height([value for value, _ in values[:shown]], self.widths))

    # The sheets.

    def summary(self) -> None:
        """A row per plan, and the gate."""
        columns = [(self.say("plan"), 44), (self.say("level"), 8), (self.say("ambition"), 12), (self.say("score"), 9)]
        dimensions = {id: each for report in self.run.reports for id, each in report.settings.book.dimensions.items()}
        columns += [(each.title[self.language], 14) for each in dimensions.values()]
        columns += [(self.say(f"severity.{name}"), 10) for name in ("error", "warning", "info")]
        sheet = self.sheet(self.say("plan"), columns, range(1, len(columns)))
        for row, report in enumerate(self.run.reports, 1):
            score = report.score
            found = [finding for finding in self.run.shown(report) if not report.waived(finding)]
            values: list[tuple[Any, Any]] = [(f"{report.title or ''}\n{report.plan.name}".strip(), self.bold)]
            values += [(score.level if score else None, self.whole), (report.ambition, self.whole)]
            values += [(score.total if score else None, self.figure)]
            for id in dimensions:
                values.append((100 * score.share(id) if score and id in score.parts else None, self.share))
            values += [(sum(f.severity == name for f in found), self.whole) for name in ("error", "warning", "info")]
            self.line(sheet, row, values)
        for row, text in enumerate(self._said(), len(self.run.reports) + 2):
            self.put(sheet, row, 0, text, self.plain)

    def _said(self) -> list[str]:
        """What stands below the figures: the gate, the day, and of one plan what its level means and what is next."""
        gate = self.say("gate-open" if self.run.verdict.passed else "gate-closed")
        why = "; ".join(written(reason, self.language) for reason in self.run.verdict.why)
        lines = [f"{self.say('gate')}: {gate}" + (f" – {why}" if why else ""), self.say("written"),
                 self.say("as-of", date=Figures(self.language).day(self.run.as_of))]  # fmt: skip
        score = self.run.reports[0].score if len(self.run.reports) == 1 else None
        if score is None:
            return lines
        level = f"{self.say('level')} {score.level} {self.say(f'level.{score.level}')}: "
        lines += ["", level + self.say(f"meaning-{score.level}")]
        if score.next_level:
            key = "next" if len(score.next_level) > 1 else "next-one"
            lines += [self.say(key, level=score.level + 1, n=len(score.next_level))]
            lines += [f"– {finding.message(self.language)}" for finding in score.next_level]
        return lines

    def findings(self) -> None:
        """A row per finding, with empty cells for what the meeting decides."""
        sheet = self.sheet(
            self.say("findings"),
            [(heading(name, self.language), width) for name, width in WIDTHS.items()],
            [COLUMNS.index("points"), COLUMNS.index("line")],
        )
        named = codes(self.run)
        row = 0
        for report in self.run.reports:
            for found in rows(self.run, report, named, self.run.language_of(report)):
                row += 1
                cells = self._finding(report.plan.name, found)
                self.line(sheet, row, cells, _PRINTED + 1)
        sheet.autofilter(0, 0, max(row, 1), len(COLUMNS) - 1)
        sheet.print_area(0, 0, max(row, 1), _PRINTED)
        names = COLUMNS
        answers = [self.say(f"choice-{name}") for name in ANSWERS]
        last = row + _ROOM
        decide, due = names.index("decision"), names.index("due")
        sheet.data_validation(1, decide, last, decide, {"validate": "list", "source": answers})
        sheet.data_validation(
            1, due, last, due,
            {"validate": "date", "criteria": ">=", "value": datetime.date(2000, 1, 1), "ignore_blank": True},
        )  # fmt: skip
        owners = sorted({owner for report in self.run.reports for owner in report.owners.values() if owner})
        self._suggest(sheet, names.index("responsible"), last, owners)

    def _suggest(self, sheet: Any, column: int, last: int, owners: list[str]) -> None:
        """Offer the plans' own roles; others may be written. A list in a cell holds 255 characters."""
        chosen: list[str] = []
        for owner in owners:
            if "," not in owner and len(",".join([*chosen, _cell(owner)])) <= 255:
                chosen.append(_cell(owner))
        if chosen:
            offer = {"validate": "list", "source": chosen, "error_type": "information", "show_error": False}
            sheet.data_validation(1, column, last, column, offer)

    def _finding(self, plan: str, row: Row) -> list[tuple[Any, Any]]:
        forms = {
            "severity": self.severities[row.severity],
            "where": self.bold,
            "line": self.whole,
            "points": self.figure,
        }
        forms |= dict.fromkeys(DECIDED, self.open) | {"due": self.open_day}
        return [(value, forms.get(name, self.text)) for name, value in values(plan, row, self.language).items()]

    def ledger(self) -> None:
        """Points per plan and rule. The sums are figures, not formulas: they were added exactly."""
        parts = ("points", "earned", "lost", "blocked")
        columns = [(self.say("plan"), 48), (self.say("dimension"), 28), (self.say("sheet-rule"), 32)]
        columns += [(self.say(name), 11) for name in parts] + [
            (self.say("exact"), 18),
            (say("table.passed", self.language), 12),
        ]
        sheet = self.sheet(self.say("sheet-ledger"), columns, range(3, 9))
        row = 0
        for report in self.run.reports:
            score = report.score
            if score is None:
                continue
            sums = [Fraction(0)] * 4
            for rule in report.settings.book.listed:
                outcome = score.outcomes.get(rule.id)
                if outcome is None:
                    continue
                row += 1
                part = score.rules[rule.id]
                sums = [one + other for one, other in zip(sums, part, strict=True)]
                title = score.dimensions[rule.dimension].title[self.language]
                values: list[tuple[Any, Any]] = [
                    (report.plan.name, self.text),
                    (title, self.text),
                    (rule.id, self.text),
                ]
                values += [(value, self.figure) for value in part]
                passed = f"{outcome.passed}/{outcome.subjects}"
                values += [(str(part.earned), self.right), (passed, self.right)]
                self.line(sheet, row, values)
            row += 1
            totals: list[tuple[Any, Any]] = [
                (report.plan.name, self.sum_text),
                (None, self.sum_text),
                (self.say("sum"), self.sum_text),
            ]
            self.line(sheet, row, totals + [(value, self.sum) for value in (*sums, str(sums[1]), None)])
        sheet.autofilter(0, 0, max(row, 1), len(columns) - 1)

    def rules(self) -> None:
        """The rules that judged, with their reasons."""
        names = ("rule", "title", "why", "fix", "dimension", "level", "source")
        widths = (30, 40, 60, 50, 24, 8, 24)
        sheet = self.sheet(
            self.say("sheet-rules"), [(self.say(f"sheet-{n}"), w) for n, w in zip(names, widths, strict=True)], [5]
        )
        books = {report.settings.book.fingerprint: report.settings.book for report in self.run.reports}
        rules = {rule.id: (rule, book) for book in books.values() for rule in book.listed}
        for row, (rule, book) in enumerate(rules.values(), 1):
            dimension = book.dimensions[rule.dimension].title[self.language]
            texts = (rule.id, rule.title[self.language], rule.why[self.language], rule.fix[self.language], dimension)
            values: list[tuple[Any, Any]] = [(text, self.text) for text in texts]
            self.line(sheet, row, [*values, (rule.level, self.whole), (", ".join(rule.source), self.text)])


def _height(cells: Sequence[Any], widths: Sequence[int]) -> float:
    """Points that a row needs for its longest cell: not every program works that out by itself."""
    texts = [(str(value), width) for value, width in zip(cells, widths, strict=False) if isinstance(value, str)]
    return 15.0 * max(
        [1, *(sum(-(-max(len(line), 1) // (width - 2)) for line in text.split("\n")) for text, width in texts)]
    )


def _cell(text: str) -> str:
    """Text that a cell can hold: no control characters, and not too long."""
    text = _NOT_XML.sub(lambda match: f"\\x{ord(match[0]):02x}", text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
