"""Several plans beside each other: where each stands, dimension by dimension, and what is found most often."""

from __future__ import annotations

from collections import Counter
from typing import Any

from smlint.page.figures import Figures
from smlint.report import Run
from smlint.words import shown

_MOST = 15  # rules of the list of frequent findings


def portfolio(run: Run, sections: list[dict[str, Any]], language: str) -> dict[str, Any]:
    """The table of plans × dimensions, the rules found in most plans, and the plans under their own ambition."""
    figures = Figures(language)
    dimensions = {id: each for report in run.reports for id, each in report.settings.book.dimensions.items()}
    rows = []
    for section in sections:
        report = section["report"]
        score = report.score
        cells = []
        for id in dimensions:
            share = 100 * score.share(id) if score is not None and id in score.parts else None
            heat = None if share is None else int(share // 20)
            cells.append({"share": "–" if share is None else figures.number(share), "heat": heat})
        rows.append(
            {
                "id": section["id"],
                "title": section["standing"]["title"],
                "file": section["standing"]["file"],
                "level": score.level if score else None,
                "score": figures.score(score.total) if score else None,
                "sort": float(score.total) if score else -1.0,
                "ambition": section["standing"].get("ambition"),
                "behind": section["standing"].get("behind", False),
                "errors": sum(row.severity == "error" for row in section["rows"]),
                "cells": cells,
            }
        )
    return {
        "dimensions": [each.title[language] for each in dimensions.values()],
        "rows": rows,
        "frequent": _frequent(run, language),
        "behind": [row for row in rows if row["behind"]],
    }


def _frequent(run: Run, language: str) -> list[dict[str, Any]]:
    """Rules by the number of plans that break them."""
    plans: Counter[str] = Counter()
    titles: dict[str, str] = {}
    for report in run.reports:
        for id in {finding.rule.id for finding in run.shown(report) if not report.waived(finding)}:
            plans[id] += 1
            rule = report.settings.book.rules.get(id)
            titles[id] = rule.title[language] if rule else id
    most = sorted(plans.items(), key=lambda each: (-each[1], each[0]))[:_MOST]
    whole = max(len(run.reports), 1)
    return [{"rule": id, "title": shown(titles[id]), "plans": n, "bar": 1000 * n / whole} for id, n in most]
