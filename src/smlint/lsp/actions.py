"""What an editor offers to do about a finding: repair it, make room for what is missing, or accept it with a reason."""

from __future__ import annotations

from collections.abc import Iterable

from lsprotocol.types import CodeAction, CodeActionKind, Diagnostic, Range, TextEdit, WorkspaceEdit

from smlint.edit import Edit, waiver_edit
from smlint.finding import Finding
from smlint.fix import Repair, repairs_of
from smlint.lsp.diagnostics import diagnostics
from smlint.lsp.document import Document
from smlint.stub import stubs
from smlint.waiver import by_target
from smlint.words import Code, say


def actions(document: Document, uri: str, place: Range) -> list[CodeAction]:
    """The actions for the findings at a place: repairs first, then stubs, then waivers."""
    if not document.readable:
        return []
    shown = {str(each.data["id"]): each for each in diagnostics(document) if each.data and _meet(each.range, place)}
    findings = [finding for finding in document.report.findings if finding.id in shown]
    ids = {finding.id for finding in findings}
    found = [_repair(document, uri, each, shown) for each in repairs_of(document.report, document.as_of, ids)]
    found += [_stub(document, uri, each, shown) for each in stubs(document.report, ids)]
    found += [
        _waive(document, uri, each, shown)
        for each in findings
        if not each.structural and not document.report.waived(each)
    ]
    if found and found[0].kind == CodeActionKind.QuickFix:
        found[0].is_preferred = True
    return found


def everything(document: Document, uri: str) -> CodeAction | None:
    """The action that makes all repairs of a plan, for editors that fix on saving."""
    repairs = repairs_of(document.report, document.as_of) if document.readable else []
    if not repairs:
        return None
    edit = _workspace(document, uri, [edit for repair in repairs for edit in repair.edits])
    return CodeAction(say("lsp.fix-all", document.language), kind=CodeActionKind.SourceFixAll, edit=edit)


def _repair(document: Document, uri: str, repair: Repair, shown: dict[str, Diagnostic]) -> CodeAction:
    title = say(repair.title.key.replace("fix.", "lsp."), document.language, **repair.title.values)
    if repair.brings:
        title += f" ({say('fix.brings', document.language, rules=[Code(id) for id in repair.brings])})"
    return CodeAction(
        title, kind=CodeActionKind.QuickFix, diagnostics=[shown[repair.finding.id]],
        edit=_workspace(document, uri, repair.edits),
    )  # fmt: skip


def _stub(document: Document, uri: str, repair: Repair, shown: dict[str, Diagnostic]) -> CodeAction:
    about = [shown[repair.finding.id]] if repair.finding.id in shown else None
    title = say("lsp.stub", document.language, key=repair.title.values["key"])
    return CodeAction(
        title, kind=CodeActionKind.QuickFix, diagnostics=about, edit=_workspace(document, uri, repair.edits)
    )


def _waive(document: Document, uri: str, finding: Finding, shown: dict[str, Diagnostic]) -> CodeAction:
    """A waiver whose reason is left open: until somebody writes it, the waiver itself is a finding."""
    entry = {"rule": finding.rule.id}
    if (at := _narrowest(document, finding)) is not None:
        entry["at"] = at
    entry |= {"reason": "", "expires": document.as_of.replace(year=document.as_of.year + 1, day=1).isoformat()}
    return CodeAction(
        say("lsp.waive", document.language, rule=Code(finding.rule.id)), kind=CodeActionKind.QuickFix,
        diagnostics=[shown[finding.id]], edit=_workspace(document, uri, [waiver_edit(document.report.plan, [entry])]),
    )  # fmt: skip


def _narrowest(document: Document, finding: Finding) -> str | None:
    """What `at` of a waiver must name to mean a finding and as little else as can be."""
    covered = by_target(document.report.plan, document.report.findings)
    fits = [
        (len(ids), target)
        for (rule, target), ids in covered.items()
        if rule == finding.rule.id and isinstance(target, str) and finding.id in ids
    ]
    return min(fits)[1] if fits else None


def _workspace(document: Document, uri: str, edits: Iterable[Edit]) -> WorkspaceEdit:
    shift = document.shift
    changes = [TextEdit(document.lines.range(edit.start + shift, edit.end + shift), edit.text) for edit in edits]
    return WorkspaceEdit(changes={uri: changes})


def _meet(one: Range, other: Range) -> bool:
    """Whether two ranges have a place in common."""
    return (one.start.line, one.start.character) <= (other.end.line, other.end.character) and (
        other.start.line,
        other.start.character,
    ) <= (one.end.line, one.end.character)
