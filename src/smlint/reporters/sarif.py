"""`sarif`: SARIF 2.1.0 for code scanning, with the rules' full texts, waivers as suppressions, and what is new.

Source: the OASIS standard "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from smlint import __version__
from smlint.finding import Diagnostic, Finding
from smlint.plan import dotted
from smlint.report import Report, Run
from smlint.reporters import Look
from smlint.reporters.json import rulebook_of
from smlint.rule import Rule
from smlint.rulebook import MODEL
from smlint.waiver import Waiver
from smlint.words import fill, safe, say, written

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "%SRCROOT%"
LEVELS = {"error": "error", "warning": "warning", "info": "note"}
FINGERPRINT = "smlintFinding/v1"  # our own: GitHub works out primaryLocationLineHash itself


def render(run: Run, look: Look) -> str:
    """The run as SARIF, one thing a line, so that a validator's complaints have places."""
    return json.dumps(document(run), ensure_ascii=False, indent=2) + "\n"


def document(run: Run) -> dict[str, Any]:
    """The run as plain data."""
    kinds = _kinds(run)
    index = {kind.id: number for number, kind in enumerate(kinds)}
    results = [result for report in run.reports for result in _results(run, report, index)]
    problems = [word for word in run.verdict.why if word.key.startswith("problem.")]
    notifications = [{"level": "error", "message": _message(written(word, "en"))} for word in problems]
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "smlint",
                        "semanticVersion": __version__,
                        "version": __version__,
                        "language": run.own_language,
                        "shortDescription": _message(
                            "Lints social media strategy plans and scores how mature they are."
                        ),
                        "rules": [_descriptor(kind, run.own_language) for kind in kinds],
                    }
                },
                "invocations": [
                    {
                        "executionSuccessful": not problems,
                        **({"toolExecutionNotifications": notifications} if notifications else {}),
                    }
                ],
                "originalUriBaseIds": {ROOT: {"description": _message("The top of the repository.")}},
                "columnKind": "unicodeCodePoints",
                "language": run.own_language,
                "results": results,
                "properties": _facts(run),
            }
        ],
    }


def _facts(run: Run) -> dict[str, Any]:
    """The model, the day, and where each plan stands."""
    plans = {
        run.path(report): {
            "total": str(report.score.total) if report.score else None,
            "level": report.score.level if report.score else None,
        }
        for report in run.reports
    }
    gate = "pass" if run.verdict.passed else "fail"
    return {
        "model": MODEL,
        "rulebook": rulebook_of(run),
        "asOf": run.as_of.isoformat(),
        "gate": gate,
        "why": [written(reason, run.own_language) for reason in run.verdict.why],
        "plans": plans,
    }


# --- rules --------------------------------------------------------------------------------------------------------


def _kinds(run: Run) -> list[Rule | Diagnostic]:
    """All rules that judged a plan, as people list them, and the structural diagnostics that were found."""
    books = {id(report.settings.book): report.settings.book for report in run.reports} or {0: run.book}
    rules = {rule.id: rule for book in books.values() for rule in book.listed}
    findings = [finding for report in run.reports for finding in _all(run, report)]
    found = {finding.rule.id: finding.rule for finding in findings if isinstance(finding.rule, Diagnostic)}
    return [*rules.values(), *(found[id] for id in sorted(found))]


def _descriptor(kind: Rule | Diagnostic, language: str) -> dict[str, Any]:
    """One rule with the texts that GitHub shows: it wants a short and a full description and help of every rule."""
    if isinstance(kind, Diagnostic):
        short, why = fill(kind.words[language], language, {}), say("explain.diagnostic", language)
        fix, severity = fill(kind.words["fix"][language], language, {}), kind.severity
        sources: tuple[str, ...] = ()
        properties: dict[str, Any] = {"tags": ["structure"]}
    else:
        short, why, fix, sources = kind.title[language], kind.why[language], kind.fix[language], kind.source
        severity = kind.default_severity
        properties = {"dimension": kind.dimension, "level": kind.level, "tags": [kind.dimension, f"level-{kind.level}"]}
    parts: list[tuple[str, str]] = [(say("explain.why", language), why), (say("explain.fix", language), fix)]
    parts += [(say("explain.sources", language), ", ".join(sources))] if sources else []
    return {
        "id": kind.id,
        "name": "".join(part.capitalize() for part in kind.id.split("-")),
        "shortDescription": _message(_ended(short)),
        "fullDescription": _message(_ended(why)),
        "help": {
            "text": "\n\n".join(f"{title}: {text}" for title, text in parts),
            "markdown": "\n\n".join(f"**{title}**\n\n{text}" for title, text in parts),
        },
        "defaultConfiguration": {"level": LEVELS[severity]},
        "properties": properties,
    }


# --- results ------------------------------------------------------------------------------------------------------


def _all(run: Run, report: Report) -> list[Finding]:
    """What is found and, with a comparison, what is gone."""
    return [*run.shown(report), *(report.change.fixed if report.change else ())]


def _results(run: Run, report: Report, index: dict[str, int]) -> list[dict[str, Any]]:
    found = [_result(run, report, finding, index) for finding in run.shown(report)]
    change = report.change
    if change is None or change.before is None:
        return found
    gone = [_result(run, change.before, finding, index, path=run.path(report)) for finding in change.fixed]
    return found + [result | {"baselineState": "absent"} for result in gone]


def _result(
    run: Run, report: Report, finding: Finding, index: dict[str, int], path: str | None = None
) -> dict[str, Any]:
    language, place = run.language_of(report), finding.place
    text = f"{_ended(safe(finding.message(language)))} {safe(finding.fix(language))}"
    waiver, new = report.waivers.get(finding.id), report.is_new(finding)
    result: dict[str, Any] = {
        "ruleId": finding.rule.id,
        "ruleIndex": index[finding.rule.id],
        "level": LEVELS[finding.severity],
        "message": _message(text),
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": _artifact(path or run.path(report)),
                    "region": _region(place),
                },
                "logicalLocations": [{"fullyQualifiedName": safe(dotted(finding.path)), "kind": "member"}],
            }
        ],
        "partialFingerprints": {FINGERPRINT: finding.id},
        "properties": _properties(report, finding),
    }
    if waiver is not None:
        result["suppressions"] = [_suppression(waiver, report.waived(finding))]
    if new is not None:
        result["baselineState"] = "new" if new else "unchanged"
    return result


def _artifact(path: str) -> dict[str, str]:
    """A file from the top of the repository; one outside of it by its whole address."""
    if PurePosixPath(path).is_absolute():
        return {"uri": f"file://{quote(path, errors='surrogateescape')}"}
    return {"uri": quote(path, errors="surrogateescape"), "uriBaseId": ROOT}


def _region(place: Sequence[int]) -> dict[str, int]:
    """Lines and columns from 1, the end exclusive; what concerns the whole plan stands on its first line."""
    line, column, end_line, end_column = place
    region = {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}
    return {"startLine": 1} if (line, column) == (end_line, end_column) == (1, 1) else region


def _properties(report: Report, finding: Finding) -> dict[str, Any]:
    facts: dict[str, Any] = {"severity": finding.severity, "pointer": finding.pointer}
    if isinstance(finding.rule, Rule) and report.score is not None:
        cost = report.score.cost(finding)
        facts |= {"dimension": finding.rule.dimension, "level": finding.rule.level, "points": str(cost)}
    owner = report.owners.get(finding.id)
    return facts | ({"owner": safe(owner)} if owner else {})


def _suppression(waiver: Waiver, accepted: bool) -> dict[str, Any]:
    """A waiver. One that the change under judgement brings is still to be accepted."""
    until = f" (until {waiver.expires})" if waiver.expires else ""
    by = f" ({safe(waiver.approved_by or waiver.owner or '')})" if waiver.approved_by or waiver.owner else ""
    return {
        "kind": "inSource",
        "status": "accepted" if accepted else "underReview",
        "justification": f"{safe(waiver.reason)}{by}{until}",
    }


def _message(text: str) -> dict[str, str]:
    return {"text": text}


def _ended(text: str) -> str:
    """A sentence with its full stop, as SARIF asks of messages."""
    return text if text.endswith((".", "!", "?")) else f"{text}."
