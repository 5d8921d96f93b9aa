"""A plan at a glance: its outline, and its level and score above the first line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lsprotocol.types import CodeLens, Command, DocumentSymbol, Position, Range, SymbolKind

from smlint.lsp.document import Document
from smlint.plan import Mark
from smlint.reporters import Look
from smlint.reporters.style import Pen, standing
from smlint.spot import label
from smlint.words import safe, say, written

_NESTED = ("success_criteria", "stop_criteria", "people", "commitments")


def symbols(document: Document) -> list[DocumentSymbol]:
    """The blocks of a plan, and the items of its lists with what they are called."""
    plan = document.report.plan
    return [found for key, mark in plan.marks.items() if (found := _symbol(document, (key,), mark, plan.data.get(key)))]


def _symbol(document: Document, path: tuple[Any, ...], packed: Any, value: Any) -> DocumentSymbol | None:
    mark = Mark.of(packed)
    item = isinstance(path[-1], int)
    name = written(label(path, value), document.language) if item else str(path[-1])
    detail = _detail(value)
    last = max(mark.end, mark.key_end)
    head = min(mark.start + 1, last) if item else mark.key_end
    whole, selection = (document.lines.range(mark.key + document.shift, to + document.shift) for to in (last, head))
    kind = (
        SymbolKind.Array
        if isinstance(value, list)
        else SymbolKind.Object
        if isinstance(value, dict)
        else SymbolKind.Field
    )
    children = list(_children(document, path, mark.inside, value))
    return DocumentSymbol(
        name=safe(name)[:120] or "?",
        detail=detail,
        kind=kind,
        range=whole,
        selection_range=selection,
        children=children,
    )


def _children(document: Document, path: tuple[Any, ...], marks: Any, value: Any) -> Iterator[DocumentSymbol]:
    if isinstance(value, list) and isinstance(marks, list):
        for index, (mark, item) in enumerate(zip(marks, value, strict=False)):
            if isinstance(item, dict) and (found := _symbol(document, (*path, index), mark, item)):
                yield found
    elif isinstance(value, dict) and isinstance(marks, dict):
        for key, mark in marks.items():
            if (key in _NESTED or len(path) == 1) and (found := _symbol(document, (*path, key), mark, value.get(key))):
                yield found


def _detail(value: Any) -> str | None:
    if isinstance(value, dict):
        from smlint.lsp.names import meant

        return meant(value) or None
    return safe(str(value))[:60] if isinstance(value, str | int) and not isinstance(value, bool) else None


def lenses(document: Document) -> list[CodeLens]:
    """Level, score and what is missing to the next level, above the first line."""
    report, language = document.report, document.language
    if report.score is None:
        return []
    texts = [standing(Pen(Look(), language), report)]
    if steps := report.score.next_level:
        kind = "one" if len(steps) == 1 else "many"
        texts.append(say(f"lsp.next.{kind}", language, n=len(steps), level=report.score.level + 1))
    top = Range(Position(0, 0), Position(0, 0))
    return [CodeLens(top, Command(text, "")) for text in texts]
