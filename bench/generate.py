"""Writes plans of format 1 for the measurements: the same seed gives the same bytes, good or faulty."""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

Plan = dict[str, Any]  # what YAML holds; only this file knows its keys


class Compact(dict[str, Any]):
    """A map written in flow style, over several lines when it is long, as the format page writes K3."""


# ---------------------------------------------------------------- words

COUNTRIES = {
    "NO": ("nb", "Europe/Oslo", "NOK"),
    "SE": ("sv", "Europe/Stockholm", "SEK"),
    "DK": ("da", "Europe/Copenhagen", "DKK"),
}
NAMES = ["Kari Nordmann", "Ola Berg", "Anna Lind", "Per Dahl", "Ida Holm", "Jonas Vik", "Maja Krogh", "Erik Strand"]
FIRMS = ["Fjordvarme", "Nordlys Energi", "Havna Transport", "Skogli Bygg", "Elvebakken Helse", "Bølgen Vann"]
AUDIENCES = {
    "households": "households with an active contract",
    "commuters": "commuters aged 20 to 60 who travel at least three days a week",
    "builders": "small builders who order for the week ahead",
    "students": "students in their last year who look for a first job in the region",
    "caretakers": "caretakers and board members of housing co-operatives with a service agreement",
    "newcomers": "people who moved to the region in the last two years",
}
STAFF = ["staff", "technicians", "shift-workers", "site-leaders"]
TYPES = ["cost", "service", "talent", "revenue", "efficiency"]
AIMS = [
    "Cut the cost per enquiry by 15 % within the period",
    "Answer every customer the same day",
    "Fill vacancies for skilled workers within 45 days",
    "Win back a third of the customers who left in the last two years",
    "Halve the time from a fault to its repair",
]
PLATFORMS = ["facebook", "instagram", "linkedin", "youtube", "tiktok"]
INTERNAL_PLATFORMS = ["viva-engage", "slack", "teams", "workplace"]
# function of the goal: what it is to reach, who owns it, the metric that shows it and what that counts
WORK = {
    "service": (
        "Move enquiries from telephone to channels that cost less",
        "Head of service",
        "service-share-moved",
        "all enquiries",
    ),
    "sales": ("Let satisfied customers bring the next ones", "Head of sales", "leads", "enquiries about offers"),
    "hr": (
        "Be the employer that skilled people in the region ask first",
        "Director of people",
        "applications",
        "skilled people in reach",
    ),
    "marketing": (
        "Make the new service known where it is to be used",
        "Head of marketing",
        "sign-ups",
        "households in the area",
    ),
    "product": (
        "Let users say what the next version must do",
        "Head of product",
        "behaviour-change",
        "users of the old version",
    ),
}
LEVELS = {"service-share-moved": "impact"}
LEADING = [
    ("response-time", "hours", "decrease"),
    ("link-clicks", "count", "increase"),
    ("comments", "count", "increase"),
]
SKILLS = ["service dialogue in writing", "short video", "measurement and tagging", "moderation", "plain language"]
RISKS = ["account takeover", "too few agents at peak", "a rumour spreads faster than our answer", "key people leave"]
SYSTEMS = ["Zendesk", "CRM", "web analytics", "Dynamics"]


@dataclass(frozen=True, slots=True)
class Setting:
    """What one organisation fixes for every part of its plan."""

    country: str
    years: int

    @property
    def language(self) -> str:
        return COUNTRIES[self.country][0]

    @property
    def zone(self) -> str:
        return COUNTRIES[self.country][1]

    @property
    def currency(self) -> str:
        return COUNTRIES[self.country][2]

    @property
    def end(self) -> str:
        return f"{2026 + self.years}-12-31"


# ---------------------------------------------------------------- one share of a plan


@dataclass(frozen=True, slots=True)
class Share:
    """An outward and an inward goal with all that belongs to them; a big plan is many of these."""

    number: int
    function: str
    audience: str
    audience_before: str  # of the share before this one; empty in the first
    staff: str
    channel: str
    internal_channel: str
    department: str
    internal_department: str

    @property
    def audiences(self) -> list[str]:
        return [name for name in (self.audience_before, self.audience) if name]

    def id(self, letter: str, position: int, of: int) -> str:
        return f"{letter}{self.number * of + position}"

    def role(self, role: str) -> str:
        # Roles repeat across a big organisation, people do not: the region keeps owners apart.
        return f"{role} region {self.number}" if self.number else role


def share(number: int, before: str, rng: random.Random) -> Share:
    ending = f"-{number}" if number else ""
    function = rng.choice(list(WORK))
    return Share(
        number, function, rng.choice(list(AUDIENCES)) + ending, before, rng.choice(STAFF) + ending,
        rng.choice(PLATFORMS) + ending, rng.choice(INTERNAL_PLATFORMS) + ending,
        function + ending, "operations" + ending,
    )  # fmt: skip


def objectives(part: Share, rng: random.Random) -> list[Plan]:
    chosen = rng.sample(range(len(AIMS)), 2)
    return [
        Compact(
            id=part.id("B", position, 2),
            statement=AIMS[index],
            type=TYPES[index],
            owner=part.role("Director of customers" if position == 1 else "Director of operations"),
            source=f"Corporate strategy {rng.randint(2, 6)}.{rng.randint(1, 9)}",
            priority=position,
        )
        for position, index in enumerate(chosen, 1)
    ]


def audiences(part: Share, rng: random.Random) -> list[Plan]:
    outward = {
        "id": part.audience,
        "description": AUDIENCES[part.audience.partition("-")[0]],
        "tone": rng.choice(["informal", "mixed"]),
        "evidence": evidence("Customer survey", rng),
    }
    inward = Compact(
        id=part.staff,
        description=f"staff on {rng.randint(3, 9)} sites",
        scope="internal",
        tone="informal",
        evidence=evidence("Staff survey", rng),
    )
    return [outward, inward]


def evidence(source: str, rng: random.Random) -> Plan:
    return {"source": f"{source} 2026", "date": f"2026-{rng.randint(1, 9):02}-{rng.randint(1, 28):02}"}


def criterion(id: str, rng: random.Random, deadline: str, **fields: Any) -> Plan:
    """The fields in the order in which people write them, with a source and an owner at the end."""
    last = {"deadline": deadline, "source": rng.choice(SYSTEMS), "frequency": "monthly"}
    return {"id": id} | fields | last


def compact_criterion(id: str, rng: random.Random, deadline: str, **fields: Any) -> Plan:
    return Compact(criterion(id, rng, deadline, **fields))


def baseline(value: int, rng: random.Random) -> Plan:
    return {"value": value, "date": f"2026-{rng.randint(7, 12):02}-{rng.randint(1, 28):02}"}


def outward_goal(part: Share, setting: Setting, rng: random.Random) -> Plan:
    statement, owner, metric, population = WORK[part.function]
    start, metric_ahead = rng.randint(5, 30), rng.choice(LEADING)
    ahead = rng.randint(8, 40)
    name, unit, direction = metric_ahead
    owner = part.role(owner)
    return {
        "id": part.id("G", 1, 2),
        "statement": statement,
        "supports": [part.id("B", 1, 2)],
        "function": part.function,
        "horizon": "long",
        "audiences": part.audiences,
        "success_criteria": [
            criterion(
                part.id("K", 1, 4),
                rng,
                setting.end,
                metric=metric,
                level=LEVELS.get(metric, "outcome"),
                unit="percent",
                direction="increase",
                of={"population": population, "count": rng.randint(20, 900) * 100, "per": "year"},
                baseline=baseline(start, rng),
                target=start + rng.randint(4, 25),
                owner=owner,
                attribution="links-tagging",
            ),
            compact_criterion(
                part.id("K", 2, 4),
                rng,
                "2027-12-31",
                metric=name,
                level="outtake",
                unit=unit,
                direction=direction,
                leading=True,
                baseline=baseline(ahead, rng),
                target=ahead // 2 if direction == "decrease" else ahead * 2,
                owner=owner,
            ),
        ],
    }


def inward_goal(part: Share, setting: Setting, rng: random.Random) -> Plan:
    start, owner = rng.randint(10, 40), part.role("Head of operations")
    answered = part.id("K", 3, 4)
    return {
        "id": part.id("G", 2, 2),
        "statement": "Staff answer each other across sites",
        "supports": [part.id("B", 2, 2)],
        "function": "internal",
        "horizon": "medium",
        "audiences": [part.staff],
        "success_criteria": [
            compact_criterion(
                answered,
                rng,
                "2027-12-31",
                metric="questions-answered-by-peers",
                level="outcome",
                unit="percent",
                direction="increase",
                of={"population": "questions asked by staff", "count": rng.randint(10, 90) * 100, "per": "year"},
                baseline=baseline(start, rng),
                target=start + rng.randint(10, 40),
                owner=owner,
                attribution="correlation",
            ),
            compact_criterion(
                part.id("K", 4, 4),
                rng,
                setting.end,
                metric="custom",
                name="themes in staff interviews",
                level="outcome",
                nature="qualitative",
                baseline={"unknown": True, "measure_by": f"2027-0{rng.randint(3, 6)}-28"},
                target="Site leaders find answers without calling",
                owner=owner,
                attribution="survey",
            ),
        ],
        "return": {"kind": "non-monetary", "criterion": answered},
    }


def initiatives(part: Share, rng: random.Random) -> list[Plan]:
    return [
        {
            "id": part.id("I", 1, 2),
            "title": f"Desk for {part.audience} on {part.channel}",
            "kind": "always-on",
            "goals": [part.id("G", 1, 2)],
            "audiences": part.audiences,
            "channels": [part.channel],
            "owner": part.role(WORK[part.function][1]),
            "departments": [part.department],
            "from": f"2027-0{rng.randint(1, 4)}-01",
            "ongoing": True,
            "hours": rng.randint(60, 180) * 10,
            "cost": rng.randint(5, 20) * 10000,
        },
        Compact(
            {
                "id": part.id("I", 2, 2),
                "title": "Question hour with the leaders",
                "kind": "internal",
                "goals": [part.id("G", 2, 2)],
                "channels": [part.internal_channel],
                "owner": part.role("Head of operations"),
                "departments": [part.internal_department],
                "from": "2027-03-01",
                "to": "2027-12-31",
                "hours": rng.randint(10, 40) * 10,
                "cost": rng.randint(1, 4) * 10000,
            }
        ),
    ]


def channels(part: Share, setting: Setting, rng: random.Random) -> list[Plan]:
    # From the second share on a channel also carries the outward goal before it: a few references, all near.
    goals = [part.id("G", 1, 2)] if part.number == 0 else [f"G{part.number * 2 - 1}", part.id("G", 1, 2)]
    shared: Plan = {
        "admins": rng.randint(2, 4),
        "access": "personal",
        "mfa": True,
        "languages": [setting.language],
        "two_way": True,
    }
    hours: Plan = {
        "time_zone": setting.zone,
        "response_target_hours": rng.randint(1, 8),
        "response_within_service_hours": True,
    }
    return [
        {
            "id": part.channel,
            "platform": part.channel.partition("-")[0],
            "purpose": f"answer {part.audience} where they already ask",
            "goals": goals,
            "audiences": part.audiences,
            "owner": part.role(WORK[part.function][1]),
            "backup_owner": part.role("Shift lead"),
            **shared,
            "service_hours": f"Mon-Fri 08:00-{rng.randint(16, 21)}:00",
            **hours,
            "mirrored_on": "https://example.org/faults",
            "risk_assessment": {"date": f"2026-{rng.randint(3, 12):02}-01", "dpia": True, "decision": "no cases here"},
        },
        Compact(
            {
                "id": part.internal_channel,
                "platform": part.internal_channel.rstrip("-0123456789"),
                "scope": "internal",
                "purpose": "peer answers across sites",
                "goals": [part.id("G", 2, 2)],
                "audiences": [part.staff],
                "owner": part.role("Head of operations"),
                "backup_owner": part.role("Director of people"),
                **shared,
                "service_hours": "Mon-Fri 07:00-16:00",
                **hours,
            }
        ),
    ]


def departments(part: Share) -> list[Plan]:
    first = {"id": part.department, "name": part.department.capitalize(), "function": part.function}
    return [
        first,
        {"id": part.internal_department, "name": part.internal_department.capitalize(), "function": "internal"},
    ]


def people(part: Share, planned: list[Plan], rng: random.Random) -> list[Plan]:
    outward, inward = (initiative["hours"] for initiative in planned)
    agents = {"role": "Agents", "department": part.department, "hours": outward + rng.randint(0, 20) * 10}
    leads = {"role": "Leads", "department": part.internal_department, "hours": inward + rng.randint(0, 9) * 10}
    return [agents | {"rate": rng.randint(40, 65) * 10}, leads | {"rate": rng.randint(55, 75) * 10}]


def competence(part: Share, rng: random.Random) -> list[Plan]:
    skill = part.role(rng.choice(SKILLS))
    have, cost = rng.randint(2, 3), rng.randint(2, 6) * 10000
    return [Compact(skill=skill, needed=4, have=have, action="two-day course", deadline="2027-04-30", cost=cost)]


def raci(part: Share) -> list[Plan]:
    """The four processes that every plan needs, once; further shares bring one of their own each."""
    outward, inward = [part.department], [part.internal_department]
    if part.number:
        return [{"process": f"publish on {part.channel}", "R": outward, "A": outward}]
    return [
        {"process": "publish", "R": outward, "A": outward, "I": inward},
        {"process": "respond", "R": outward, "A": outward},
        {"process": "crisis", "R": outward, "A": outward, "C": inward},
        {"process": "measure", "R": inward, "A": outward},
    ]


def risk(part: Share, rng: random.Random) -> Plan:
    return Compact(
        description=part.role(rng.choice(RISKS)),
        likelihood=rng.choice(["low", "medium"]),
        impact="high",
        mitigation="on-call list",
        owner="IT security",
    )


# ---------------------------------------------------------------- the whole plan


def good_plan(rng: random.Random, shares: int) -> Plan:
    setting = Setting(rng.choice(list(COUNTRIES)), rng.randint(1, 3))
    plan = frame(setting, rng)
    before = ""
    for number in range(shares):
        part = share(number, before, rng)
        add_share(plan, part, setting, rng)
        before = part.audience
    settle_money(plan, setting, rng)
    return plan


def frame(setting: Setting, rng: random.Random) -> Plan:
    """The keys that a plan has once, in the order of the format page; the lists are filled share by share."""
    firm, owner = rng.choice(FIRMS), rng.sample(NAMES, 2)
    return {
        "smlint": 1,
        "title": f"Social media of {firm} 2027 to {2026 + setting.years}",
        "status": rng.choice(["draft", "approved"]),
        "owner": {"name": owner[0], "role": "Chief editor"},
        "period": {"from": "2027-01-01", "to": setting.end},
        "organisation": organisation(firm, setting, rng),
        "sponsor": {
            "name": owner[1],
            "role": "Chief executive",
            "level": "executive",
            "commitments": [
                {"kind": "money", "what": f"budget line {rng.randint(3000, 4999)}"},
                {"kind": "participation", "hours_per_month": rng.randint(1, 4)},
            ],
        },
        "approval": {
            "body": "Executive group",
            "date": f"2026-1{rng.randint(0, 2)}-10",
            "reference": f"{rng.randint(1, 99)}/26",
        },
        **{
            name: []
            for name in ("objectives", "audiences", "goals", "initiatives", "channels", "departments", "competence")
        },
        "investment": {"currency": setting.currency, "people": []},
        "collaboration": {"applies": True, "channels": [], "goals": []},
        "tone": {"default": "informal", "by_audience": {}},
        **rules_of_the_house(setting, rng),
    }


def organisation(firm: str, setting: Setting, rng: random.Random) -> Plan:
    return {
        "name": firm,
        "sector": rng.choice(["private", "private", "public", "ngo"]),
        "employees": rng.randint(12, 900),
        "locations": rng.randint(2, 9),
        "countries": [setting.country],
        "languages": [setting.language],
        "time_zones": [setting.zone],
        "regulated": rng.random() < 0.3,
        "ambition": {"level": rng.randint(3, 5), "by": setting.end},
    }


def rules_of_the_house(setting: Setting, rng: random.Random) -> Plan:
    return {
        "governance": {
            "policy": f"Staff guidelines v{rng.randint(1, 9)}",
            "community_rules": "https://example.org/house-rules",
            "raci": [],
            "crisis": {
                "plan": "Crisis plan 2026",
                "spokesperson": "Chief executive",
                "backup": "Chief editor",
                "tested_on": f"2026-{rng.randint(3, 12):02}-15",
            },
            "accessibility": {"alt_text": True, "captions": True, "responsible": "Editor"},
            "records": f"Archive plan chapter {rng.randint(2, 12)}",
            "ad_disclosure": "Marking of advertising v1",
        },
        "monitoring": {"responsible": "Shift lead", "tools": ["shared inbox", "alerts"], "escalation": "Chief editor"},
        "reporting": [
            {"to": "Chief executive", "level": "executive", "frequency": "quarterly", "compares_with_previous": True}
        ],
        "review": {
            "every_months": rng.choice([3, 6, 12]),
            "next": f"2027-0{rng.randint(4, 9)}-15",
            "responsible": "Chief editor",
            "stop_criteria": [],
        },
        "risks": [],
    }


def add_share(plan: Plan, part: Share, setting: Setting, rng: random.Random) -> None:
    planned = initiatives(part, rng)
    plan["objectives"] += objectives(part, rng)
    plan["audiences"] += audiences(part, rng)
    plan["goals"] += [outward_goal(part, setting, rng), inward_goal(part, setting, rng)]
    plan["initiatives"] += planned
    plan["channels"] += channels(part, setting, rng)
    plan["departments"] += departments(part)
    plan["competence"] += competence(part, rng)
    plan["investment"]["people"] += people(part, planned, rng)
    plan["collaboration"]["channels"].append(part.internal_channel)
    plan["collaboration"]["goals"].append(part.id("G", 2, 2))
    plan["tone"]["by_audience"][part.audience] = "mixed"
    plan["governance"]["raci"] += raci(part)
    plan["review"]["stop_criteria"].append(
        {
            "at": part.channel,
            "when": f"{part.id('K', 1, 4)} below {rng.randint(2, 9)} two quarters running",
            "then": "close and redirect",
        }
    )
    plan["risks"].append(risk(part, rng))
    if part.number:
        report = {
            "to": part.role("Head of operations"),
            "level": "manager",
            "frequency": "monthly",
            "compares_with_previous": True,
        }
        plan["reporting"].append(report)


def settle_money(plan: Plan, setting: Setting, rng: random.Random) -> None:
    """Budget, total and returns come last: they are sums over everything else, and must be right."""
    budget: Plan = plan["investment"]
    hours = sum(person["hours"] for person in budget["people"])
    wages = sum(person["hours"] * person["rate"] for person in budget["people"])
    budget["tools"] = rng.randint(2, 12) * 10000
    budget["production"] = sum(initiative["cost"] for initiative in plan["initiatives"])
    budget["training"] = sum(skill["cost"] for skill in plan["competence"])
    spent = wages + budget["tools"] + budget["production"] + budget["training"]
    budget["evaluation"] = -(-spent * 6 // 100_000) * 1000  # 6 % of the rest is 5.7 % of all: above the 5 % that is due
    budget["total"] = {"hours": hours, "money": spent + budget["evaluation"]}
    budget["funding"] = {"status": "funded", "decision": f"budget 2027 line {rng.randint(3000, 4999)}"}
    budget["budget_owner"] = {"role": "Chief financial officer"}
    # Goal 1, 3, 5 … is the outward one, and initiative 1, 3, 5 … its only initiative, so the cost is that one's.
    for goal, initiative in zip(plan["goals"][::2], plan["initiatives"][::2], strict=True):
        goal["return"] = yearly_return(initiative, Fraction(wages, hours), setting, rng)


def yearly_return(initiative: Plan, mean_rate: Fraction, setting: Setting, rng: random.Random) -> Plan:
    cost = initiative["hours"] * mean_rate + initiative["cost"]
    amount = int(cost * rng.randint(110, 280) / 100 / setting.years / 1000) * 1000
    roi = round(100 * (amount * setting.years - cost) / cost)
    fields: Plan = {"kind": rng.choice(["saving", "avoided-cost"]), "amount": amount, "per": "year"}
    return fields | {"currency": setting.currency, "basis": "cases × cost", "roi_percent": roi}


# ---------------------------------------------------------------- faults


def no_sponsor(plan: Plan, rng: random.Random) -> None:
    del plan["sponsor"]


def goal_without_criteria(plan: Plan, rng: random.Random) -> None:
    del rng.choice(plan["goals"])["success_criteria"]


def reference_to_nothing(plan: Plan, rng: random.Random) -> None:
    rng.choice(plan["goals"])["supports"] = ["B99"]
    channel = rng.choice(plan["channels"])
    channel["audiences"] = [name[:-1] for name in channel["audiences"]]


def misspelt_keys(plan: Plan, rng: random.Random) -> None:
    channel = rng.choice(plan["channels"])
    channel["respons_target_hours"] = channel.pop("response_target_hours")
    initiative = rng.choice(plan["initiatives"])
    initiative["ownr"] = initiative.pop("owner")


def wrong_enum_values(plan: Plan, rng: random.Random) -> None:
    rng.choice(plan["goals"])["horizon"] = rng.choice(["longterm", "forever"])
    rng.choice(plan["channels"])["access"] = "everyone"
    rng.choice(plan["objectives"])["type"] = "happiness"


def wrong_total(plan: Plan, rng: random.Random) -> None:
    plan["investment"]["total"]["money"] += rng.randint(2, 9) * 100_000


def no_baseline(plan: Plan, rng: random.Random) -> None:
    for goal in plan["goals"]:
        for standard in goal.get("success_criteria", []):
            standard.pop("baseline", None)


def placeholders(plan: Plan, rng: random.Random) -> None:
    plan["owner"] = {"role": "TBD"}
    plan["monitoring"]["responsible"] = "TODO"


def shared_password(plan: Plan, rng: random.Random) -> None:
    for channel in plan["channels"]:
        channel |= {"access": "shared", "mfa": False}


def audience_of_all(plan: Plan, rng: random.Random) -> None:
    rng.choice(plan["audiences"])["description"] = "everyone"


def number_in_words(plan: Plan, rng: random.Random) -> None:
    plan["organisation"]["employees"] = "about two hundred"


Fault = Callable[[Plan, random.Random], None]
FAULTS: list[Fault] = [
    no_sponsor, goal_without_criteria, reference_to_nothing, misspelt_keys, wrong_enum_values, wrong_total,
    no_baseline, placeholders, shared_password, audience_of_all, number_in_words,
]  # fmt: skip
FAULTS_PER_PLAN = 7

# ---------------------------------------------------------------- YAML as people write it

WIDTH = 110  # a map or list that fits stands on one line, as on the format page
PLAIN = re.compile(r"[A-Za-zÀ-ÿ][\w×/.()'+%–-]*( [\w×/.()'+%–-]+)*|\d{4}-\d\d-\d\d|https://[\w./-]+")
SPACED = {
    "organisation",
    "objectives",
    "goals",
    "initiatives",
    "channels",
    "investment",
    "governance",
}  # a blank line before


def scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return value if PLAIN.fullmatch(value) else f'"{value}"'


def flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return scalar(value)


def is_leaf(value: Any) -> bool:
    """No map within: only such values go on one line."""
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return not any(isinstance(item, dict) for item in items) and len(items) < 12


def one_line(value: Any, before: int) -> str | None:
    text = flow(value) if is_leaf(value) else None
    fits = text is not None and (not isinstance(value, (dict, list)) or before + len(text) <= WIDTH)
    return text if fits else None


def block(plan: Plan, margin: str = "") -> Iterator[str]:
    for key, value in plan.items():
        if not margin and key in SPACED:
            yield ""
        short = one_line(value, len(margin) + len(key) + 2)
        if short is not None:
            yield f"{margin}{key}: {short}"
            continue
        yield f"{margin}{key}:"
        if isinstance(value, dict):
            yield from block(value, margin + "  ")
        else:
            for item in value:
                yield from bullet(item, margin + "  ")


def wrapped(fields: Plan, margin: str) -> Iterator[str]:
    """A flow map broken between its keys where the line is full."""
    line = margin + "- {"
    for number, (key, value) in enumerate(fields.items(), 1):
        piece = f"{key}: {flow(value)}" + (", " if number < len(fields) else "}")
        if len(line) + len(piece) > WIDTH:
            yield line.rstrip()
            line = margin + "   "
        line += piece
    yield line


def bullet(item: Any, margin: str) -> Iterator[str]:
    if isinstance(item, Compact):
        yield from wrapped(item, margin)
        return
    short = one_line(item, len(margin) + 2)
    if short is not None:
        yield f"{margin}- {short}"
        return
    first, *rest = block(item, margin + "  ")
    yield f"{margin}- {first.lstrip()}"
    yield from rest


def text_of(plan: Plan) -> str:
    return "\n".join(block(plan)) + "\n"


# ---------------------------------------------------------------- the door


def plan(seed: int, faulty: bool = False) -> str:
    """One plan of 6 to 6.5 KB as text; a faulty one has seven typical faults."""
    rng = random.Random(seed)
    whole = good_plan(rng, shares=1)
    for fault in rng.sample(FAULTS, FAULTS_PER_PLAN) if faulty else []:
        fault(whole, rng)
    return text_of(whole)


def big_plan(megabytes: float, seed: int = 1) -> str:
    """One plan of about so many millions of bytes: more items in every list, none of them longer."""
    wanted, shares = megabytes * 1_000_000, 50
    text = text_of(good_plan(random.Random(seed), shares))
    # Ids grow longer with their numbers, so the first guess is short by a little: the second is near enough.
    for _ in range(2):
        shares = max(1, round(shares * wanted / len(text.encode())))
        text = text_of(good_plan(random.Random(seed), shares))
    return text


def write_plans(folder: Path, count: int, faulty: bool, seed: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        # Whole strides between corpora, so that two seeds share no plan.
        (folder / f"plan-{number:05}.yaml").write_text(plan(seed * 1_000_000 + number, faulty), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="folder for --plans, file for --megabytes")
    size = parser.add_mutually_exclusive_group(required=True)
    size.add_argument("--plans", type=int, metavar="N")
    size.add_argument("--megabytes", type=float, metavar="M")
    parser.add_argument("--faulty", action="store_true", help="plans with seven typical faults each")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.megabytes is not None:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(big_plan(options.megabytes, options.seed), encoding="utf-8")
    else:
        write_plans(options.out, options.plans, options.faulty, options.seed)


if __name__ == "__main__":
    main()
