"""The findings as a meeting's table has them, in the plan's own words and with who has to act; as CSV and Markdown."""

from __future__ import annotations

import csv as files
import hashlib
import io
from datetime import date
from fractions import Fraction
from typing import Any

from smlint.bundled import HERE
from smlint.finding import SEVERITIES, Diagnostic, Finding
from smlint.record import Record
from smlint.report import Report, Run
from smlint.reporters import Look
from smlint.reporters.csv import as_text
from smlint.reporters.marked import cell
from smlint.reporters.style import Pen, standing
from smlint.words import Word, learn, rounded, safe, say, shown, written

COLUMNS = (
    "code", "plan", "severity", "where", "finding", "fix", "owner", "points", "decision", "responsible", "due",
    "decision-reason", "line", "why", "rule", "dimension", "new", "waived", "id",
)  # fmt: skip
DECIDED = ("decision", "responsible", "due", "decision-reason")  # empty, for the meeting to fill in
_ON_PAPER = ("code", "severity", "where", "finding", "why", "fix", "owner", "points", "decision", "responsible", "due")

_SHORTEST = 5


def codes(run: Run) -> dict[tuple[str, str], str]:
    """A code for every finding of a run, by plan and finding id; longer only where two would be the same."""
    digests = {
        (report.plan.name, finding.id): _digest(run.path(report), finding.id)
        for report in run.reports
        for finding in report.findings
    }
    length = _SHORTEST
    while len({digest[:length] for digest in digests.values()}) < len(digests):
        length += 1
    return {name: digest[:length].upper() for name, digest in digests.items()}


def _digest(path: str, id: str) -> str:
    return hashlib.sha256(f"{path}\0{id}".encode("utf-8", "surrogatepass")).hexdigest()


class Row(Record):
    """One finding. `rank` orders severities, worst first; `points` are exact; `new` is None without a comparison."""

    code: str
    id: str
    rule: str
    severity: str
    rank: int
    where: str
    place: str
    message: str
    why: str
    fix: str
    owner: str
    points: Fraction
    opens: Fraction
    dimension: str
    level: int | None
    new: bool | None
    waived: bool
    reason: str
    until: str | None
    by: str


def rows(run: Run, report: Report, named: dict[tuple[str, str], str], language: str) -> list[Row]:
    """The findings of a plan, worst first: by severity, then by what they cost with what they open."""
    found = [_row(report, finding, named[report.plan.name, finding.id], language) for finding in run.shown(report)]
    return sorted(found, key=lambda row: (row.rank, -row.points - row.opens, row.place, row.id))


def _row(report: Report, finding: Finding, code: str, language: str) -> Row:
    rule = finding.rule
    structural = isinstance(rule, Diagnostic)
    score = None if structural else report.score
    label = finding.values.get("label", Word("label.plan"))
    waiver = report.waivers.get(finding.id)
    return Row(
        code=code,
        id=safe(finding.id),
        rule=rule.id,
        severity=finding.severity,
        rank=SEVERITIES.index(finding.severity),
        where=written(label, language),
        place=f"{safe(report.plan.name)}:{finding.place.line}",
        message=finding.message(language),
        why="" if isinstance(rule, Diagnostic) else rule.why[language],
        fix=finding.fix(language),
        owner=shown(report.owners[finding.id] or ""),
        points=score.cost(finding) if score else Fraction(0),
        opens=score.opens(finding) if score else Fraction(0),
        dimension=""
        if isinstance(rule, Diagnostic)
        else report.settings.book.dimensions[rule.dimension].title[language],
        level=None if isinstance(rule, Diagnostic) else rule.level,
        new=report.is_new(finding),
        waived=report.waived(finding),
        reason=shown(waiver.reason) if waiver else "",
        until=waiver.expires if waiver else None,
        by=shown(waiver.approved_by or waiver.owner or "") if waiver else "",
    )


def heading(name: str, language: str) -> str:
    """What a column is called."""
    learn(HERE / "page" / "words.yaml")
    return say(f"page.sheet-{name}", language)


def values(plan: str, row: Row, language: str) -> dict[str, Any]:
    """What stands in each column: text, whole numbers, points as fractions, nothing where the meeting decides."""
    until = date.fromisoformat(row.until).isoformat() if row.until else None
    return dict.fromkeys(COLUMNS) | {
        "code": row.code,
        "plan": plan,
        "severity": say(f"severity.{row.severity}", language),
        "where": row.where,
        "line": int(row.place.rpartition(":")[2]),
        "finding": row.message,
        "why": row.why,
        "fix": row.fix,
        "owner": row.owner,
        "points": row.points or None,
        "rule": row.rule,
        "dimension": row.dimension,
        "new": None if row.new is None else say(f"table.{'yes' if row.new else 'no'}", language),
        "waived": " · ".join(filter(None, (row.reason, until, row.by))) if row.waived else None,
        "id": row.id,
    }


def csv(run: Run) -> str:
    """All findings with room for decisions, which `smlint decisions` reads back; as reporters.csv writes its rows."""
    language, named, out = run.own_language, codes(run), io.StringIO()
    writer = files.writer(out, delimiter=";" if language == "nb" else ",", lineterminator="\r\n")
    writer.writerow([heading(name, language) for name in COLUMNS])
    for report in run.reports:
        for row in rows(run, report, named, run.language_of(report)):
            writer.writerow([_plain(value, language) for value in values(report.plan.name, row, language).values()])
    return "\ufeff" + out.getvalue()


def _plain(value: Any, language: str) -> str:
    if isinstance(value, Fraction):
        return str(rounded(value, 2)).replace(".", "," if language == "nb" else ".")
    return "" if value is None else as_text(str(value))


def markdown(run: Run) -> str:
    """The review as a document: where each plan stands, and its findings with room for decisions."""
    learn(HERE / "page" / "words.yaml")
    language, named = run.own_language, codes(run)
    lines = [f"# {say('page.head', language)}", "", say("page.as-of", language, date=run.as_of.isoformat()), ""]
    for report in run.reports:
        own = run.language_of(report)
        pen = Pen(Look(), own)
        lines += [
            f"## {cell(report.title or report.plan.name)}",
            "",
            f"{cell(report.plan.name)} · {standing(pen, report)}",
            "",
        ]
        found = rows(run, report, named, own)
        steps = {finding.id for finding in report.score.next_level} if report.score else set()
        if steps and report.score:
            wanted = [row.code for row in found if row.id in {safe(id) for id in steps}]
            lines += [say("page.next", own, level=report.score.level + 1, n=len(steps)) + f" {', '.join(wanted)}", ""]
        lines += [_line([heading(name, own) for name in _ON_PAPER]), _line(["---"] * len(_ON_PAPER))]
        for row in found:
            facts = values(report.plan.name, row, own)
            points = pen.points(row.points) if row.points else ""
            texts = [points if name == "points" else cell(str(facts[name] or "")) for name in _ON_PAPER]
            lines.append(_line(texts))
        lines += ["", say("page.written", own), ""]
    return "\n".join(lines)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
