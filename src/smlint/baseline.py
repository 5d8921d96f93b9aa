"""The baseline: a reviewable file of findings that are accepted for now, by identity, so that only new ones count."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from smlint.files import Entry
from smlint.finding import SEVERITIES, Diagnostic
from smlint.record import Record
from smlint.report import Report

FORMAT = 1
FILE = "smlint-baseline.json"
_BYTES = 50_000_000


class BaselineError(Exception):
    """A baseline that is missing or is none: one sentence."""


class Changes(Record):
    """How a baseline differs from the plans: (plan, finding id) pairs in order."""

    added: tuple[tuple[str, str], ...]
    gone: tuple[tuple[str, str], ...]


class Baseline(Record):
    """Finding ids and their severities by plan; plans are named relative to the folder of the baseline."""

    folder: str
    plans: Mapping[str, Mapping[str, str]]

    def known(self, place: str) -> frozenset[str]:
        """The accepted findings of the plan at an absolute path."""
        return frozenset(self.plans.get(self.name(place), ()))

    def name(self, place: str) -> str:
        """What the baseline calls the plan at an absolute path."""
        return os.path.relpath(place, self.folder).replace(os.sep, "/")

    def stale(self, judged: Mapping[str, Report], exists: Iterable[str]) -> list[tuple[str, str]]:
        """The entries that no finding answers to any more: of plans that were judged, by place, and of files that are
        not among those that exist."""
        names = {self.name(place): report for place, report in judged.items()}
        there = set(exists) | names.keys()
        return [
            (plan, id)
            for plan, ids in self.plans.items()
            for id in ids
            if (plan in names and id not in _acceptable(names[plan])) or plan not in there
        ]

    def text(self) -> str:
        """The file: sorted, one finding a line, with counts, so that a review sees what a change does to it."""
        plans = {name: ids for name, ids in sorted(self.plans.items()) if ids}
        document = {
            "smlint_baseline": FORMAT,
            "counts": _counts(severity for ids in plans.values() for severity in ids.values()),
            "plans": {
                name: {"counts": _counts(ids.values()), "findings": dict(sorted(ids.items()))}
                for name, ids in plans.items()
            },
        }
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def read_baseline(entry: Entry, path: str, name: str) -> Baseline:
    """The baseline in a file at an absolute path; `name` is what people call it. Raises BaselineError."""
    try:
        raw = entry.read_bytes()
    except OSError:
        raise BaselineError(f"{entry}: there is no such baseline; `smlint baseline` writes one") from None
    try:
        document: Any = json.loads(raw) if len(raw) <= _BYTES else None
        if document["smlint_baseline"] != FORMAT:
            raise BaselineError(f"{name}: baseline format {document['smlint_baseline']!r} is not supported")
        plans = {plan: dict(entry["findings"]) for plan, entry in document["plans"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BaselineError(f"{name}: this is not a baseline; `smlint baseline` writes one") from None
    if not all(severity in SEVERITIES for ids in plans.values() for severity in ids.values()):
        raise BaselineError(f"{name}: a finding's severity is one of {', '.join(SEVERITIES)}")
    return Baseline(os.path.dirname(path), plans)


def renewed(old: Baseline, judged: Mapping[str, Report], exists: Iterable[str], prune: bool) -> Baseline:
    """The baseline as the plans now want it; with `prune`, only entries that are stale go, and none is added."""
    stale = set(old.stale(judged, exists))
    plans = {
        plan: {id: severity for id, severity in ids.items() if (plan, id) not in stale}
        for plan, ids in old.plans.items()
    }
    for place, report in judged.items() if not prune else ():
        plans[old.name(place)] = _acceptable(report)
    return Baseline(old.folder, plans)


def changes(old: Baseline, new: Baseline) -> Changes:
    """What a review of the new baseline has to look at."""
    before = {(plan, id) for plan, ids in old.plans.items() for id in ids}
    after = {(plan, id) for plan, ids in new.plans.items() for id in ids}
    return Changes(tuple(sorted(after - before)), tuple(sorted(before - after)))


def _acceptable(report: Report) -> dict[str, str]:
    """The findings of a plan that a baseline may hold: not what a waiver hides, nor what stops the judging."""
    return {
        finding.id: finding.severity
        for finding in report.findings
        if finding.id not in report.waivers and not (isinstance(finding.rule, Diagnostic) and finding.rule.stops)
    }


def _counts(severities: Iterable[str]) -> dict[str, Any]:
    numbers = Counter(severities)
    return {severity: numbers[severity] for severity in SEVERITIES}
