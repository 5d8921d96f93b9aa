"""What rules see of a plan: defaults, derived keys, and the predicates that decide which rules apply."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import cache
from typing import Any

from smlint.plan import Number, Path, Plan
from smlint.query import Query, condition, query
from smlint.scalar import is_number
from smlint.spot import Spot
from smlint.words import folded

Predicates = frozenset[str]

EEA = frozenset(
    (
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI",
        "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
    )
)  # fmt: skip
CATEGORIES = ("tools", "advertising", "production", "agency", "training", "evaluation", "other")
SIZES = ("micro", "small", "medium", "large")
NAMES = (
    *SIZES, "public", "private", "ngo", "norway", "eea", "multi-country", "multi-location", "multi-time-zone",
    "multi-language", "service", "paid", "influencer", "two-way", "internal", "vulnerable", "regulated", "competition",
    "approved",
)  # fmt: skip
_NAMES = frozenset(NAMES)

# The level that each metric of the vocabulary shows; `custom` states its own.
LEVELS = ("input", "output", "outtake", "outcome", "impact")
VOCABULARY = {
    metric: level
    for level, metrics in {
        "input": "hours spend posts-planned",
        "output": "posts followers page-likes reach impressions views share-of-voice videos-published",
        "outtake": "engagement engagement-rate comments shares likes link-clicks sentiment recall awareness "
        "satisfaction-with-content response-time",
        "outcome": "sign-ups leads applications attendance downloads-completed behaviour-change attitude-change "
        "cases-resolved-in-channel first-contact-resolution active-users-internal questions-answered-by-peers",
        "impact": "revenue cost-saved service-share-moved hires retention customer-lifetime-value policy-result "
        "turnover-reduction",
    }.items()
    for metric in metrics.split()
}
MONTHS = {"daily": 0, "weekly": 0, "monthly": 1, "quarterly": 3, "half-yearly": 6, "yearly": 12}


class View:
    """A plan as rules see it on a day: data without what is missing, with defaults and derived keys; predicates.

    It answers the questions that verbs ask, and remembers answers that are the same for every subject.
    """

    __slots__ = ("_found", "_ids", "_named", "_today", "data", "day", "plan", "predicates", "saw_day")

    def __init__(self, plan: Plan, data: dict[str, Any], as_of: datetime.date) -> None:
        fill_defaults(data)
        derive(data)
        self.plan = plan
        self.data = data
        self.day, self._today = as_of, as_of.isoformat()
        self.saw_day = False  # whether anything asked what day it is: else the answers hold for every day
        self.predicates = predicates(data)
        self._found: dict[str, list[Any]] = {}
        self._ids: dict[str, frozenset[str]] = {}
        self._named: dict[str, dict[str, list[dict[str, Any]]]] = {}

    @property
    def as_of(self) -> datetime.date:
        """The day to judge on."""
        self.saw_day = True
        return self.day

    @property
    def today(self) -> str:
        """The day to judge on, as text."""
        self.saw_day = True
        return self._today

    def one(self, spot: Spot, path: str) -> Any:
        """The value at a path from the subject (or, with `$`, from the plan); None when it is missing."""
        return query(path).one(self.data, spot.value)

    def values(self, spot: Spot, path: str) -> list[Any]:
        """All values that a query selects."""
        return self.select(query(path), spot.value)

    def select(self, asked: Query, value: Any) -> list[Any]:
        """All values that a compiled query selects; what starts at the plan is the same for every subject."""
        if not asked.absolute:
            return asked.values(self.data, value)
        if asked.text not in self._found:
            self._found[asked.text] = asked.values(self.data, value)
        return self._found[asked.text]

    def located(self, spot: Spot, path: str) -> list[tuple[Path, Any]]:
        """All values that a query selects, with their paths in the plan."""
        return query(path).located(self.data, spot.value, spot.path)

    def path(self, spot: Spot, path: str) -> Path:
        """Where in the plan a query points: the names before its first wildcard or filter."""
        found = query(path)
        return found.names if found.absolute else spot.path + found.names

    def ids(self, path: str) -> frozenset[str]:
        """The texts that an absolute query selects, as a set; worked out once per plan."""
        if path not in self._ids:
            found = self.select(query(path), self.data)
            self._ids[path] = frozenset(value for value in found if isinstance(value, str))
        return self._ids[path]

    def named(self, path: str) -> dict[str, list[dict[str, Any]]]:
        """The items that an absolute query selects, by id; worked out once per plan."""
        if path not in self._named:
            self._named[path] = _by_id(self.select(query(path), self.data))
        return self._named[path]

    def holds(self, spot: Spot, filter: str) -> bool:
        """Whether an RFC 9535 filter expression is true of the subject."""
        return condition(filter)(self.data, spot.value)

    def applies(self, expression: str) -> bool:
        """Whether a profile expression such as "not micro, or public" is true of this plan."""
        return applies(expression)(self.predicates)


# --- profile expressions -------------------------------------------------------------------------------------------


@cache
def applies(expression: str) -> Callable[[Predicates], bool]:
    """A profile expression as a predicate: names with not, and, or; `and` binds tighter, a comma means or.

    Raises ValueError for a name that is none.
    """
    alternatives = [_all_of(part) for part in expression.replace(",", " or ").split(" or ") if part.strip()]
    if not alternatives:
        raise ValueError("an empty profile expression")
    return lambda known: any(wanted <= known and refused.isdisjoint(known) for wanted, refused in alternatives)


def _all_of(text: str) -> tuple[Predicates, Predicates]:
    """What must hold and what must not, of names joined by `and`."""
    wanted: set[str] = set()
    refused: set[str] = set()
    for term in text.split(" and "):
        words = term.split()
        negated = words[:1] == ["not"]
        name = " ".join(words[1:] if negated else words)
        if name not in NAMES:
            raise ValueError(f"unknown profile predicate {name!r}")
        (refused if negated else wanted).add(name)
    return frozenset(wanted), frozenset(refused)


def is_live(channel: dict[str, Any]) -> bool:
    """A channel that is active or planned."""
    return channel.get("status") in ("active", "planned")


def predicates(data: dict[str, Any]) -> Predicates:
    """The profile predicates that hold for a plan with its defaults filled in."""
    organisation, goals = data.get("organisation", {}), data.get("goals", ())
    channels = [channel for channel in data.get("channels", ()) if is_live(channel)]
    initiatives = data.get("initiatives", ())
    countries = set(organisation.get("countries", ()))
    holds = {
        _size(organisation.get("employees")): True,
        str(organisation.get("sector")): True,
        "norway": "NO" in countries,
        "eea": not EEA.isdisjoint(countries),
        "multi-country": len(countries) > 1,
        "multi-location": organisation.get("locations", 0) > 1,
        "multi-time-zone": len(set(organisation.get("time_zones", ()))) > 1,
        "multi-language": len(set(organisation.get("languages", ()))) > 1,
        "service": any(goal.get("function") == "service" for goal in goals),
        "paid": data.get("investment", {}).get("advertising", 0) > 0 or any(i.get("paid_media") for i in initiatives),
        "influencer": any(initiative.get("influencer") for initiative in initiatives),
        "two-way": any(channel.get("two_way") for channel in channels),
        "internal": any(channel.get("scope") == "internal" for channel in channels)
        or any(goal.get("function") == "internal" for goal in goals),
        "vulnerable": bool(organisation.get("vulnerable_groups")),
        "regulated": bool(organisation.get("regulated")),
        "competition": any(initiative.get("kind") == "competition" for initiative in initiatives),
        "approved": data.get("status") == "approved",
    }
    return _NAMES.intersection([name for name, true in holds.items() if true])


def _size(employees: Number | None) -> str:
    if employees is None:
        return "small"
    return SIZES[(employees >= 10) + (employees >= 50) + (employees >= 250)]


# --- defaults and derived keys ---------------------------------------------------------------------------------------


def fill_defaults(data: dict[str, Any]) -> None:
    """Fill in what the format fills in, and nothing else."""
    data.setdefault("status", "draft")
    for channel in data.get("channels", ()):
        channel.setdefault("status", "active")
        channel.setdefault("scope", "external")
    for audience in data.get("audiences", ()):
        audience.setdefault("scope", "external")
    for person in data.get("investment", {}).get("people", ()):
        person.setdefault("voluntary", False)
    for initiative in data.get("initiatives", ()):
        for key in ("ongoing", "paid_media", "influencer"):
            initiative.setdefault(key, False)
    for criterion in all_criteria(data):
        criterion.setdefault("nature", "quantitative")


def all_criteria(data: dict[str, Any]) -> list[dict[str, Any]]:
    """The success criteria of all goals."""
    return [criterion for goal in data.get("goals", ()) for criterion in goal.get("success_criteria", ())]


def derive(data: dict[str, Any]) -> None:
    """Add the keys that rules may read and authors cannot write (docs/writing-rules.md lists them)."""
    _link(data)
    for criterion in all_criteria(data):
        _judge_metric(criterion)
    _follow_chains(data)
    if "investment" in data:
        _add_up(data["investment"])
    _share_ownership(data)
    _price_goals(data)


def _link(data: dict[str, Any]) -> None:
    """Turn references round: a goal's initiatives, an audience's live channels, a channel's goals.

    Every list of references is walked once: what a rule asks of a plan must not grow faster than the plan.
    """
    initiatives, goals = data.get("initiatives", ()), data.get("goals", ())
    live = [channel for channel in data.get("channels", ()) if is_live(channel)]
    _hand_over("_initiatives", goals, _naming("goals", initiatives))
    _hand_over("_channels", data.get("audiences", ()), _naming("audiences", live))
    _note_reached(goals, live)
    functions = _one_per_function(data.get("departments", ()))
    for initiative in initiatives:
        departments = _named(initiative.get("departments"), functions)
        initiative["_functions"] = _distinct(item["function"] for item in departments if "function" in item)
    known = _one_per_function(goals)
    for channel in data.get("channels", ()):
        channel["_goals"] = _named(channel.get("goals"), known)
    tones = data.get("tone", {}).get("by_audience", {})
    for audience in data.get("audiences", ()):
        if tone := audience.get("tone") or tones.get(audience.get("id")):
            audience["_tone"] = tone


def _naming(key: str, items: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Items by the ids that they name under `key`."""
    found: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        for id in _distinct(item.get(key, ())):
            found.setdefault(id, []).append(item)
    return found


def _hand_over(key: str, items: Iterable[dict[str, Any]], by_id: dict[str, list[dict[str, Any]]]) -> None:
    """Give each item the others that name its id; items that share an id share one list."""
    for item in items:
        if item.get("id") in by_id:
            item[key] = by_id[item["id"]]


def _note_reached(goals: Iterable[dict[str, Any]], live: list[dict[str, Any]]) -> None:
    """`_reached` of a goal: those of its audiences that a live channel for the goal names."""
    by_goal, by_audience = (_positions_naming(key, live) for key in ("goals", "audiences"))
    for goal in goals:
        channels = by_goal.get(goal.get("id"))
        if channels:
            goal["_reached"] = [
                id for id in goal.get("audiences", ()) if not channels.isdisjoint(by_audience.get(id, ()))
            ]


def _positions_naming(key: str, items: list[dict[str, Any]]) -> dict[str | None, set[int]]:
    found: dict[str | None, set[int]] = {}
    for position, item in enumerate(items):
        for id in item.get(key, ()):
            found.setdefault(id, set()).add(position)
    return found


def _one_per_function(items: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Items by id, of several with the same id one per function: nothing else is asked of them."""
    return {id: list({item.get("function"): item for item in same}.values()) for id, same in _by_id(items).items()}


def _by_id(items: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Items by id; an id that stands twice names every item that has it."""
    found: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        if "id" in item:
            found.setdefault(item["id"], []).append(item)
    return found


def _named(ids: Iterable[str] | None, known: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The items that a list of ids names, each once."""
    return [item for id in _distinct(ids or ()) for item in known.get(id, ())]


def _distinct(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _judge_metric(criterion: dict[str, Any]) -> None:
    """`_vocabulary`: the level of the metric; `_shows`: what the criterion is taken to show; `_months` between two
    readings."""
    metric, level = criterion.get("metric"), criterion.get("level")
    vocabulary = VOCABULARY.get(str(metric))
    if vocabulary:
        criterion["_vocabulary"] = vocabulary
    shows = level if metric == "custom" else vocabulary
    if vocabulary and level:
        lower = LEVELS.index(level) < LEVELS.index(vocabulary)
        if lower or "level_reason" in criterion:
            shows = level
    if shows:
        criterion["_shows"] = shows
    if "frequency" in criterion:
        criterion["_months"] = MONTHS[criterion["frequency"]]


def _follow_chains(data: dict[str, Any]) -> None:
    """`_chain`: where `of` leads. Each criterion is walked once.

    counted: to a counted population; incomplete: a criterion on the way lacks a unit or a numeric target;
    open: nowhere, in a circle, or over something that is no percentage.
    """
    every = all_criteria(data)
    known = {criterion["id"]: criterion for criterion in every if "id" in criterion}
    for criterion in every:
        of = criterion.get("of")
        if not isinstance(of, str):  # it leads no further
            counted = isinstance(of, dict) and "population" in of and of.get("count", 0) > 0
            criterion["_chain"] = "counted" if counted else "open"
    for criterion in (*known.values(), *every):
        if "_chain" not in criterion:
            _follow(criterion, known)


def _follow(here: dict[str, Any], known: dict[str, dict[str, Any]]) -> None:
    way: list[dict[str, Any]] = []
    on_way: set[int] = set()
    while "_chain" not in here and id(here) not in on_way:
        way.append(here)
        on_way.add(id(here))
        here = known[here["of"]]
    if id(here) in on_way:  # a circle: one that lacks something makes all of it incomplete
        circle = way[next(i for i, item in enumerate(way) if item is here) :]
        state = "incomplete" if any(_lacks(item) for item in circle) else "open"
    else:
        state = _passed_on(here)
    for item in reversed(way):
        item["_chain"] = state
        state = _passed_on(item)


def _passed_on(criterion: dict[str, Any]) -> str:
    """What a criterion makes of the chain behind it for those whose `of` names it."""
    if criterion["_chain"] == "incomplete" or _lacks(criterion):
        return "incomplete"
    return str(criterion["_chain"]) if criterion["unit"] == "percent" else "open"


def _lacks(criterion: dict[str, Any]) -> bool:
    return "unit" not in criterion or not is_number(criterion.get("target"))


def _add_up(investment: dict[str, Any]) -> None:
    """People hours, people money, category money and all money; a missing rate or amount counts as 0."""
    people = investment.get("people", ())
    investment["_people_hours"] = sum(person.get("hours", 0) for person in people)
    investment["_people_money"] = sum(person.get("hours", 0) * person.get("rate", 0) for person in people)
    investment["_category_money"] = sum(investment.get(category, 0) for category in CATEGORIES)
    investment["_money"] = investment["_people_money"] + investment["_category_money"]


def _share_ownership(data: dict[str, Any]) -> None:
    """`_owner_share` of a live channel: percent of all live channels and initiatives that its owner owns.

    What nobody is said to own counts as theirs: a share does not fall because an owner is left out.
    """
    channels = [channel for channel in data.get("channels", ()) if is_live(channel)]
    owned = [*channels, *data.get("initiatives", ())]
    counted = Counter(folded(item["owner"]) if "owner" in item else None for item in owned)
    for channel in channels:
        if "owner" in channel:
            theirs = counted[folded(channel["owner"])] + counted[None]
            channel["_owner_share"] = Fraction(100 * theirs, len(owned))


def _price_goals(data: dict[str, Any]) -> None:
    """`_cost` of a goal that states a return on investment: what its initiatives cost.

    Money, and hours at the plan's mean rate, shared evenly among an initiative's goals.
    Source: the verb `roi` in docs/writing-rules.md.
    """
    priced = [goal for goal in data.get("goals", ()) if "roi_percent" in goal.get("return", ())]
    if not priced:
        return
    investment = data.get("investment", {})
    hours, money = investment.get("_people_hours", 0), investment.get("_people_money", 0)
    hours, money = (hours, money) if hours else (1, 0)
    shares = {
        id(initiative): Fraction(
            initiative.get("hours", 0) * money + initiative.get("cost", 0) * hours,
            hours * len(set(initiative["goals"])),
        )
        for initiative in data.get("initiatives", ())
        if "goals" in initiative
    }
    for goal in priced:
        goal["_cost"] = sum((shares[id(initiative)] for initiative in goal.get("_initiatives", ())), Fraction(0))
