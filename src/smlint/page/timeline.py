"""Initiatives, deadlines and reviews in time, with what is overdue on the day of the meeting."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from smlint.page.figures import Figures
from smlint.profile import all_criteria
from smlint.report import Report
from smlint.words import shown

_MOST = 60  # rows; a plan with more is read in its file


def timeline(report: Report, as_of: date, figures: Figures) -> dict[str, Any] | None:
    """Rows in thousandths of the time that is shown; None where the plan has no date."""
    spans = [*_initiatives(report.data), *_deadlines(report.data), *_reviews(report.data)]
    if not spans:
        return None
    period = report.data.get("period", {})
    days = [day for span in spans for day in span[2:4] if day] + [as_of]
    days += [day for key in ("from", "to") if (day := _day(period.get(key)))]
    first, last = min(days), max(days)
    whole = max((last - first).days, 1)

    def at(day: date) -> float:
        return 1000 * (day - first).days / whole

    spans.sort(key=lambda span: (span[2] or first, span[3], span[1]))
    rows = []
    for kind, label, start, end, done in spans[:_MOST]:
        since = start or end
        wide = max(at(end) - at(since), 6.0)
        rows.append(
            {
                "kind": kind,
                "label": label,
                "from": min(at(since), 1000 - wide),  # the last day is seen too
                "wide": wide,
                "dates": figures.day(end) if since == end else f"{figures.day(since)} – {figures.day(end)}",
                "overdue": end < as_of and not done,
            }
        )
    years = [
        {"year": year, "at": at(date(year, 1, 1))}
        for year in range(first.year + 1, last.year + 1)
        if last.year - first.year < 40
    ]
    more = len(spans) - len(rows)
    return {"rows": rows, "today": at(as_of), "years": years, "as_of": figures.day(as_of), "more": more}


Span = tuple[str, str, date | None, date, bool]  # kind, label, from, to, and whether it can no longer be overdue


def _initiatives(data: dict[str, Any]) -> list[Span]:
    end_of_plan = _day(data.get("period", {}).get("to"))
    found: list[Span] = []
    for item in data.get("initiatives", ()):
        start, end = _day(item.get("from")), _day(item.get("to"))
        if item.get("ongoing") and end is None:
            end = end_of_plan or (start + timedelta(days=365) if start else None)
        if end is not None:
            found.append(("initiative", _label(item, "title"), start, end, True))
    return found


def _deadlines(data: dict[str, Any]) -> list[Span]:
    found: list[Span] = []
    for criterion in all_criteria(data):
        if day := _day(criterion.get("deadline")):
            found.append(("deadline", _label(criterion, "metric"), None, day, False))
        measure = criterion.get("baseline", {})
        if day := _day(measure.get("measure_by") if isinstance(measure, dict) else None):
            found.append(("measure", _label(criterion, "metric"), None, day, "value" in measure))
    return found


def _reviews(data: dict[str, Any]) -> list[Span]:
    day = _day(data.get("review", {}).get("next"))
    return [("review", shown(data.get("review", {}).get("responsible", "")), None, day, False)] if day else []


def _label(item: dict[str, Any], key: str) -> str:
    return shown(" ".join(filter(None, (item.get("id"), item.get("name") or item.get(key)))), 60)


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        return None
