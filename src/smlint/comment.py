"""Waiver comments: `# smlint: waive RULE until DATE — reason`, on or above the line whose findings are accepted."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Any

from smlint.pattern import pattern
from smlint.plan import Mark, Path, Place, Plan
from smlint.record import Record

_COMMENT = pattern(r"#[ \t]*smlint:[ \t]*waive\b[ \t]*([^\n\r]*)")
# A dash between blanks is no name and no date. Possessive: what a name has taken, it does not give back.
_NAME = r"(?!--?(?:\s|$))[^\s:—–]++"
_TERMS = pattern(
    rf"(?P<rule>(?!until\b){_NAME})?+(?P<dated>\s*+until\b(?:\s++(?P<until>{_NAME}))?+)?+"
    r"(?:\s*+(?:—|–|--|-|:)\s*+(?P<reason>.*))?+"
)
_HEADER = pattern(r"(?:[&!]\S*[ \t]+)*[|>][-+0-9]*[ \t]")  # of a block scalar: a comment may follow
_CONTENT = pattern(r"(?:^|[\n\r])[ \t]*+(?!---[ \t]*(?:[\n\r#]|$))([^\s#])")


class Comment(Record):
    """One comment, as far as it says something: `until` is "" where a date should follow and does not.

    `lines` are those that it waives, `path` what stands there in the plan; `place` is its own.
    """

    rule: str
    until: str | None
    reason: str
    lines: tuple[int, ...]
    path: Path
    place: Place


def comments(plan: Plan) -> list[Comment]:
    """The waiver comments of a plan, in order."""
    if "waive" not in plan.text:
        return []
    found = [match for match in _COMMENT.finditer(plan.text) if _begins_comment(plan.text, match.start())]
    if not found:
        return []
    text = _Text(plan)
    return [text.comment(match) for match in found if not text.holds(match.start())]


def _begins_comment(text: str, at: int) -> bool:
    return at == 0 or text[at - 1].isspace()


class _Text:
    """What has to be known of a plan's text to tell what a comment speaks of; worked out once per plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.content = [match.start(1) for match in _CONTENT.finditer(plan.text)]
        entries = list(_entries(plan.marks, ()))
        self.scalars = sorted(scalar for _, _, scalars in entries for scalar in scalars)
        self.entries = sorted(((at, path) for at, path, _ in entries), key=lambda entry: (entry[0], len(entry[1])))
        self.offsets = [at for at, _ in self.entries]

    def holds(self, at: int) -> bool:
        """Whether a `#` stands inside a key or a value: then it is text, not a comment."""
        index = bisect_right(self.scalars, (at, at)) - 1
        if index < 0 or at >= self.scalars[index][1]:
            return False
        header = _HEADER.match(self.plan.text, self.scalars[index][0])
        return not (header and not self.plan.text[header.end() : at].strip(" \t"))

    def comment(self, match: re.Match[str]) -> Comment:
        place = self.plan.place_of(match.start(), match.start() + len(match[0].rstrip()))
        begins = match.start() - place.column + 1
        alone = not self.plan.text[begins : match.start()].strip()
        index = bisect_right(self.content, match.start()) - (not alone)  # alone: it means the next line with content
        lines, path = self.target(index) if index < len(self.content) else ((), ())
        said = _TERMS.match(match[1].strip())
        terms = said.groupdict() if said else {}
        until = (terms["until"] or "") if terms["dated"] is not None else None
        return Comment(terms["rule"] or "", until, terms["reason"] or "", lines, path, place)

    def target(self, index: int) -> tuple[tuple[int, ...], Path]:
        """The line of some content, and the path of what stands there. The first also speaks for the whole plan, whose
        findings stand at 1:1."""
        line = self.plan.place_of(self.content[index], self.content[index]).line
        lines = (line,) if index or line == 1 else (1, line)
        entry = bisect_left(self.offsets, self.content[index])
        if entry < len(self.entries) and self.plan.place_of(self.offsets[entry], self.offsets[entry]).line == line:
            return lines, self.entries[entry][1]
        return lines, ()


def _entries(marks: Any, path: Path) -> Iterator[tuple[int, Path, list[tuple[int, int]]]]:
    """Every entry of the plan: where it begins, its path, and the ranges of its texts: key and, if a scalar, value."""
    for part, packed in marks.items() if isinstance(marks, dict) else enumerate(marks):
        mark = Mark.of(packed)
        texts = [(mark.key, mark.key_end)] + ([(mark.start, mark.end)] if mark.inside is None else [])
        yield mark.key, (*path, part), texts
        if mark.inside is not None:
            yield from _entries(mark.inside, (*path, part))
