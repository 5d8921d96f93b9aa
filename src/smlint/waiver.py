"""Accepted findings: waivers in the plan and in comments, which hide a finding from the gate and never from the score."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from datetime import date
from difflib import get_close_matches
from typing import Any, NamedTuple

from smlint.finding import Finding, structural
from smlint.format import is_date
from smlint.plan import Mark, Path, Place, Plan
from smlint.words import Code

_LISTS = ("objectives", "audiences", "goals", "initiatives", "channels", "departments")
_COMMENT = re.compile(r"#[ \t]*smlint:[ \t]*waive\b[ \t]*([^\n\r]*)")
_TERMS = re.compile(r"(?P<rule>[^\s:—–-]\S*)?(?:\s+until\s+(?P<until>\S+))?(?:\s*(?:—|–|--|-|:)\s*(?P<reason>.*))?\s*")


class Waiver(NamedTuple):
    """One accepted finding. `at` is an id or a top-level key (None: the whole plan); `line` is what a comment waives."""

    rule: str
    reason: str
    at: str | None
    line: int | None
    owner: str | None
    approved_by: str | None
    expires: str | None
    path: Path
    place: Place


class Waived(NamedTuple):
    """The waivers' effect: which waiver holds for a finding (by finding id), and findings about the waivers."""

    by_finding: dict[str, Waiver]
    findings: list[Finding]


def waive(plan: Plan, data: dict[str, Any], findings: list[Finding], rules: Container[str], as_of: date) -> Waived:
    """Match a plan's waivers with the findings of its rules.

    `data` is what rules see; `rules` holds the ids of the rulebook. Malformed, unknown, unused and expired waivers are
    findings of their own; an expired one waives nothing.
    """
    waivers, complaints = _written(plan, data, rules)
    by_finding: dict[str, Waiver] = {}
    for waiver in waivers:
        if waiver.expires is not None and waiver.expires < as_of.isoformat():
            values = {"rule": Code(waiver.rule), "date": waiver.expires}
            complaints.append(structural(plan, "waiver-expired", waiver.path, values, place=waiver.place))
            continue
        matched = [finding for finding in findings if not finding.structural and _matches(waiver, finding, plan)]
        if not matched:
            values = {"rule": Code(waiver.rule)}
            complaints.append(structural(plan, "waiver-unused", waiver.path, values, place=waiver.place))
        for finding in matched:
            by_finding.setdefault(finding.id, waiver)
    return Waived(by_finding, complaints)


def _matches(waiver: Waiver, finding: Finding, plan: Plan) -> bool:
    if finding.rule.id != waiver.rule:
        return False
    if waiver.line is not None:
        return finding.place.line == waiver.line
    if waiver.at is None:
        return True
    return finding.at[:1] == (waiver.at,) or waiver.at in _ids_on(plan.data, finding.path)


def _ids_on(data: Any, path: Path) -> Iterable[str]:
    """The ids of the items that a path leads through."""
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return
        if isinstance(data, dict) and isinstance(data.get("id"), str):
            yield data["id"]


def _written(plan: Plan, data: dict[str, Any], rules: Container[str]) -> tuple[list[Waiver], list[Finding]]:
    """The valid waivers of a plan, and the findings about the others."""
    waivers: list[Waiver] = []
    complaints: list[Finding] = []
    raw = plan.data.get("waivers")
    for index, entry in enumerate(raw if isinstance(raw, list) else ()):
        path: Path = ("waivers", index)
        if not isinstance(entry, dict):
            continue  # the format has said so
        fields = {key: value for key, value in entry.items() if isinstance(value, str) and value.strip()}
        waiver = Waiver(
            fields.get("rule", ""), fields.get("reason", ""), fields.get("at"), None, fields.get("owner"),
            fields.get("approved_by"), fields.get("expires"), path, plan.place(path),
        )  # fmt: skip
        bad = _invalid(waiver, entry, plan, data)
        _sort_out(plan, waiver, bad, rules, waivers, complaints)
    for waiver in _comments(plan):
        _sort_out(plan, waiver, _invalid(waiver, {}, plan, data), rules, waivers, complaints)
    return waivers, complaints


def _invalid(waiver: Waiver, entry: dict[str, Any], plan: Plan, data: dict[str, Any]) -> list[str]:
    bad = [key for key in ("rule", "reason") if not getattr(waiver, key)]
    if entry.get("at") is not None and (waiver.at is None or not _names_something(waiver.at, plan, data)):
        bad.append("at")
    if (entry.get("expires") is not None or waiver.expires is not None) and not is_date(waiver.expires or ""):
        bad.append("expires")
    return bad


def _names_something(at: str, plan: Plan, data: dict[str, Any]) -> bool:
    """An id of any list, or a top-level key that the format knows."""
    from smlint.format import plan_schema

    if at in plan_schema().properties:
        return True
    items = [item for name in _LISTS for item in data.get(name, ())]
    items += [criterion for goal in data.get("goals", ()) for criterion in goal.get("success_criteria", ())]
    return any(item.get("id") == at for item in items)


def _sort_out(
    plan: Plan, waiver: Waiver, bad: list[str], rules: Container[str], good: list[Waiver], complaints: list[Finding]
) -> None:
    if bad:
        values: dict[str, Any] = {"missing": [Code(key) for key in bad]}
        complaints.append(structural(plan, "waiver-malformed", waiver.path, values, place=waiver.place))
    elif waiver.rule not in rules:
        known = list(rules) if isinstance(rules, Iterable) else []
        near = next(iter(get_close_matches(waiver.rule[:60], known, 1, 0.6)), None)
        values = {"value": Code(waiver.rule), "suggestion": Code(near or "")}
        variant = "suggest" if near else None
        complaints.append(
            structural(plan, "waiver-unknown-rule", waiver.path, values, place=waiver.place, variant=variant)
        )
    else:
        good.append(waiver)


def _comments(plan: Plan) -> list[Waiver]:
    """`# smlint: waive RULE until DATE — reason`, on the line that it waives or alone above it."""
    if "smlint:" not in plan.text:
        return []
    found = [match for match in _COMMENT.finditer(plan.text) if _begins_comment(plan.text, match.start())]
    if not found:
        return []
    scalars = _scalar_ranges(plan.marks)
    return [_comment(plan, match) for match in found if not _inside(match.start(), scalars)]


def _comment(plan: Plan, match: re.Match[str]) -> Waiver:
    terms = _TERMS.fullmatch(match[1].strip())
    said = terms.groupdict() if terms else {}
    place = plan.place_of(match.start(), match.end())
    line = place.line
    before = plan.text[: match.start()].rpartition("\n")[2]
    if not before.strip():  # alone on its line: it means the next line that holds something
        for text in re.split(r"\r\n|\n|\r", plan.text[match.start() :])[1:]:
            line += 1
            if text.strip() and not text.lstrip().startswith("#"):
                break
    rule, reason, until = said.get("rule") or "", (said.get("reason") or "").strip(), said.get("until")
    return Waiver(rule, reason, None, line, None, None, until, ("#waive", rule, f"line {line}"), place)


def _begins_comment(text: str, at: int) -> bool:
    return at == 0 or text[at - 1] in " \t\n\r"


def _scalar_ranges(marks: Any) -> list[tuple[int, int]]:
    """The ranges of all keys and scalars: a # in there is text, not a comment."""
    ranges: list[tuple[int, int]] = []
    stack = [marks]
    while stack:
        inside = stack.pop()
        entries: Iterable[Mark] = inside.values() if isinstance(inside, dict) else inside
        for mark in entries:
            ranges.append((mark.key, mark.key_end))
            if mark.inside is None:
                ranges.append((mark.start, mark.end))
            else:
                stack.append(mark.inside)
    return sorted(ranges)


def _inside(at: int, ranges: list[tuple[int, int]]) -> bool:
    from bisect import bisect_right

    index = bisect_right(ranges, (at, at)) - 1
    return index >= 0 and ranges[index][0] <= at < ranges[index][1]
