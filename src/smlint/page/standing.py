"""Where a plan stands: level, score, ambition, the next level, the dimensions, and where the 100 points went."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from smlint.page.figures import Figures
from smlint.report import Report, Run
from smlint.words import safe, shown

Codes = dict[tuple[str, str], str]


def standing(report: Report, figures: Figures, named: Codes, run: Run) -> dict[str, Any]:
    """The headline of one plan; `score` is None where the file could not be read."""
    language, score = figures.language, report.score
    facts: dict[str, Any] = {
        "title": shown(report.title or report.plan.name, 200),
        "file": safe(report.plan.name),
        "score": None,
        "trend": None,
    }
    if score is None:
        return facts
    before = report.change.before.score if report.change and report.change.before else None
    ambition = report.data.get("organisation", {}).get("ambition", {})
    return facts | {
        "score": figures.score(score.total),
        "before": figures.score(before.total) if before and before.total != score.total else None,
        "level": score.level,
        "highest": score.highest,
        "ambition": ambition.get("level"),
        "by": figures.day(ambition["by"]) if "by" in ambition else None,
        "behind": bool(ambition.get("level")) and ambition["level"] > score.level,
        "steps": [
            {"code": named[report.plan.name, finding.id], "message": finding.message(language)}
            for finding in score.next_level
        ],
        "dimensions": _dimensions(report, figures),
        "ledger": _ledger(report, figures),
    }


def _dimensions(report: Report, figures: Figures) -> list[dict[str, Any]]:
    """A row per dimension: what was earned, lost and blocked of what could be earned."""
    score = report.score
    assert score is not None
    found = []
    for id, part in score.parts.items():
        dimension = report.settings.book.dimensions[id]
        whole = part.points or Fraction(1)
        found.append(
            {
                "id": id,
                "title": dimension.title[figures.language],
                "question": dimension.question[figures.language],
                "level": score.dimension_level(id),
                "share": figures.percent(100 * score.share(id), 0),
                "earned": figures.points(part.earned),
                "lost": figures.points(part.lost),
                "blocked": figures.points(part.blocked),
                "points": figures.points(part.points),
                # Widths of the bars, in thousandths of the row.
                "bars": [float(1000 * value / whole) for value in (part.earned, part.lost, part.blocked)],
                "weight": float(part.points),
            }
        )
    return found


def _ledger(report: Report, figures: Figures) -> dict[str, Any]:
    """The sum of the dimensions: it is 100, exactly."""
    score = report.score
    assert score is not None
    earned, lost, blocked = (sum((part[i] for part in score.parts.values()), Fraction(0)) for i in (1, 2, 3))
    return {
        "earned": figures.points(earned),
        "lost": figures.points(lost),
        "blocked": figures.points(blocked),
        "total": figures.number(earned + lost + blocked, 1),
        "exact": f"{earned} + {lost} + {blocked} = {earned + lost + blocked}",
        "bar": float(10 * earned),
        "steps": _waterfall(report, figures),
    }


def _waterfall(report: Report, figures: Figures) -> list[dict[str, Any]]:
    """From 100 down to the score: what each dimension took, in thousandths of the width."""
    score = report.score
    assert score is not None
    left, steps = Fraction(100), []
    for id, part in score.parts.items():
        gone = part.lost + part.blocked
        if not gone:
            continue
        left -= gone
        title = report.settings.book.dimensions[id].title[figures.language]
        steps.append({"title": title, "gone": figures.points(gone), "from": float(10 * left), "wide": float(10 * gone)})
    return steps
