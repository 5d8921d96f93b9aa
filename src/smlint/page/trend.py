"""The score through time as a line: what the plan's changes did, and what the passing of days did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from smlint.history import Step
from smlint.page.figures import Figures
from smlint.words import shown

WIDE, HIGH, LEFT, TOP, BOTTOM = 760, 220, 36, 12, 26


def trend(steps: Sequence[Step], figures: Figures) -> dict[str, Any] | None:
    """Points of the line, its scale, and the table behind it; None where fewer than two versions have a score."""
    known = [step for step in steps if step.total is not None]
    if len(known) < 2:
        return None
    first, last = known[0].version.day, known[-1].version.day
    days = max((last - first).days, 1)
    points = []
    for step in known:
        total = step.total
        assert total is not None
        x = LEFT + (WIDE - LEFT - 8) * (step.version.day - first).days / days
        y = TOP + (HIGH - TOP - BOTTOM) * (1 - float(total) / 100)
        points.append({"x": round(x, 1), "y": round(y, 1), "row": _row(step, figures)})
    lines = [(round(TOP + (HIGH - TOP - BOTTOM) * (1 - value / 100), 1), value) for value in (0, 25, 50, 75, 100)]
    return {
        "points": points,
        "line": " ".join(f"{point['x']},{point['y']}" for point in points),
        "lines": lines,
        "wide": WIDE,
        "high": HIGH,
        "left": LEFT,
        "first": figures.day(first),
        "last": figures.day(last),
    }


def _row(step: Step, figures: Figures) -> dict[str, Any]:
    assert step.report.score is not None
    assert step.total is not None
    return {
        "day": figures.day(step.version.day),
        "commit": step.version.id[:8],
        "subject": shown(step.version.subject, 80),
        "level": step.report.score.level,
        "score": figures.score(step.total),
        "by_plan": _change(step.by_plan, figures),
        "by_day": _change(step.by_day, figures),
    }


def _change(value: Any, figures: Figures) -> str:
    return "" if not value else f"{'+' if value > 0 else '−'}{figures.number(abs(value), 2)}"
