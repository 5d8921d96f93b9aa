"""`rdjson`: Reviewdog Diagnostic Format, for review comments in any forge that reviewdog knows.

Source: reviewdog's `proto/rdf`: columns start at 1 and count bytes of UTF-8; the end is exclusive.
"""

from __future__ import annotations

import json
from typing import Any

from smlint.finding import Finding
from smlint.report import Report, Run
from smlint.reporters import Look
from smlint.words import safe

SEVERITIES = {"error": "ERROR", "warning": "WARNING", "info": "INFO"}


def render(run: Run, look: Look) -> str:
    """The findings that count, as a DiagnosticResult."""
    found = []
    for report in run.reports:
        for finding in run.listed(report):
            if not report.waived(finding):
                found.append(_diagnostic(run, report, finding))
    return json.dumps({"source": {"name": "smlint"}, "diagnostics": found}, ensure_ascii=False, indent=2) + "\n"


def _diagnostic(run: Run, report: Report, finding: Finding) -> dict[str, Any]:
    language, place = run.language_of(report), finding.place
    return {
        "message": f"{safe(finding.message(language))} {safe(finding.fix(language))}",
        "location": {
            "path": run.path(report),
            "range": {
                "start": _position(report.lines, place.line, place.column),
                "end": _position(report.lines, place.end_line, place.end_column),
            },
        },
        "severity": SEVERITIES[finding.severity],
        "code": {"value": finding.rule.id},
    }


def _position(lines: dict[int, str], line: int, column: int) -> dict[str, int]:
    """A place of ours, which counts characters, in bytes."""
    before = lines.get(line, "")[: column - 1]
    return {"line": line, "column": len(before.encode("utf-8", "surrogatepass")) + 1}
