"""Findings as an editor shows them."""

from __future__ import annotations

from lsprotocol.types import Diagnostic, DiagnosticSeverity, DiagnosticTag

from smlint.finding import Finding
from smlint.lsp.document import Document
from smlint.reporters import Look
from smlint.reporters.style import Pen, worth
from smlint.words import say

_SEVERITIES = {
    "error": DiagnosticSeverity.Error, "warning": DiagnosticSeverity.Warning, "info": DiagnosticSeverity.Information,
}  # fmt: skip


def diagnostics(document: Document) -> list[Diagnostic]:
    """All findings of a plan; none of what is no plan. What is waived is a hint, greyed out."""
    if not document.is_plan:
        return []
    return [_diagnostic(document, finding) for finding in document.report.findings]


def _diagnostic(document: Document, finding: Finding) -> Diagnostic:
    report, language = document.report, document.language
    waived = report.waived(finding)
    text = finding.message(language)
    if points := worth(Pen(Look(), language), report, finding):
        text += f" ({points})"
    if waived:
        text += f" – {say('text.waived', language)}"
    return Diagnostic(
        range=document.lines.range(*underlined(document, finding)),
        message=f"{text}\n{finding.fix(language)}",
        severity=DiagnosticSeverity.Hint if waived else _SEVERITIES[finding.severity],
        code=finding.rule.id,
        source="smlint",
        tags=[DiagnosticTag.Unnecessary] if waived else None,
        data={"id": finding.id},
    )


def underlined(document: Document, finding: Finding) -> tuple[int, int]:
    """The offsets of what an editor marks: what is missing at the start of what lacks it, and of what is long its first
    line, for a wavy line under half of a plan helps nobody."""
    start, end = document.span(finding.place)
    end = min(end, max(start + 1, document.lines.end_of_line(start)))
    if finding.stands is False and finding.place != (1, 1, 1, 1):
        end = _first_word(document.text, start, end)
    return start, end


def _first_word(text: str, start: int, end: int) -> int:
    at = start
    while at < end and text[at] not in ":,\r\n":
        at += 1
    return max(at, start + 1)
