"""`csv`: the findings for a spreadsheet, RFC 4180 with a byte order mark, by which Excel knows UTF-8.

Where the decimal sign is a comma, as in Norwegian, spreadsheets expect semicolons between the cells.
"""

from __future__ import annotations

import csv
import io

from smlint.finding import Diagnostic, Finding
from smlint.report import Report, Run
from smlint.reporters import Look
from smlint.reporters.style import Pen
from smlint.words import Word, rounded, safe

COLUMNS = (
    "plan", "severity", "where", "line", "finding", "fix", "owner", "points", "rule", "dimension", "level", "new",
    "waived", "reason", "until", "id",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render(run: Run, look: Look) -> str:
    """A row per finding under a heading, in the language of the run."""
    pen = Pen(Look(), run.own_language)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if pen.language == "nb" else ",", lineterminator="\r\n")
    heads = [pen.say(f"table.{name}") for name in COLUMNS]
    writer.writerow([head[:1].upper() + head[1:] for head in heads])
    for report in run.reports:
        for finding in run.shown(report):
            writer.writerow([as_text(value) for value in _row(run, report, finding, pen)])
    return "\ufeff" + out.getvalue()


def _row(run: Run, report: Report, finding: Finding, pen: Pen) -> list[str]:
    language, rule = run.language_of(report), finding.rule
    scored = report.score if not isinstance(rule, Diagnostic) else None
    waiver = report.waivers.get(finding.id)
    new = report.is_new(finding)
    return [
        run.path(report),
        pen.say(f"severity.{finding.severity}"),
        Pen(Look(), language).write(finding.values["label"] if "label" in finding.values else Word("label.plan")),
        str(finding.place.line),
        finding.message(language),
        finding.fix(language),
        report.owners[finding.id] or "",
        _points(rounded(scored.cost(finding), 2), pen) if scored else "",
        rule.id,
        "" if isinstance(rule, Diagnostic) else report.settings.book.dimensions[rule.dimension].title[pen.language],
        "" if isinstance(rule, Diagnostic) else str(rule.level),
        "" if new is None else pen.say(f"table.{'yes' if new else 'no'}"),
        pen.say(f"table.{'yes' if report.waived(finding) else 'no'}"),
        waiver.reason if waiver else "",
        (waiver.expires or "") if waiver else "",
        finding.id,
    ]


def _points(value: object, pen: Pen) -> str:
    """A number as the spreadsheets of the language read it, without grouping."""
    return str(value).replace(".", ",") if pen.language == "nb" else str(value)


def as_text(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    text = safe(text.replace("\r\n", " ").replace("\n", " "))
    return f"'{text}" if text.startswith(_FORMULA) else text
