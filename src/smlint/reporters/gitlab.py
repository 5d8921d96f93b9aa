"""`gitlab`: a Code Quality report. GitLab compares branches itself, so known findings stay in; waived ones do not.

Source: GitLab's documentation "Code Quality", and its schema: it stops in silence at the first entry that is not valid,
and a fingerprint that comes twice overwrites the first.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Any

from smlint.finding import Finding
from smlint.gate import stops
from smlint.report import Report, Run
from smlint.reporters import Look
from smlint.words import safe

SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


def render(run: Run, look: Look) -> str:
    """The findings as a JSON list; an empty list without any."""
    seen: Counter[str] = Counter()
    entries = []
    for report in run.reports:
        for finding in run.shown(report):
            if not report.waived(finding):
                name = f"{run.path(report)}\0{finding.id}"
                seen[name] += 1
                entries.append(_entry(run, report, finding, f"{name}\0{seen[name]}" if seen[name] > 1 else name))
    return json.dumps(entries, ensure_ascii=False, indent=2) + "\n"


def _entry(run: Run, report: Report, finding: Finding, name: str) -> dict[str, Any]:
    language = run.language_of(report)
    return {
        "description": f"{safe(finding.message(language))} {safe(finding.fix(language))}",
        "check_name": finding.rule.id,
        "fingerprint": hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest(),
        "severity": "blocker" if stops(finding) else SEVERITIES[finding.severity],
        "location": {
            "path": run.path(report),
            "lines": {"begin": finding.place.line, "end": finding.place.end_line},
        },
    }
