"""How a plan's history is written: a table for a terminal, or JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import tabulate as tables

from smlint import __version__
from smlint.history import Step
from smlint.reporters.difference import signed
from smlint.reporters.style import Pen
from smlint.rulebook import MODEL
from smlint.words import rounded, shown

FORMAT = 1


def table(steps: Sequence[Step], pen: Pen) -> str:
    """A row per version, the oldest first."""
    heads = [pen.say("history.day"), pen.say("history.commit"), pen.say("table.level"), pen.say("table.score")]
    heads += [pen.say("history.by-plan"), pen.say("history.by-day"), pen.say("history.subject")]
    tables.MIN_PADDING = 0
    text = tables.tabulate(
        [_row(step, pen) for step in steps],
        heads,
        "simple",
        disable_numparse=True,
        colalign=("left", "left", "right", "right", "right", "right", "left"),
    )
    fingerprint = steps[-1].report.settings.book.fingerprint[:19]
    return f"{text}\n\n{pen.paint(pen.say('history.rules', rulebook=fingerprint), 'dim')}\n"


def _row(step: Step, pen: Pen) -> list[str]:
    score, version = step.report.score, step.version
    subject = shown(version.subject, 60) if version.id else pen.say("history.now")
    if score is None:
        return [version.day.isoformat(), version.id[:10], "", "", "", "", f"{subject} ({pen.say('history.unread')})"]
    changes = ["" if not change else signed(change, pen) for change in (step.by_plan, step.by_day)]
    return [version.day.isoformat(), version.id[:10], str(score.level), pen.total(score), *changes, subject]


def document(steps: Sequence[Step], path: str) -> str:
    """The history as JSON."""
    facts = {
        "smlint": __version__,
        "format": FORMAT,
        "model": {"model": MODEL, "rulebook": steps[-1].report.settings.book.fingerprint},
        "path": path,
        "versions": [_facts(step) for step in steps],
    }
    return json.dumps(facts, ensure_ascii=False, indent=2) + "\n"


def _facts(step: Step) -> dict[str, Any]:
    score, version = step.report.score, step.version
    return {
        "commit": version.id or None,
        "date": version.day.isoformat(),
        "subject": version.subject,
        "path": version.name,
        "level": score.level if score else None,
        **_figure("total", step.total, 1),
        **_figure("by_plan", step.by_plan, 2),
        **_figure("by_day", step.by_day, 2),
    }


def _figure(name: str, value: Fraction | None, decimals: int) -> dict[str, Any]:
    shown_value = None if value is None else float(rounded(value, decimals))
    return {name: shown_value, f"exact_{name}": None if value is None else str(value)}
