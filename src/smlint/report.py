"""Report and Run: what is said of one plan and of all; judge() is the whole trip of a plan."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from posixpath import normpath
from typing import Any, cast

from smlint.finding import Diagnostic, Finding
from smlint.lint import PROFILES, Outcomes, applicable, lint_all
from smlint.plan import NOTHING, Limits, Plan, inside
from smlint.profile import Predicates, View
from smlint.record import Record
from smlint.rule import Dimension
from smlint.rulebook import Rulebook
from smlint.score import Score, highest_level, report_order
from smlint.settings import Settings
from smlint.shape import Shaped, shape
from smlint.waiver import Waiver, waive
from smlint.words import Word


class Report:
    """What smlint has to say of one plan: findings in report order, waivers and owners by finding id, and the score.

    `score` is None where the file could not be parsed. `granted` are all waivers that are well formed. `language` is
    what the plan asks for, if it does; `ambition` the maturity level that it aims at. `owners` says who has to act on a
    finding. `change` is what a comparison with an earlier state found, None without one. `profile` decides which rules
    apply; `saw_day`: on another day the report may be another. `lines` are those of the plan that findings show, by
    number from 1.
    """

    __slots__ = (
        "ambition", "change", "data", "findings", "granted", "language", "lines", "owners", "plan", "profile",
        "saw_day", "score", "settings", "title", "waivers",
    )  # fmt: skip

    def __init__(
        self,
        plan: Plan,
        findings: list[Finding],
        waivers: dict[str, Waiver],
        score: Score | None,
        data: dict[str, Any],
        settings: Settings,
        granted: tuple[Waiver, ...] = (),
        *,
        profile: Predicates = frozenset(),
        saw_day: bool = False,
        owners: dict[str, str | None] | None = None,
        lines: dict[int, str] | None = None,
    ) -> None:
        self.plan = plan
        self.granted = granted
        self.settings = settings
        self.change: Change | None = None
        self.findings = sorted(findings, key=report_order)
        self.waivers = waivers or NOTHING
        self.score = score
        self.data = data
        self.title: str | None = data.get("title")
        self.language: str | None = data.get("language")
        self.ambition: int | None = data.get("organisation", {}).get("ambition", {}).get("level")
        if owners is None:
            owners = {finding.id: _owner(finding, data, settings.book.dimensions) for finding in findings}
        self.owners = owners or NOTHING
        self.profile = profile
        self.saw_day = saw_day
        self.lines = (_shown_lines(plan, findings) if lines is None else lines) or NOTHING

    def waived(self, finding: Finding) -> bool:
        """Whether a waiver hides this finding from the gate."""
        return finding.id in self.waivers and not (self.change and finding.id in self.change.unaccepted)

    def is_new(self, finding: Finding) -> bool | None:
        """Whether a comparison calls this finding new; None without a comparison."""
        return None if self.change is None else finding.id in self.change.new

    def lean(self) -> Report:
        """The same report without what only judging needed, so that a run over many plans stays small."""
        self.plan.let_go()
        self.data = NOTHING
        if self.change and self.change.before and self.change.before is not self:
            self.change.before.lean()
        return self


FRAME_LINES = 3  # lines of the plan that a finding shows


def _shown_lines(plan: Plan, findings: list[Finding]) -> dict[int, str]:
    """The lines that findings show, and those where they end."""
    if not findings or not plan.text:
        return {}
    numbers: set[int] = set()
    for place in (finding.place for finding in findings):
        numbers.update(range(place.line, min(place.end_line + 1, place.line + FRAME_LINES)), (place.end_line,))
    return plan.lines(numbers)


def _owner(finding: Finding, data: dict[str, Any], dimensions: dict[str, Dimension]) -> str | None:
    """Who has to act: the nearest owner from the subject upwards, else the dimension's, else the plan's."""
    nearest, here = None, cast(Any, data)
    for part in finding.path:
        here = here.get(part) if type(here) is dict else inside(here, part)
        if type(here) is dict:
            nearest = _responsible(here) or nearest
    if nearest or isinstance(finding.rule, Diagnostic):
        return nearest or _who(data.get("owner"))
    path = dimensions[finding.rule.dimension].owner
    here = data if path else None
    for part in path.split(".") if path else ():
        here = inside(here, part)
    return _who(here) or _who(data.get("owner"))


def _responsible(item: dict[str, Any]) -> str | None:
    """The person that an item names as its own."""
    for key in ("owner", "responsible", "holder"):
        if key in item and (who := _who(item[key])):
            return who
    return None


def _who(value: Any) -> str | None:
    """A person as people say it: the role, else the name."""
    if isinstance(value, dict):
        value = value.get("role") or value.get("name")
    return value if isinstance(value, str) else None


class Change(Record):
    """What a comparison of a plan with an earlier state found. `against` names that state, for people.

    `new` holds the ids of the findings that it does not know; `fixed` what is gone; `unaccepted` the findings that
    only a waiver of this change would hide; `waivers` those that the change adds, widens or prolongs. `before` is the
    earlier report, None where there was no such plan, or where only a baseline is known; `path` what its file was
    called.
    """

    against: str
    new: frozenset[str]
    fixed: tuple[Finding, ...] = ()
    unaccepted: frozenset[str] = frozenset()
    waivers: tuple[Waiver, ...] = ()
    before: Report | None = None
    path: str | None = None


class Verdict(Record):
    """What the gate decided: open or not, the reasons, and what the reader should know besides."""

    passed: bool
    why: tuple[Word, ...] = ()
    notes: tuple[Word, ...] = ()


class Run(Record):
    """All that one run found, the only thing that reporters get.

    `book` judges plans for which no configuration says otherwise; `language` is what --lang says, if anything; `folder`
    is the working directory as seen from the top of the repository, "" for the top itself.
    """

    reports: tuple[Report, ...]
    skipped: int
    verdict: Verdict
    book: Rulebook
    as_of: date
    language: str | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    folder: str = ""

    def path(self, report: Report) -> str:
        """Where a plan's file stands from the top of the repository, which other programs count from; with slashes."""
        name = report.plan.name
        return name if os.path.isabs(name) else normpath(f"{self.folder}/{name}".lstrip("/"))

    def shown(self, report: Report) -> list[Finding]:
        """The findings of a report that --select and --ignore leave to be shown and gated."""
        return shown(report, self.select, self.ignore)

    def listed(self, report: Report) -> list[Finding]:
        """The findings that people are shown: without those that a comparison knows already."""
        found = self.shown(report)
        return found if report.change is None else [each for each in found if report.is_new(each)]

    def known(self, report: Report) -> int:
        """How many findings a comparison knows already, without what is waived."""
        if report.change is None:
            return 0
        return sum(not report.is_new(finding) and not report.waived(finding) for finding in self.shown(report))

    def language_of(self, report: Report) -> str:
        """The language in which a report's findings are worded."""
        return self.language or report.settings.language or report.language or "en"

    @property
    def own_language(self) -> str:
        """The language of what is said of the whole run: --lang, else that of all plans if they agree."""
        spoken = {self.language_of(report) for report in self.reports}
        return self.language or (spoken.pop() if len(spoken) == 1 else "en")


def shown(report: Report, select: tuple[str, ...], ignore: tuple[str, ...]) -> list[Finding]:
    """The findings that a selection by rule, dimension or severity leaves. What stops the judging always stays."""
    if not select and not ignore:
        return report.findings
    return [
        finding
        for finding in report.findings
        if _stops(finding) or ((not select or _names(finding) & set(select)) and not _names(finding) & set(ignore))
    ]


def _names(finding: Finding) -> set[str]:
    rule = finding.rule
    return {rule.id, finding.severity} | (set() if isinstance(rule, Diagnostic) else {rule.dimension})


def _stops(finding: Finding) -> bool:
    return isinstance(finding.rule, Diagnostic) and finding.rule.stops


def judge(name: str, raw: bytes, settings: Settings, as_of: date, limits: Limits = Limits()) -> Report:
    """The whole trip of a plan: text → data and places → shape → lint → score. Pure: bytes in, report out."""
    return judge_plan(Plan.read(name, raw, limits), settings, as_of)


def judge_plan(plan: Plan, settings: Settings, as_of: date) -> Report:
    """The trip from the second stop on, for a plan that has been read."""
    return judge_plans([plan], settings, as_of)[0]


def judge_plans(plans: Sequence[Plan], settings: Settings, as_of: date) -> list[Report]:
    """The same for a few plans at once, stop by stop: what a stop needs is then at hand for all of them."""
    shaped = [shape(plan) for plan in plans]
    views = [View(plan, each.data, as_of) for plan, each in zip(plans, shaped, strict=True) if not plan.fault]
    linted = zip(views, lint_all(views, settings.book), strict=True)
    return [
        Report(plan, each.findings, {}, None, {}, settings) if plan.fault else _report(each, *next(linted), settings)
        for plan, each in zip(plans, shaped, strict=True)
    ]


def _report(shaped: Shaped, view: View, outcomes: Outcomes, settings: Settings) -> Report:
    """The last stop: what was found, what waivers hide of it, and the score."""
    plan, book, as_of = view.plan, settings.book, view.day
    findings = [finding for outcome in outcomes.values() for finding in outcome.findings]
    waived = waive(plan, view.data, findings, book.known, as_of)
    score = Score(outcomes, book.dimensions, reachable(book, view.predicates))
    structural = [finding for finding in shaped.findings if not _said_by_waiver(finding)]
    found = [*structural, *findings, *waived.findings]
    saw_day = view.saw_day or any(waiver.expires for waiver in waived.granted)
    return Report(
        plan, found, waived.by_finding, score, view.data, settings, waived.granted,
        profile=view.predicates, saw_day=saw_day,
    )  # fmt: skip


@lru_cache(PROFILES)
def reachable(book: Rulebook, profile: Predicates) -> int:
    """The highest level that plans of a profile can reach."""
    return highest_level(rule for rule, _ in applicable(book, profile))


def _said_by_waiver(finding: Finding) -> bool:
    """A waiver's own complaint covers its rule, reason, place and date: one cause, one finding."""
    return (
        finding.path[:1] == ("waivers",)
        and len(finding.path) == 3
        and finding.path[2] in ("rule", "reason", "at", "expires")
    )
