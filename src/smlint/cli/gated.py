"""A command's plans against a git revision: what judges them is read from there, and what the change does to it is
reported."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator
from typing import Any

from smlint.cli.work import STDIN, Baselines, Judged, Work, chosen
from smlint.config import Configurations
from smlint.discovery import Source, place_of
from smlint.files import Disk, called
from smlint.git import GitError, Revision, top_of
from smlint.report import Report, judge_plan
from smlint.since import Past, Then, changes_of_configuration, changes_of_rules
from smlint.words import Code, Word, rounded

_LISTED = 10  # plans or waivers that are told one by one


def judged_since(paths: tuple[str, ...], as_of: datetime.date, options: dict[str, Any], lean: bool) -> Judged:
    """Judge plans as work.judged does, by the configuration, rules and baseline of a revision, and compare them with
    what they were there. Raises GitError and all that reading those can."""
    names = [_name(path, options) for path in paths]
    first = names[0] if os.path.isdir(names[0]) else os.path.dirname(place_of(names[0]))
    with Revision(top_of(first), options["since"]) as revision:
        for name in names:
            if revision.inside(place_of(name) if not os.path.isdir(name) else os.path.realpath(name)) is None:
                raise GitError(
                    f"{name} is not in the repository {revision.top}; --since compares within one repository"
                )
        configured = Configurations(revision, chosen(options))
        work = Work(paths, configured, as_of, options, lean)
        found = work.sources()
        past = Past(revision, found)
        work.judge(found, past)
        left_out = [(name, place_of(name)) for name in Then(configured, revision).left_out(paths, work.reports.keys())]
        work.judge([Source(name, True, configured.of(place), place) for name, place in left_out], past)
        notes = [*past.moves(paths), *_waivers(work.reports), *work.baselines.notes(work.reports)]
        notes += _changes(work, revision, options)
        return work.done(notes)


def _name(path: str, options: dict[str, Any]) -> str:
    return options.get("stdin_filename") or STDIN if path == "-" else path


def _waivers(reports: dict[str, Report]) -> Iterator[Word]:
    """The waivers that the change adds, widens or prolongs."""
    for report in reports.values():
        added = report.change.waivers if report.change else ()
        for waiver in added[:_LISTED]:
            key = "allowed" if report.settings.new_waivers else "denied"
            where = Code(f"{report.plan.name}:{waiver.place.line}")
            yield Word(f"since.waiver-{key}", {"where": where, "rule": Code(waiver.rule)})
        if len(added) > _LISTED:
            yield Word("since.more-waivers", {"file": Code(report.plan.name), "n": len(added) - _LISTED})


def _changes(work: Work, revision: Revision, options: dict[str, Any]) -> Iterator[Word]:
    """What the change does to configuration, rules and baseline, none of which has a say yet. They are tried all the
    same: what would stop the next run must not land."""
    now = Configurations(Disk(), chosen(options))
    baselines, seen = Baselines(now), set[tuple[int, int]]()
    effects: list[Word] = []
    for place, report in sorted(work.reports.items()):
        number, other = work.configured.of(place), now.of(place)
        settings = now.settings[other]
        if settings.book.fingerprint != report.settings.book.fingerprint:
            effects += _effect(report, place, settings, work.as_of)
        if (number, other) not in seen:
            seen.add((number, other))
            yield from changes_of_rules(report.settings.book, settings.book)
            yield from _baseline(work.baselines.of(number), baselines.of(other), settings.baseline)
    yield from changes_of_configuration(work.configured, now)
    yield from effects[:_LISTED]


def _effect(report: Report, place: str, settings: Any, as_of: datetime.date) -> Iterator[Word]:
    """What the changed rules would say of a plan."""
    from smlint.discovery import read
    from smlint.plan import Limits

    plan = read(Source(place, True), Limits()) if os.path.isfile(place) else None
    after = judge_plan(plan, settings, as_of).score if plan else None
    if after is not None and report.score is not None and after.total != report.score.total:
        figures = {"before": rounded(report.score.total, 1), "after": rounded(after.total, 1)}
        yield Word("since.effect", {"file": Code(report.plan.name), **figures})


def _baseline(then: Any, now: Any, path: str | None) -> Iterator[Word]:
    """How many entries the change adds to a baseline, or takes from it."""
    from smlint.baseline import Baseline, changes

    empty = Baseline("", {})
    added, gone = changes(then or empty, now or empty)
    if added or gone:
        file = Code(called(path or ""))
        yield Word("since.baseline", {"file": file, "added": len(added), "gone": len(gone)})
