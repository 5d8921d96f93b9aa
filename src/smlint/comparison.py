"""Compares a plan with what it was, by the identity of findings."""

from __future__ import annotations

from datetime import date

from smlint.finding import Finding
from smlint.plan import Plan
from smlint.record import Record
from smlint.report import Change, Report, judge_plan
from smlint.waiver import Waiver


class Earlier(Record):
    """An earlier state of a plan. `against` names it for people.

    `raw` holds the plan's bytes then, None where there was no plan; `name` what the file was called; `known` the ids of
    findings that a baseline accepts. `revision`: whether it is a revision at all, rather than only a baseline.
    """

    against: str
    raw: bytes | None = None
    name: str | None = None
    known: frozenset[str] = frozenset()
    revision: bool = False


def compared(report: Report, before: Report | None, earlier: Earlier) -> Change:
    """What changed from `before` (None: there was no such plan) to `report`, both judged by the same settings."""
    old = {finding.id for finding in before.findings} if before else set()
    ids = {finding.id for finding in report.findings}
    new = frozenset(ids - old - earlier.known)
    fixed = tuple(finding for finding in before.findings if finding.id not in ids) if before and report.score else ()
    waivers = _added(report, before) if earlier.revision else ()
    closed = not report.settings.new_waivers
    unaccepted = {
        finding.id
        for finding in report.findings
        if closed and earlier.revision and finding.id in new and _only_now(report, finding, waivers)
    }
    return Change(earlier.against, new, fixed, frozenset(unaccepted), waivers, before, earlier.name)


def earlier_report(report: Report, earlier: Earlier, as_of: date) -> Report | None:
    """What the same settings say on the same day of the plan as it was; None where there was none."""
    if earlier.raw is None:
        return None
    plan = Plan.read(earlier.name or report.plan.name, earlier.raw)
    if plan.text == report.plan.text and plan.fault == report.plan.fault:
        return report
    return judge_plan(plan, report.settings, as_of)


def _added(report: Report, before: Report | None) -> tuple[Waiver, ...]:
    """The waivers that were not there, or not as wide or as long."""
    old = before.granted if before else ()
    return tuple(waiver for waiver in report.granted if not any(waiver.within(other) for other in old))


def _only_now(report: Report, finding: Finding, added: tuple[Waiver, ...]) -> bool:
    """Whether a new finding is waived only by this change: by a new waiver, or by an old comment on whose line the
    change has put something else."""
    waiver = report.waivers.get(finding.id)
    if waiver is None:
        return False
    if waiver in added:
        return True
    meant = finding.path[: len(waiver.path)] == waiver.path or not finding.path
    return waiver.lines is not None and not meant
