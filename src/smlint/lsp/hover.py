"""What a key, a value or a finding means, when an editor's pointer rests on it. Markdown."""

from __future__ import annotations

import re

from lsprotocol.types import Hover, MarkupContent, MarkupKind

from smlint.finding import SEVERITIES, Finding
from smlint.guide import Topic, topic
from smlint.lsp.context import context
from smlint.lsp.diagnostics import underlined
from smlint.lsp.document import Document, entry_at
from smlint.lsp.names import LISTS, given, meant, name_at
from smlint.pattern import pattern
from smlint.plan import Path, dotted, reached
from smlint.profile import VOCABULARY
from smlint.reporters import Look
from smlint.reporters.style import Pen, worth
from smlint.words import safe, say

_MOST = 6  # findings that are told of one place
_SPECIAL = pattern(r"([\\`*_{}\[\]<>#|~])")


def hover(document: Document, offset: int) -> Hover | None:
    """What is known of the place, and the findings there."""
    entry = entry_at(document, offset)
    if entry is None:
        return _unread(document, offset)
    path, is_key = entry
    parts = [_rule(document, path)] if path[:1] == ("waivers",) and path[-1] == "rule" and not is_key else []
    parts += [_named(document, offset)] if not is_key else []
    about = topic(path)
    if about is not None and not any(parts):
        value = reached(document.report.plan.data, path)
        parts.append(
            described(about, path, document.language, value if not is_key and isinstance(value, str) else None)
        )
    parts += _findings(document, path, offset)
    text = "\n\n---\n\n".join(part for part in parts if part)
    return _hover(text) if text else None


def _hover(text: str) -> Hover:
    return Hover(MarkupContent(MarkupKind.Markdown, text))


def _unread(document: Document, offset: int) -> Hover | None:
    """While a text cannot be read, its lines still say which key stands there."""
    line = document.lines.position(offset).line
    start = document.lines.starts[line]
    found = re.match(r"[ -]*[\"']?(\w+)[\"']?[ \t]*:", document.text[start : start + 500])
    here = context(document.text, start + found.start(1)) if found else None
    about = topic((*here.path, found[1])) if found and here else None
    return _hover(described(about, (found[1],), document.language, None)) if about and found else None


def described(about: Topic, path: Path, language: str, value: str | None) -> str:
    """What the format says of a place: what it means, its values, what is taken where nothing is said."""
    lines = [f"**{escaped(dotted(path[-1:]))}**" + (f" – {title}" if (title := about.title(language)) else "")]
    lines.append(about.text(language))
    meanings = about.meanings(language)
    if value is not None and meanings.get(value):
        lines = [f"`{value}` – {meanings[value]}"]
    elif meanings and len(meanings) <= 15:
        lines.append("\n".join(f"- `{key}`{f' – {meaning}' if meaning else ''}" for key, meaning in meanings.items()))
    if value in VOCABULARY and path[-1] == "metric":
        lines = [f"`{value}` – {say('lsp.shows', language, level=VOCABULARY[value])}"]
    if about.default is not None:
        lines.append(say("lsp.default", language, value=str(about.default).lower()))
    if about.examples and not meanings:
        lines.append(
            say(
                "lsp.example",
                language,
                value=", ".join(f"`{each}`" for each in about.examples[:2] if not isinstance(each, dict)),
            )
        )
    return "\n\n".join(line for line in lines if line)


def _named(document: Document, offset: int) -> str:
    """What an id stands for."""
    name = name_at(document, offset)
    if name is None:
        return ""
    paths = given(document, name)
    item = reached(document.report.plan.data, paths[0]) if paths else {}
    text = meant(item)
    kind = topic((name.kind, 0)) if name.kind != "success_criteria" else topic(("goals", 0, "success_criteria", 0))
    noun = kind.title(document.language) if kind else ""
    return f"**{noun} {escaped(name.id)}**" + (f" – {escaped(text)}" if text else "") if name.kind in LISTS else ""


def _rule(document: Document, path: Path) -> str:
    """What a waiver's rule asks for."""
    rule = document.settings.book.rules.get(str(reached(document.report.plan.data, path)))
    if rule is None:
        return ""
    language = document.language
    return f"**{rule.title[language]}**\n\n{rule.why[language]}\n\n_{say('text.fix', language)}:_ {rule.fix[language]}"


def _findings(document: Document, path: Path, offset: int) -> list[str]:
    """The findings about a place, with the reasons of their rules; the gravest first, and no wall of them."""
    line = document.lines.starts[document.lines.position(offset).line]
    found = []
    for finding in document.report.findings:
        start, end = underlined(document, finding)
        if path in (finding.at, finding.path) or line <= start <= offset <= end:
            found.append(finding)
    found.sort(key=lambda finding: SEVERITIES.index(finding.severity))
    more = [f"… +{len(found) - _MOST}"] if len(found) > _MOST else []
    return [_told(document, finding) for finding in found[:_MOST]] + more


def _told(document: Document, finding: Finding) -> str:
    language = document.language
    why = "" if finding.structural else f"\n\n{finding.rule.why[language]}"  # type: ignore[union-attr]
    points = worth(Pen(Look(), language), document.report, finding)
    head = f"**{finding.rule.id}**" + (f" · {points}" if points else "")
    todo = f"_{say('text.fix', language)}:_ {finding.fix(language)}"
    return f"{head}\n\n{safe(finding.message(language))}{why}\n\n{todo}"


def escaped(text: str) -> str:
    """A plan's own text as text in Markdown."""
    return _SPECIAL.sub(r"\\\1", safe(text))
