"""Certain repairs of a plan: what its author can only have meant one way, changed in the text and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from typing import Any

from smlint import local
from smlint.edit import Edit, edited, plain, quoted
from smlint.finding import Finding
from smlint.guide import topic
from smlint.plan import Mark, Path, Plan, reached
from smlint.record import Record
from smlint.report import Report, judge
from smlint.words import Code, Word, folded

_TRIES = 200  # so often a plan is judged to see which repairs hold
_ROUNDS = 20  # a repair may bring to light what it hid; a plan is never so odd that this is not enough


class Repair(Record):
    """One change that makes a finding go, or, where not `clears`, one cause of it. `title` says what it does; `brings`
    names the rules that look at more than before because of it, which may cost points."""

    finding: Finding
    title: Word
    edits: tuple[Edit, ...]
    brings: tuple[str, ...] = ()
    clears: bool = True


class Fixed(Record):
    """What `fix` makes of a plan: its new text, and the repairs in the order in which they were made."""

    text: str
    repairs: tuple[Repair, ...]


def fix(report: Report, as_of: date) -> Fixed:
    """Repair all that is certain, until nothing more is."""
    plan, made = report.plan, []
    for _ in range(_ROUNDS):
        repairs = repairs_of(report, as_of)
        if not repairs:
            break
        made += repairs
        report = judge(plan.name, encoded(_made(report, repairs)), report.settings, as_of)
    return Fixed(report.plan.text, tuple(made))


def repairs_of(report: Report, as_of: date, only: Collection[str] | None = None) -> list[Repair]:
    """The repairs of a plan that hold, of some findings or of all: they are tried, and judged."""
    found = (each for each in candidates(report) if only is None or each.finding.id in only)
    return list(_holding(report, apart(found), as_of, [_TRIES]))


def _holding(report: Report, repairs: list[Repair], as_of: date, tries: list[int]) -> Iterator[Repair]:
    """Those that hold. All at once are tried first, then halves: a plan with hundreds of slips has few that are odd."""
    if not repairs or not tries[0]:
        return
    tries[0] -= 1
    after = judge(report.plan.name, encoded(_made(report, repairs)), report.settings, as_of)
    brings = _brings(report, after)
    if brings is not None and (len(repairs) == 1 or not brings) and not _worse(report, after, repairs):
        yield from (repair._replace(brings=brings) for repair in repairs)
    elif len(repairs) > 1:
        middle = len(repairs) // 2
        yield from _holding(report, repairs[:middle], as_of, tries)
        yield from _holding(report, repairs[middle:], as_of, tries)


def _made(report: Report, repairs: Iterable[Repair]) -> str:
    return edited(report.plan.text, [edit for repair in repairs for edit in repair.edits])


def _worse(report: Report, after: Report, repairs: list[Repair]) -> bool:
    """Whether a finding that was to go is still there, or repairs bring structural findings that are not merely inside
    of what can be read only now, or to be repaired in their turn."""
    found = {finding.id for finding in after.findings}
    if any(repair.clears and repair.finding.id in found for repair in repairs):
        return True
    known = {finding.id for finding in report.findings}
    within = {repair.finding.path[:-1] for repair in repairs}
    new = (finding for finding in after.findings if finding.structural and finding.id not in known)
    return not all(_inside(finding, within) or _mendable(after, finding) for finding in new)


def _inside(finding: Finding, within: set[Path]) -> bool:
    """Whether a finding lies below what stands directly under one of some paths."""
    return any(finding.path[:length] in within for length in range(len(finding.path) - 1))


def _mendable(report: Report, finding: Finding) -> bool:
    maker = _MAKERS.get(finding.rule.id)
    return maker is not None and maker(report, finding) is not None


def _brings(before: Report, after: Report) -> tuple[str, ...] | None:
    """The rules that look at more than before; None where points are lost and no rule does."""
    if before.score is None or after.score is None:
        return None
    counts = {id: outcome.subjects for id, outcome in before.score.outcomes.items()}
    brings = tuple(id for id, outcome in after.score.outcomes.items() if outcome.subjects > counts.get(id, 0))
    return brings if brings or after.score.total >= before.score.total else None


def apart(repairs: Iterable[Repair]) -> list[Repair]:
    """Those that can be made at once: each stretch of text is changed by one of them, the first."""
    taken: set[int] = set()
    chosen = []
    for repair in repairs:
        touched = {at for edit in repair.edits for at in range(edit.start, edit.end)}
        if not touched & taken:
            taken |= touched
            chosen.append(repair)
    return chosen


def encoded(text: str) -> bytes:
    """The bytes of a plan's text."""
    return text.encode("utf-8", "surrogatepass")


# --- what may be repaired -----------------------------------------------------------------------------------------


def candidates(report: Report) -> Iterator[Repair]:
    """Repairs as the findings suggest them, not yet tried."""
    if report.score is None:
        return
    for finding in report.findings:
        maker = _MAKERS.get(finding.rule.id)
        if maker is not None:
            yield from _whole(maker(report, finding))
    yield from _figures(report)


def _whole(repair: Repair | None) -> Iterator[Repair]:
    if repair is not None:
        yield repair


def _suggested(finding: Finding) -> str | None:
    found = finding.values.get("suggestion")
    return str(found) if found is not None else None


def _key(report: Report, finding: Finding) -> Repair | None:
    """A mistyped key."""
    mark, name = _mark(report.plan, finding.path), _suggested(finding)
    holder = reached(report.plan.data, finding.path[:-1])
    if mark is None or name is None or not isinstance(holder, dict) or name in holder:
        return None
    old = report.plan.text[mark.key : mark.key_end]
    text = _like(old, name)
    return Repair(
        finding,
        Word("fix.key", {"old": Code(str(finding.path[-1])), "new": Code(name)}),
        (Edit(mark.key, mark.key_end, text),),
    )


def _value(report: Report, finding: Finding) -> Repair | None:
    """A mistyped value of an enum; or a code in the wrong case."""
    name = _suggested(finding)
    return _instead(report, finding, name) if name is not None else None


def _form(report: Report, finding: Finding) -> Repair | None:
    """A date, hours, or a code, written as people do."""
    about, value = topic(finding.path), reached(report.plan.data, finding.path)
    if about is None or not isinstance(value, str):
        return None
    if about.format == "date":
        return _instead(report, finding, local.day(value))
    if about.format == "service-hours":
        return _instead(report, finding, local.service_hours(value))
    return _in_other_case(report, finding)


def _in_other_case(report: Report, finding: Finding) -> Repair | None:
    """A reference or a code that differs in case only."""
    name, value = _suggested(finding), reached(report.plan.data, finding.path)
    if name is None:
        return None
    if value is None and isinstance(finding.path[-1], str):  # a key that is a reference
        return _key(report, finding) if folded(name) == folded(finding.path[-1]) else None
    if isinstance(value, str) and folded(name) == folded(value):
        return _instead(report, finding, name)
    return _key(report, finding) if folded(name) == folded(str(finding.path[-1])) else None


def _kind(report: Report, finding: Finding) -> Repair | None:
    """A value of another type that says what was meant: a number or an answer as text, a number that is text, one for
    a list of one."""
    about, value = topic(finding.path), reached(report.plan.data, finding.path)
    mark = _mark(report.plan, finding.path)
    if about is None or mark is None or isinstance(value, dict | list):
        return None
    written = report.plan.text[mark.start : mark.end]
    if isinstance(value, str):
        if {"number", "integer"} & set(about.kinds):
            currency = report.data.get("investment", {}).get("currency")
            return _replaced(report, finding, local.amount(value, currency))
        if "boolean" in about.kinds and (said := local.truth(value)) is not None:
            return _replaced(report, finding, str(said).lower())
    elif "string" in about.kinds and "\n" not in written:
        return _replaced(report, finding, quoted(written))
    if (
        "array" in about.kinds
        and about.item
        and "string" in about.item.kinds
        and "\n" not in written
        and "#" not in written
    ):
        return _replaced(report, finding, f"[{written}]")
    return None


def _rule(report: Report, finding: Finding) -> Repair | None:
    """A waiver for a mistyped rule, in the plan."""
    name, path = _suggested(finding), (*finding.path, "rule")
    if name is None or finding.path[:1] != ("waivers",) or not report.plan.has(path):
        return None
    return _instead(report, finding, name, path)


def _id(report: Report, finding: Finding) -> Repair | None:
    """The further items of one id, where nothing names that id: what names it may mean any of them."""
    id, name = finding.values["value"], str(finding.path[-3])
    held = [(path, item.get("id")) for path, item in items(report.plan.data, name)]
    if named(report.plan.data, name, id):
        return None
    taken, edits, new = {known for _, known in held}, [], ""
    for path in [path for path, known in held if known == id][1:]:
        new = _free(id, taken)
        taken.add(new)
        mark = _mark(report.plan, (*path, "id"))
        if mark is None:
            return None
        edits.append(Edit(mark.start, mark.end, _like(report.plan.text[mark.start : mark.end], new)))
    return Repair(finding, Word("fix.value", {"key": Code("id"), "old": Code(id), "new": Code(new)}), tuple(edits))


def items(data: dict[str, Any], name: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The items of a list as they are written, with their paths; success criteria are those of all goals."""
    if name == "success_criteria":
        for path, goal in items(data, "goals"):
            for inner, criterion in _listed(goal, name):
                yield (*path, *inner), criterion
    else:
        yield from _listed(data, name)


def _listed(data: dict[str, Any], name: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    found = data.get(name)
    for index, item in enumerate(found if isinstance(found, list) else ()):
        if isinstance(item, dict):
            yield (name, index), item


def _free(id: str, taken: set[Any]) -> str:
    """An id like this one that nothing has: G1 becomes G2, facebook becomes facebook-2."""
    stem = id.rstrip("0123456789")
    number, joint = (int(id[len(stem) :]), "") if stem != id and len(id) < 40 else (1, "-")
    while f"{stem}{joint}{number}" in taken or f"{stem}{joint}{number}" == id:
        number += 1
    return f"{stem}{joint}{max(number, 2) if joint else number}"


def named(data: dict[str, Any], name: str, id: str) -> bool:
    """Whether anything in a plan refers to an id of a list."""
    return any(True for _ in references(data, name, id))


def references(data: Any, name: str, id: str, path: Path = ()) -> Iterator[Path]:
    """The paths of the values, and of keys of maps, that refer to an id of a list; `at` of waivers too."""
    about = topic(path)
    refs = about.refs if about is not None else ()
    if isinstance(data, str):
        holder = topic(path[:-1]) if path and isinstance(path[-1], int) else None
        waived = path[:1] == ("waivers",) and path[-1:] == ("at",)
        if data == id and (name in refs or (holder is not None and name in holder.refs) or waived):
            yield path
    elif isinstance(data, dict):
        for key, inner in data.items():
            if key == id and name in refs and about is not None and key not in about.keys:
                yield (*path, key)
            yield from references(inner, name, id, (*path, key))
    elif isinstance(data, list):
        for index, inner in enumerate(data):
            yield from references(inner, name, id, (*path, index))


def _figures(report: Report) -> Iterator[Repair]:
    """Targets and baselines of quantities written as text, `40 %` or `1 200`, where a criterion has findings."""
    currency = report.data.get("investment", {}).get("currency")
    faulty = {finding.path: finding for finding in report.findings if "success_criteria" in finding.path}
    for path, finding in faulty.items():
        criterion = reached(report.plan.data, path)
        if not isinstance(criterion, dict) or criterion.get("nature") == "qualitative":
            continue
        for place in ((*path, "target"), (*path, "baseline", "value")):
            value = reached(report.plan.data, place)
            if isinstance(value, str):
                for repair in _whole(_replaced(report, finding, local.amount(value, currency), place)):
                    yield repair._replace(clears=False)


_MAKERS: dict[str, Callable[[Report, Finding], Repair | None]] = {
    "unknown-key": _key,
    "not-in-list": _value,
    "bad-format": _form,
    "wrong-type": _kind,
    "unresolved-reference": _in_other_case,
    "duplicate-id": _id,
    "waiver-unknown-rule": _rule,
}


# --- text ---------------------------------------------------------------------------------------------------------


def _instead(report: Report, finding: Finding, value: str | None, path: Path | None = None) -> Repair | None:
    """The repair that writes another text for a value, in quotes where it was."""
    mark = _mark(report.plan, path or finding.path)
    if value is None or mark is None:
        return None
    old = report.plan.text[mark.start : mark.end]
    return _replaced(report, finding, _like(old, value), path)


def _replaced(report: Report, finding: Finding, text: str | None, path: Path | None = None) -> Repair | None:
    """The repair that writes another value as it is given."""
    path = path or finding.path
    mark = _mark(report.plan, path)
    if text is None or mark is None or mark.start == mark.end:
        return None
    old = report.plan.text[mark.start : mark.end]
    if "\n" in old or old == text:
        return None
    values = {"key": Code(_called(path)), "old": Code(old), "new": Code(text)}
    return Repair(finding, Word("fix.value", values), (Edit(mark.start, mark.end, text),))


def _called(path: Path) -> str:
    return next((part for part in reversed(path) if isinstance(part, str)), "$")


def _like(old: str, value: str) -> str:
    """A text quoted as the old one was; and where it needs to be."""
    if old.startswith("'"):
        return "'" + value.replace("'", "''") + "'"
    return json.dumps(value, ensure_ascii=False) if old.startswith('"') or not _bare(value) else value


def _bare(value: str) -> bool:
    return (
        plain(value)
        or all(char.isalnum() or char in "-_/." for char in value)
        or value.replace(" ", "").isalnum()
        or local.day(value) == value
    )


def _mark(plan: Plan, path: Path) -> Mark | None:
    """The mark of what stands at exactly this path."""
    return plan.mark(path) if path and plan.has(path) else None
