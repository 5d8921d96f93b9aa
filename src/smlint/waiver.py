"""Accepted findings: waivers, in the plan and in comments, hide a finding from the gate and never from the score."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from smlint.comment import comments
from smlint.finding import Finding, structural
from smlint.format import is_date, plan_schema, says_something
from smlint.plan import Path, Place, Plan, positions
from smlint.record import Record
from smlint.shape import LISTS_WITH_IDS, criteria
from smlint.spot import identity
from smlint.words import Code, Speller

_Target = str | int | None  # an id or a top-level key; a line; the whole plan


class Waiver(Record):
    """One accepted finding. `at` is an id or a top-level key; a comment has `lines`; without either: the whole plan.

    `scope` names by ids what it speaks of, whatever the lines: "" is the whole plan.
    """

    rule: str
    reason: str
    at: str | None
    lines: tuple[int, ...] | None
    owner: str | None
    approved_by: str | None
    expires: str | None
    path: Path
    place: Place
    scope: str

    @property
    def targets(self) -> tuple[_Target, ...]:
        return (self.at,) if self.lines is None else self.lines

    def within(self, other: Waiver) -> bool:
        """Whether it waives nothing that another does not: the same rule, no more of the plan, no longer."""
        narrower = self.scope == other.scope or not other.scope
        sooner = other.expires is None or (self.expires is not None and self.expires <= other.expires)
        return self.rule == other.rule and narrower and sooner


class Waived(Record):
    """The waivers' effect: which waiver holds for a finding (by finding id), findings about the waivers, and all
    waivers that are well formed."""

    by_finding: dict[str, Waiver]
    findings: list[Finding]
    granted: tuple[Waiver, ...]


def waive(plan: Plan, data: dict[str, Any], findings: list[Finding], rules: Collection[str], as_of: date) -> Waived:
    """Match a plan's waivers with the findings of its rules.

    `data` is what rules see; `rules` holds the ids of the rulebook. Malformed, unknown, unused and expired waivers are
    findings of their own; an expired one waives nothing.
    """
    complaints: list[Finding] = []
    waivers = list(_valid(plan, data, rules, complaints))
    found = by_target(plan, findings) if waivers else {}
    by_finding: dict[str, Waiver] = {}
    for waiver in waivers:
        if waiver.expires is not None and waiver.expires < as_of.isoformat():
            complaints.append(_complaint(plan, waiver, "waiver-expired", rule=Code(waiver.rule), date=waiver.expires))
            continue
        matched = [found[waiver.rule, target] for target in waiver.targets if (waiver.rule, target) in found]
        if not matched:
            complaints.append(_complaint(plan, waiver, "waiver-unused", rule=Code(waiver.rule)))
        for ids in matched:
            while ids:  # taken out, for the first waiver of a finding is the one that holds
                by_finding.setdefault(ids.pop(), waiver)
    return Waived(by_finding, complaints, tuple(waivers))


def by_target(plan: Plan, findings: list[Finding]) -> dict[tuple[str, _Target], list[str]]:
    """The ids of the findings of each rule by all that a waiver may call them: items above them, key, line, plan."""
    found: dict[tuple[str, _Target], list[str]] = {}
    for finding in findings:
        top = [part for part in finding.at[:1] if isinstance(part, str)]
        for target in {None, finding.place.line, *top, *_ids_on(plan.data, finding.path)}:
            found.setdefault((finding.rule.id, target), []).append(finding.id)
    return found


def _ids_on(data: Any, path: Path) -> Iterator[str]:
    """The ids of the items that a path leads through."""
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return
        if isinstance(data, dict) and isinstance(data.get("id"), str):
            yield data["id"]


def _valid(plan: Plan, data: dict[str, Any], rules: Collection[str], complaints: list[Finding]) -> Iterator[Waiver]:
    """The waivers that can take effect; complains about the others."""
    speller = Speller()
    for waiver, bad in (*_in_plan(plan, data), *_in_comments(plan)):
        if bad:
            complaints.append(_complaint(plan, waiver, "waiver-malformed", missing=[Code(key) for key in bad]))
        elif waiver.rule in rules:
            yield waiver
        else:
            near = speller.nearest(waiver.rule, rules)
            variant, suggestion = ("suggest", Code(near)) if near else (None, None)
            complaints.append(_complaint(plan, waiver, "waiver-unknown-rule", variant, suggestion=suggestion))


def _complaint(plan: Plan, waiver: Waiver, id: str, variant: str | None = None, **values: Any) -> Finding:
    values["value"] = Code(waiver.rule)
    return structural(plan, id, waiver.path, values, variant=variant, place=waiver.place)


def _in_plan(plan: Plan, data: dict[str, Any]) -> Iterator[tuple[Waiver, list[str]]]:
    """The waivers under `waivers`, each with the keys that are missing or not valid."""
    written = plan.data.get("waivers")
    fit = dict(positions(data.get("waivers")))
    known = _names(data) if fit else set()
    for index, entry in enumerate(written if isinstance(written, list) else ()):
        if not isinstance(entry, dict):
            continue  # the format has said so
        fields, path = fit.get(index, {}), ("waivers", index)
        at, expires = fields.get("at"), fields.get("expires")
        rule, reason, owner, approved_by = (fields.get(key) for key in ("rule", "reason", "owner", "approved_by"))
        place, scope = plan.place(path), at or ""
        waiver = Waiver(rule or "", reason or "", at, None, owner, approved_by, expires, path, place, scope)
        bad = [key for key in ("rule", "reason") if key not in fields]
        if at not in known if at is not None else entry.get("at") is not None:
            bad.append("at")
        if expires is None and entry.get("expires") is not None:
            bad.append("expires")
        yield waiver, bad


def _names(data: dict[str, Any]) -> set[str]:
    """What `at` may name: an id of any list, or a top-level key."""
    items = (item for name in LISTS_WITH_IDS for item in data.get(name, ()))
    ids = {item["id"] for item in items if "id" in item}
    return ids | {criterion["id"] for _, criterion in criteria(data) if "id" in criterion} | {*plan_schema().properties}


def _in_comments(plan: Plan) -> Iterator[tuple[Waiver, list[str]]]:
    """The waivers in comments, each with what is missing or not valid."""
    for said in comments(plan):
        scope = f"{identity(plan, said.path)}{' and the plan' if 1 in said.lines else ''}"
        waiver = Waiver(said.rule, said.reason, None, said.lines, None, None, said.until, said.path, said.place, scope)
        bad = [key for key in ("rule", "reason") if not says_something(getattr(said, key))]
        yield waiver, bad + (["expires"] if said.until is not None and not is_date(said.until) else [])
