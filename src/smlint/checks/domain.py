"""The verbs of the domain: share chains, return on investment, capacity, time zones, service gaps, RACI, cadence."""

from __future__ import annotations

import datetime
from fractions import Fraction
from math import prod
from typing import Any

from smlint.checks.dates import days_between, months_between
from smlint.checks.verdict import Fail, OptionError, Verdict, taking
from smlint.hours import DAY, WEEK, Stretch, clock, longest_gap, staffed
from smlint.plan import Number
from smlint.profile import View, all_criteria
from smlint.record import Record
from smlint.scalar import is_number
from smlint.spot import Spot
from smlint.words import Code, Measure, Percent, Word

# Days between two reports of a frequency, at most.
INTERVALS = {"daily": 1, "weekly": 7, "monthly": 31, "quarterly": 92, "half-yearly": 183, "yearly": 366}
_FALLBACK_DAYS = 92  # what the message asks for where no deadline sets a measure


# --- share chains --------------------------------------------------------------------------------------------------


class Chain(Record):
    """A resolved chain of shares: 40 % of 30 % of 120 000 enquiries a year = 12 % = 14 400."""

    targets: tuple[Number, ...]  # in percent, the criterion's own first
    share: Fraction  # in percent of the population
    population: str
    size: Number  # of the population
    per: str | None
    amount: Fraction  # size × share


@taking("exempt")
def share_chain(spot: Spot, given: Any, view: View) -> Verdict:
    """The chain of `of` ends in a counted population: `exempt` (metrics that need none)."""
    criterion = spot.value
    if criterion.get("metric") in given.get("exempt", ()) or criterion.get("_chain") == "counted":
        return None
    known = view.named("$.goals[*].success_criteria[*]")
    return Fail({"chain": _way(criterion, known)}, ("of",), (*spot.path, "of"))


def _way(criterion: dict[str, Any], known: dict[str, list[dict[str, Any]]]) -> str | None:
    """The chain as far as it goes: "K2 → K1 → all enquiries"."""
    steps: list[str] = []
    of = criterion.get("of")
    while isinstance(of, str) and of not in steps and len(steps) < 6:
        steps.append(of)
        of = known[of][0].get("of")
    if isinstance(of, str):
        steps.append(of)
    elif isinstance(of, dict) and "population" in of:
        steps.append(of["population"])
    return " → ".join(steps) or None


def resolved_chain(criterion: dict[str, Any], known: dict[str, dict[str, Any]]) -> Chain | None:
    """The product of the targets along a counted chain and the absolute number; None for any other criterion."""
    if (
        criterion.get("_chain") != "counted"
        or criterion.get("unit") != "percent"
        or not is_number(criterion.get("target"))
    ):
        return None
    targets: list[Number] = [criterion["target"]]
    of = criterion["of"]
    while isinstance(of, str):
        targets.append(known[of]["target"])
        of = known[of]["of"]
    share = 100 * Fraction(prod(targets)) / 100 ** len(targets)
    return Chain(tuple(targets), share, of["population"], of["count"], of.get("per"), share * of["count"] / 100)


# --- money and hours -----------------------------------------------------------------------------------------------


@taking("tolerance_points", "tolerance_points")
def roi(spot: Spot, given: Any, view: View) -> Verdict:
    """The stated return equals (gain − cost) / cost within `tolerance_points`.

    gain = amount × years when per year; years = whole calendar months of the period, plus left-over days / 30,
    divided by 12; cost = the goal's `_cost`. A missing amount, or two different currencies, fails.
    """
    returned = spot.value.get("return", {})
    stated, cost = returned.get("roi_percent"), spot.value.get("_cost")
    gain = gain_of(returned, view.data.get("period", {}))
    currency, other = returned.get("currency"), view.data.get("investment", {}).get("currency")
    two = currency is not None and other is not None and currency != other
    known = None if gain is None or not cost else (gain, cost)
    if known and stated is not None and not two and _returns(stated, *known, given["tolerance_points"]):
        return None
    computed = 100 * (known[0] - known[1]) / known[1] if known else None
    values = {
        "stated": stated,
        "gain": Measure(gain, currency or other),
        "cost": Measure(cost, other or currency),
        "computed": Word("value.two-currencies") if two else Percent(computed),
    }
    return Fail(values, ("return.roi_percent",))


def _returns(stated: Number, gain: Fraction, cost: Fraction, points: Number) -> bool:
    """Whether 100 (gain − cost) / cost is what is stated, give or take so many points; multiplied out, because dividing
    fractions takes far longer."""
    above, below = cost.numerator * gain.denominator, gain.numerator * cost.denominator
    over, slack = stated * above - 100 * (below - above), points * above
    return -slack <= over <= slack


def gain_of(returned: dict[str, Any], period: dict[str, Any]) -> Fraction | None:
    """What a stated return comes to over the period of the plan, in its currency; None where that is not known."""
    amount = returned.get("amount")
    if amount is None or returned.get("per") != "year":
        return None if amount is None else Fraction(amount)
    if "from" not in period or "to" not in period:
        return None
    months, days = months_between(period["from"], period["to"])
    return Fraction(amount * (30 * months + days), 360)


@taking("tolerance_percent")
def capacity(spot: Spot, given: Any, view: View) -> Verdict:
    """Planned hours of initiatives fit the people hours: `tolerance_percent`.

    An initiative that lies partly outside the period counts by the share of its days inside; one that is ongoing or
    without an end, and any in a plan without a period, in full.
    """
    period = view.data.get("period", {})
    planned = _sum(
        [initiative.get("hours", 0) * _inside(initiative, period) for initiative in view.data.get("initiatives", ())]
    )
    available = view.data.get("investment", {}).get("_people_hours", 0)
    if 100 * planned <= available * (100 + given.get("tolerance_percent", 0)):
        return None
    return Fail({"planned": planned, "available": available})


def _sum(numbers: list[Number]) -> Number:
    """The sum, by halves: fractions of many denominators take far longer one by one."""
    half = len(numbers) // 2
    return _sum(numbers[:half]) + _sum(numbers[half:]) if half > 8 else sum(numbers)


def _inside(initiative: dict[str, Any], period: dict[str, Any]) -> Number:
    """The share of an initiative's days that lie in the period, 0 to 1."""
    since, until = initiative.get("from"), initiative.get("to")
    first, last = period.get("from"), period.get("to")
    if initiative.get("ongoing") or not (since and until and first and last) or until < since or last < first:
        return 1
    if first <= since and until <= last:  # as nearly all do
        return 1
    start, end = max(since, first), min(until, last)
    return Fraction(max(days_between(start, end) + 1, 0), days_between(since, until) + 1)


# --- hours of the week ---------------------------------------------------------------------------------------------


@taking("waking min_hours", "waking min_hours")
def time_zone_overlap(spot: Spot, given: Any, view: View) -> Verdict:
    """Staffed hours meet the waking hours of each audience: `waking` ("08:00–20:00"), `min_hours` a week.

    UTC offsets are those at 12:00 UTC on as-of, held for the whole week. No hours, zone or audience fails.
    """
    waking = clock(given["waking"])
    if waking is None:
        raise OptionError(f"waking is two times of one day such as 08:00–20:00, not {given['waking']!r}")
    hours, zones = staffed(spot.value.get("service_hours", "")), _zones(spot, view)
    if hours is None or not zones or "time_zone" not in spot.value:
        audience, zone = zones[0] if zones else (None, None)
        values = {"hours": None, "audience": audience, "zone": zone, "waking": given["waking"]}
        return Fail(values, ("time_zone",), (*spot.path, "time_zone"))
    home = _offset(spot.value["time_zone"], view.as_of)
    for audience, zone in zones:
        overlap = Fraction(_awake(hours, _offset(zone, view.as_of) - home, waking), 60)
        if overlap < given["min_hours"]:
            values = {"hours": overlap, "audience": audience, "zone": zone, "waking": given["waking"]}
            return Fail(values, ("service_hours",))
    return None


def _zones(spot: Spot, view: View) -> list[tuple[str, str]]:
    """The zones to be reached, each with the first audience of the channel that lives there; none if one is unknown."""
    everywhere = elsewhere = view.values(spot, "$.organisation.time_zones[*]")
    named, found = view.named("$.audiences[*]"), dict[str, str]()
    for audience in (item for id in spot.value.get("audiences", ()) for item in named.get(id, ())):
        zones = [audience["time_zone"]] if "time_zone" in audience else elsewhere
        if not everywhere and not zones:
            return []
        if zones is elsewhere:
            elsewhere = []  # the first audience without a zone of its own stands for all of them
        for zone in zones:
            found.setdefault(zone, audience["id"])
    return [(audience, zone) for zone, audience in found.items()]


def _offset(zone: str, day: datetime.date) -> int:
    """Minutes from UTC at noon UTC. The name comes from the format's list of zones, so it opens no other file."""
    from zoneinfo import ZoneInfo

    noon = datetime.datetime.combine(day, datetime.time(12), datetime.UTC)
    try:
        offset = noon.astimezone(ZoneInfo(zone)).utcoffset()
    except OverflowError:  # the first or last day of the calendar
        return 0
    return int(offset.total_seconds()) // 60 if offset else 0


def _awake(hours: tuple[Stretch, ...], shift: int, waking: Stretch) -> int:
    """Minutes of the week in which staffed hours, moved by `shift` minutes, meet the waking hours of each day."""
    moved = [(start + shift + turn, end + shift + turn) for start, end in hours for turn in (-WEEK, 0, WEEK)]
    days = [(day * DAY + waking[0], day * DAY + waking[1]) for day in range(7)]
    return sum(max(0, min(end, to) - max(start, since)) for start, end in moved for since, to in days)


@taking("")
def service_gap(spot: Spot, given: Any, view: View) -> Verdict:
    """The promised answer is not faster than the longest unstaffed stretch of the week allows. No options."""
    promise, hours = spot.value.get("response_target_hours"), spot.value.get("service_hours")
    minutes = longest_gap(hours) if hours else None
    if promise is not None and minutes is not None and 60 * promise >= minutes:
        return None
    gap = Fraction(minutes, 60) if minutes is not None else None
    return Fail({"hours": promise, "gap": gap}, ("response_target_hours",), (*spot.path, "response_target_hours"))


# --- who and when --------------------------------------------------------------------------------------------------


@taking("processes", "processes")
def raci(spot: Spot, given: Any, view: View) -> Verdict:
    """Every process of `processes` has one row, and every row one accountable (A) and somebody responsible (R)."""
    rows = view.data.get("governance", {}).get("raci", ())
    named = [row.get("process") for row in rows]
    lacking = [process for process in given["processes"] if named.count(process) != 1]
    lacking += [
        row.get("process", "?")
        for row in rows
        if "process" not in row or len(row.get("A", ())) != 1 or not row.get("R")
    ]
    if not lacking:
        return None
    return Fail({"processes": [Code(process) for process in dict.fromkeys(lacking)]}, ("governance.raci",))


@taking("")
def cadence(spot: Spot, given: Any, view: View) -> Verdict:
    """A report that compares with the previous period comes at least twice before the first deadline. No options."""
    start = view.data.get("period", {}).get("from")
    deadlines = [criterion["deadline"] for criterion in all_criteria(view.data) if "deadline" in criterion]
    later = [deadline for deadline in deadlines if start and deadline > start]
    days = Fraction(days_between(start, min(later)), 2) if later else None
    reports = [
        item["frequency"]
        for item in view.data.get("reporting", ())
        if "to" in item and "frequency" in item and item.get("compares_with_previous") is True
    ]
    fastest = min(reports, key=INTERVALS.__getitem__, default=None)
    if days is not None and fastest is not None and INTERVALS[fastest] <= days:
        return None
    asked = int(days) if days is not None else _FALLBACK_DAYS
    return Fail({"days": asked, "value": Code(fastest) if fastest else None}, ("reporting",))
