"""Time and money: what the plan costs, by category and by goal, and what it promises, with the arithmetic shown."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from smlint.checks.domain import gain_of
from smlint.page.figures import Figures
from smlint.profile import CATEGORIES
from smlint.report import Report
from smlint.reporters import Look
from smlint.reporters.scorecard import chain_sentence, chains
from smlint.reporters.style import Pen
from smlint.words import say, shown


def money(report: Report, figures: Figures) -> dict[str, Any] | None:
    """Investment, hours, returns and share chains; None where the plan says nothing of any."""
    data = report.data
    investment = data.get("investment", {})
    pen = Pen(Look(), figures.language)
    facts = {
        "categories": _categories(investment, figures),
        "people": _people(investment, figures),
        "total": _total(investment, figures),
        "hours": _hours(data, figures),
        "goals": [_goal(goal, investment, figures) for goal in data.get("goals", ())],
        "returns": [line for goal in data.get("goals", ()) if (line := _return(goal, data, figures))],
        "chains": [chain_sentence(pen, id, chain) for id, chain in chains(report)],
    }
    return facts if investment or facts["chains"] or facts["hours"] else None


def _categories(investment: dict[str, Any], figures: Figures) -> list[dict[str, Any]]:
    """Amounts by category, people first, with bars in thousandths of the greatest."""
    amounts = {"people": investment.get("_people_money", 0)}
    amounts |= {category: investment[category] for category in CATEGORIES if category in investment}
    greatest = max([*amounts.values(), 1])
    currency = investment.get("currency")
    return [
        {"key": key, "amount": figures.money(amount, currency), "bar": float(1000 * Fraction(amount) / greatest)}
        for key, amount in amounts.items()
        if amount or key != "people"
    ]


def _people(investment: dict[str, Any], figures: Figures) -> list[str]:
    """The price of people, line by line: 1 800 h × 450 = 810 000 NOK."""
    return [
        f"{shown(person.get('role', '–'))}: {_price(person, investment.get('currency'), figures)}"
        for person in investment.get("people", ())
    ]


def _price(person: dict[str, Any], currency: str | None, figures: Figures) -> str:
    hours, rate = person.get("hours"), person.get("rate")
    if hours is None:
        return say("page.no-hours", figures.language)
    unit = "t" if figures.language == "nb" else "h"
    time = f"{figures.number(hours)}\u00a0{unit}"
    if rate is None:
        return f"{time}, {say('page.no-rate', figures.language)}"
    return f"{time} × {figures.number(rate)} = {figures.money(hours * rate, currency)}"


def _total(investment: dict[str, Any], figures: Figures) -> dict[str, Any] | None:
    """What the parts come to, beside what the plan states."""
    if not investment:
        return None
    stated, worked = investment.get("total", {}).get("money"), investment.get("_money", 0)
    currency = investment.get("currency")
    return {
        "worked": figures.money(worked, currency),
        "stated": figures.money(stated, currency) if stated is not None else None,
        "differs": stated is not None and stated != worked,
    }


def _hours(data: dict[str, Any], figures: Figures) -> dict[str, Any] | None:
    """Hours that initiatives plan against hours that people have, in thousandths of the greater."""
    planned = sum(initiative.get("hours", 0) for initiative in data.get("initiatives", ()))
    available = data.get("investment", {}).get("_people_hours", 0)
    greatest = max(planned, available)
    if not greatest:
        return None
    bars = [float(1000 * Fraction(value) / greatest) for value in (planned, available)]
    return {
        "planned": figures.number(planned),
        "available": figures.number(available),
        "bars": bars,
        "over": planned > available,
    }


def _return(goal: dict[str, Any], data: dict[str, Any], figures: Figures) -> str | None:
    """The return on investment worked out: (gain − cost) / cost; None where a part of it is not known."""
    returned, cost = goal.get("return", {}), goal.get("_cost")
    currency = data.get("investment", {}).get("currency")
    gain = gain_of(returned, data.get("period", {}))
    if gain is None or not cost or returned.get("currency", currency) != currency:
        return None
    worked = figures.percent(100 * (gain - cost) / cost)
    spent, got = figures.number(cost), figures.number(gain)
    line = f"{shown(str(goal.get('id', '–')), 40)}: "
    if returned.get("per") == "year":
        years = figures.number(gain / returned["amount"], 2) if returned["amount"] else "–"
        line += f"{figures.number(returned['amount'])} × {years} {say('page.years', figures.language)} = {got}. "
    return f"{line}({got} − {spent}) / {spent} = {worked}"


def _goal(goal: dict[str, Any], investment: dict[str, Any], figures: Figures) -> dict[str, Any]:
    """One goal: hours and money of its initiatives, shared evenly among their goals, and the return that it states."""
    shares = [
        (Fraction(each.get("hours", 0)), Fraction(each.get("cost", 0)), len(set(each.get("goals", ()))) or 1)
        for each in goal.get("_initiatives", ())
    ]
    hours = sum((h / n for h, _, n in shares), Fraction(0))
    cost = sum((c / n for _, c, n in shares), Fraction(0))
    currency, returned = investment.get("currency"), goal.get("return", {})
    amount, shows = returned.get("amount"), returned.get("criterion")
    return {
        "id": shown(str(goal.get("id", "–")), 40),
        "statement": shown(goal.get("statement", "–"), 120),
        "hours": figures.number(hours) if hours else "–",
        "cost": figures.money(cost, currency) if cost else "–",
        "return": figures.money(amount, returned.get("currency") or currency) if amount is not None else "–",
        "per": returned.get("per") if amount is not None else None,
        "shows": shown(str(shows), 40) if shows is not None and amount is None else None,
        "roi": figures.percent(returned["roi_percent"]) if "roi_percent" in returned else "–",
        "whole": figures.money(goal["_cost"], currency) if "_cost" in goal else None,
    }
