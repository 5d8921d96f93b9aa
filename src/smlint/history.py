"""A plan's way through its commits: what each change did to the score, and what the mere passing of days did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction

from smlint.plan import Limits, Plan
from smlint.record import Record
from smlint.report import Report, judge_plan
from smlint.settings import Settings


class Version(Record):
    """The plan at one time. `id` is the commit's, "" for the file as it is now."""

    id: str
    day: date
    subject: str
    name: str
    raw: bytes


class Step(Record):
    """One version, judged on its own day by today's rules.

    `by_day` is what the days since the version before did to that version's score, `by_plan` what this version then
    changed: together the change of the score. Both are None where either version could not be read.
    """

    version: Version
    report: Report
    by_day: Fraction | None
    by_plan: Fraction | None

    @property
    def total(self) -> Fraction | None:
        return self.report.score.total if self.report.score else None


def steps(versions: Iterable[Version], settings: Settings) -> Iterator[Step]:
    """Judge the versions in their order, each on its own day and on the next one's."""
    before: tuple[Version, Report] | None = None
    for version in versions:
        report = _judged(version, version.day, settings)
        by_day = by_plan = None
        if before is not None and before[1].score is not None and report.score is not None:
            aged = _judged(before[0], version.day, settings)
            assert aged.score is not None
            by_day = aged.score.total - before[1].score.total
            by_plan = report.score.total - aged.score.total
        yield Step(version, report, by_day, by_plan)
        before = version, report


def _judged(version: Version, day: date, settings: Settings) -> Report:
    return judge_plan(Plan.read(version.name, version.raw, Limits()), settings, day).lean()
