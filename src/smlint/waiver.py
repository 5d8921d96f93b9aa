"""Accepted findings: waivers in the plan and in comments, which hide a finding from the gate and never from the score."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from smlint.comment import comments
from smlint.finding import Finding, structural
from smlint.format import is_date, plan_schema, says_something
from smlint.plan import Path, Place, Plan, positions
from smlint.shape import LISTS_WITH_IDS, criteria
from smlint.words import Code, Speller

_Target = str | int | None  # an id or a top-level key; a line; the whole plan


class Waiver(NamedTuple):
    """One accepted finding. `at` is an id or a top-level key; a comment has `lines`; without either: the whole plan."""

    rule: str
    reason: str
    at: str | None
    lines: tuple[int, ...] | None
    owner: str | None
    approved_by: str | None
    expires: str | None
    path: Path
    place: Place

    @property
    def targets(self) -> tuple[_Target, ...]:
        return (self.at,) if self.lines is None else self.lines


class Waived(NamedTuple):
    """The waivers' effect: which waiver holds for a finding (by finding id), and findings about the waivers."""

    by_finding: dict[str, Waiver]
    findings: list[Finding]


def waive(plan: Plan, data: dict[str, Any], findings: list[Finding], rules: Collection[str], as_of: date) -> Waived:
    """Match a plan's waivers with the findings of its rules.

    `data` is what rules see; `rules` holds the ids of the rulebook. Malformed, unknown, unused and expired waivers are
    findings of their own; an expired one waives nothing.
    """
    complaints: list[Finding] = []
    waivers = list(_valid(plan, data, rules, complaints))
    found = _by_target(plan, findings) if waivers else {}
    by_finding: dict[str, Waiver] = {}
    for waiver in waivers:
        if waiver.expires is not None and waiver.expires < as_of.isoformat():
            complaints.append(_complaint(plan, waiver, "waiver-expired", rule=Code(waiver.rule), date=waiver.expires))
            continue
        matched = [found[waiver.rule, target] for target in waiver.targets if (waiver.rule, target) in found]
        if not matched:
            complaints.append(_complaint(plan, waiver, "waiver-unused", rule=Code(waiver.rule)))
        for ids in matched:
            while ids.waits:  # the first waiver of a finding is the one that holds
                by_finding.setdefault(ids.waits.pop(), waiver)
    return Waived(by_finding, complaints)
