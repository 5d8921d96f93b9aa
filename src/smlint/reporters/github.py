"""`github`: workflow commands that GitHub Actions shows beside the lines; the worst first, the rest counted.

Source: "Workflow commands for GitHub Actions", and the escaping of the npm package @actions/core.
"""

from __future__ import annotations

from smlint.finding import SEVERITIES, Finding
from smlint.report import Report, Run
from smlint.reporters import Look
from smlint.reporters.style import Pen, closing
from smlint.words import safe, say, written

KINDS = {"error": "error", "warning": "warning", "info": "notice"}
MOST = 10  # annotations of a kind that GitHub shows per step


def render(run: Run, look: Look) -> str:
    """A command per finding that counts, at most ten of a kind, and the closing line."""
    language = run.own_language
    found = [(report, f) for report in run.reports for f in run.listed(report) if not report.waived(f)]
    lines = []
    if not run.verdict.passed:
        why = "; ".join(written(reason, language) for reason in run.verdict.why)
        lines.append(command("error", {"title": say("github.gate", language)}, why))
    for severity in SEVERITIES:
        kind = sorted((each for each in found if each[1].severity == severity), key=_worst_first)
        most = MOST - (severity == "error" and not run.verdict.passed) - (severity == "info")  # what we say besides
        lines += [_annotation(run, report, finding) for report, finding in kind[:most]]
    more = len(found) + (not run.verdict.passed) - len(lines)
    if more:
        lines.append(command("notice", {"title": "smlint"}, say("github.more", language, n=more)))
    end = "" if look.quiet else closing(Pen(Look(), language), run)
    return "".join(f"{line}\n" for line in [*lines, *(f"smlint: {line}" for line in end.splitlines())])


def _worst_first(each: tuple[Report, Finding]) -> tuple[object, ...]:
    report, finding = each
    points = report.score.cost(finding) if report.score and not finding.structural else 0
    return (not finding.structural, -points, report.plan.name, finding.place, finding.id)


def _annotation(run: Run, report: Report, finding: Finding) -> str:
    language, place = run.language_of(report), finding.place
    properties = {"title": finding.rule.id, "file": run.path(report), "line": place.line, "endLine": place.end_line}
    if place.line == place.end_line and place.end_column > place.column:  # columns are for one line only
        properties |= {"col": place.column, "endColumn": place.end_column}
    text = f"{safe(finding.message(language))} {safe(finding.fix(language))}"
    return command(KINDS[finding.severity], properties, text)


def command(name: str, properties: dict[str, object], message: str) -> str:
    """One workflow command with everything in it escaped."""
    listed = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{name} {listed}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
