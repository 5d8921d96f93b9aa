"""Stubs: commented room in a plan for what its findings miss, at the place where it belongs.

A stub is a comment, so it changes nothing of what the plan says: its findings stay until somebody fills it in. Filled
in half, it is still no fault: a key without a value counts as missing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from smlint.edit import Edit, edited, line_end, line_start, newline
from smlint.finding import Finding
from smlint.fix import Repair
from smlint.guide import Topic, topic
from smlint.plan import Path, Plan, reached
from smlint.record import Record
from smlint.report import Report
from smlint.shape import LISTS_WITH_IDS
from smlint.words import Code, Word, say

_LONGEST = 100  # characters of a line with its comment
_RULES = 4  # so many rules are named above a stub
_VALUES = 9  # so many values of an enum are listed
_Tree = dict[str, Any]  # key -> what is wanted under it; an empty one: all of it


class _Want(Record):
    """What is missing under one part of the plan: its path, a tree of keys, and the findings that miss them."""

    path: Path
    tree: _Tree
    findings: list[Finding]


def stubs(report: Report, only: Collection[str] | None = None) -> list[Repair]:
    """The stubs that a plan needs and does not have yet, one for each of its parts that lacks something; for some of
    its findings, or for all."""
    if report.score is None or report.plan.text.lstrip().startswith("{"):
        return []
    return [repair for want in _wanted(report, only) if (repair := _stub(report, want)) is not None]


def with_stubs(report: Report, only: Collection[str] | None = None) -> tuple[str, list[Repair]]:
    """A plan's text with its stubs."""
    made = stubs(report, only)
    return edited(report.plan.text, [edit for repair in made for edit in repair.edits]), made


def block(key: str, language: str) -> list[str]:
    """The lines of a stub for a whole block of the format."""
    about = topic(())
    return [f"# {line}" for line in _lines(about, {key: {}}, language, "")] if about else []


# --- what is missing ----------------------------------------------------------------------------------------------


def _wanted(report: Report, only: Collection[str] | None) -> list[_Want]:
    wants: dict[Path, _Want] = {}
    for finding in report.findings:
        if finding.structural or finding.id in report.waivers or (only is not None and finding.id not in only):
            continue
        for path in _missing(report.plan, finding):
            base = _standing(report.plan, path)
            want = wants.setdefault(base, _Want(base, {}, []))
            tree = want.tree
            for part in path[len(base) :]:
                tree = tree.setdefault(str(part), {})
            if finding not in want.findings:
                want.findings.append(finding)
    return sorted(wants.values(), key=lambda want: -len(want.path))  # at one place the inmost comes first


def _missing(plan: Plan, finding: Finding) -> Iterator[Path]:
    """The paths that a finding misses, as far as the format knows them."""
    named = [str(name).removesuffix("[*]") for name in finding.values.get("missing") or ()]
    for name in named:
        parts = tuple(name.split("."))
        for base in (finding.path, finding.at, finding.at[:-1]):
            if _known((*base, *parts)) and not _says(plan, (*base, *parts)):
                yield (*base, *parts)
                break
    if not named and not finding.stands and finding.at != finding.path and _known(finding.at):
        yield finding.at
    for name in re.findall(r"`([a-z_.]+)`", finding.fix("en")):  # whole blocks and full paths that the fix speaks of
        path = tuple(name.split("."))
        if (name in LISTS_WITH_IDS or len(path) > 1) and _known(path) and not _says(plan, path):
            yield path


def _known(path: Path) -> bool:
    """Whether the format names every key of a path."""
    here = topic(())
    for part in path:
        if here is None or (isinstance(part, str) and part not in here.keys):
            return False
        here = here.item if isinstance(part, int) else here.keys[part]
    return here is not None


def _says(plan: Plan, path: Path) -> bool:
    """Whether something is written at a path."""
    return reached(plan.data, path) not in (None, "", [], {})


def _standing(plan: Plan, path: Path) -> Path:
    """The longest part of a path that is a map in the text."""
    for length in range(len(path) - 1, 0, -1):
        if isinstance(reached(plan.data, path[:length]), dict):
            return path[:length]
    return ()


# --- writing ------------------------------------------------------------------------------------------------------


def _stub(report: Report, want: _Want) -> Repair | None:
    plan, language = report.plan, report.settings.language or report.language or "en"
    at, indent, around, flow = _room(plan, want.path)
    tree = {key: inner for key, inner in want.tree.items() if not _stands(around, key)}
    about = topic(want.path)
    if not tree or about is None:
        return None
    ending = newline(plan.text)
    rules = ", ".join(dict.fromkeys(finding.rule.id for finding in want.findings))
    said = say("fix.fill-in-braces" if flow else "fix.fill-in", language)
    known = rules if len(want.findings) <= _RULES else say("fix.several", language, n=len(want.findings))
    lines = [f"{known} – {said}:", *_lines(about, tree, language, "")]
    text = "".join(f"{indent}# {line}".rstrip() + ending for line in lines)
    lead = "" if not plan.text[:at] or plan.text[:at].endswith("\n") else ending
    if not want.path and plan.text[:at].strip():  # a block of its own stands apart
        lead += ending
    values = {"key": [Code(key) for key in tree], "rule": rules}
    return Repair(want.findings[0], Word("fix.stub", values), (Edit(at, at, lead + text),))


def _room(plan: Plan, path: Path) -> tuple[int, str, str, bool]:
    """Where a stub for a map goes: an offset, its indent, the text in which it may stand already, and whether the map
    is in braces, below which the stub stands."""
    text = plan.text
    mark = plan.mark(path) if path else None
    if mark is None:
        return len(text), "", text, False
    flow = text[mark.start : mark.start + 1] == "{"
    end = line_end(text, max(mark.start, len(text[: mark.end].rstrip()) - 1))
    first = line_start(text, mark.start)
    indent = re.sub(r"\S", " ", (re.match(r"[ -]*", text[first : mark.start]) or [""])[0])
    if flow and first + len(indent) < mark.start:  # the braces stand behind a key
        indent += "  "
    while _is_comment(text, end, len(indent)):
        end = line_end(text, end)
    return end, indent, text[mark.start : end], flow


def _is_comment(text: str, at: int, indent: int) -> bool:
    """Whether a line is a comment that belongs to a block with an indent, or to what is in it."""
    found = re.compile(r"( *)#").match(text, at)
    return found is not None and len(found[1]) >= indent > 0


def _stands(text: str, key: str) -> bool:
    """Whether there is a stub of a key already."""
    return re.search(rf"^[ \t]*#[ \t#-]*{re.escape(key)}:", text, re.MULTILINE) is not None


def _lines(about: Topic, tree: _Tree, language: str, indent: str) -> Iterator[str]:
    """The lines of a tree of keys, in the order of the format, each with what it means."""
    for key, inner in about.keys.items():
        if key in tree:
            yield from _entry(key, inner, tree[key], language, indent)


def _entry(key: str, about: Topic, tree: _Tree, language: str, indent: str) -> Iterator[str]:
    item = about.item if "array" in about.kinds else None
    if item is not None and item.keys:
        yield _said(f"{indent}{key}:", about.text(language))
        first = True
        for line in _lines(item, _all(item), language, ""):
            yield f"{indent}  {'- ' if first else '  '}{line}"
            first = False
    elif about.keys and "object" in about.kinds:
        yield _said(f"{indent}{key}:", about.text(language))
        yield from _lines(about, tree or _all(about), language, f"{indent}  ")
    else:
        yield _said(f"{indent}{key}:{' []' if item is not None else ''}", _hint(about, language))


def _all(about: Topic) -> _Tree:
    return {key: {} for key in about.keys}


def _hint(about: Topic, language: str) -> str:
    """What to write: the values of a short enum, else what it means."""
    values = list(about.meanings(language))
    if 0 < len(values) <= _VALUES:
        return " | ".join(values)
    return about.text(language)


def _said(entry: str, hint: str) -> str:
    line = f"{entry}  # {hint}" if hint else entry
    return line if len(line) <= _LONGEST else line[: line.rindex(" ", 0, _LONGEST)].rstrip(",;:") + " …"
