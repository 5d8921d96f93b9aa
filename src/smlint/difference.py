"""Two states of a plan beside each other: what the plan's change did to findings and score, apart from what a change of
the rules did."""

from __future__ import annotations

from fractions import Fraction

from smlint.finding import Finding
from smlint.record import Record
from smlint.report import Report


class Shift(Record):
    """What a rule earned before and after, in points; None where it did not apply."""

    rule: str
    before: Fraction | None
    after: Fraction | None

    @property
    def change(self) -> Fraction:
        return (self.after or Fraction(0)) - (self.before or Fraction(0))


class Difference(Record):
    """`old` is the earlier plan by the earlier rules, `bridge` the earlier plan by the later rules (the same report
    where the rules are the same), `new` the later plan by the later rules. All three have a score."""

    old: Report
    bridge: Report
    new: Report

    @property
    def rules_changed(self) -> bool:
        """Whether the two states are judged by different rules; then their scores cannot be compared as such."""
        return self.old is not self.bridge

    @property
    def appeared(self) -> list[Finding]:
        """Findings that the plan's change brought."""
        return _beyond(self.new, self.bridge)

    @property
    def fixed(self) -> list[Finding]:
        """Findings that the plan's change mended."""
        return _beyond(self.bridge, self.new)

    @property
    def unchanged(self) -> list[Finding]:
        known = {finding.id for finding in self.bridge.findings}
        return [finding for finding in self.new.findings if finding.id in known]

    @property
    def asked(self) -> list[Finding]:
        """Findings on the old plan that only the later rules have."""
        return _beyond(self.bridge, self.old)

    @property
    def dropped(self) -> list[Finding]:
        """Findings on the old plan that only the earlier rules had."""
        return _beyond(self.old, self.bridge)

    @property
    def by_plan(self) -> list[Shift]:
        """What the plan's change did to each rule's points; the changes add up to that of the score."""
        return _shifts(self.bridge, self.new)

    @property
    def by_rules(self) -> list[Shift]:
        """What the rules' change did to each rule's points on the old plan."""
        return _shifts(self.old, self.bridge) if self.rules_changed else []


def total(report: Report) -> Fraction:
    """The score of a report that has one."""
    assert report.score is not None
    return report.score.total


def _beyond(one: Report, other: Report) -> list[Finding]:
    known = {finding.id for finding in other.findings}
    return [finding for finding in one.findings if finding.id not in known]


def _shifts(before: Report, after: Report) -> list[Shift]:
    """The rules whose points differ, the greatest losses first."""
    assert before.score is not None
    assert after.score is not None
    one, other = before.score.rules, after.score.rules
    shifts = [
        Shift(rule, one[rule].earned if rule in one else None, other[rule].earned if rule in other else None)
        for rule in sorted(one.keys() | other.keys())
    ]
    return sorted((shift for shift in shifts if shift.change), key=lambda shift: shift.change)
