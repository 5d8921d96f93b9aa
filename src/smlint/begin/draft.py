"""The plan that answers make: its data, and its text with what each block is for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from smlint.bundled import HERE
from smlint.edit import quoted
from smlint.guide import topic
from smlint.pattern import pattern
from smlint.profile import VOCABULARY
from smlint.words import learn, safe, say

learn(HERE / "begin" / "words.yaml")

SCHEMA = "plan.schema.json"  # what the copy of the schema beside a plan is called
_SAFE = pattern(r"[A-Za-zÆØÅæøåäöÄÖé][\wæøåäöÆØÅÄÖé.,()/+'’%–-]*(?: [\wæøåäöÆØÅÄÖé.,()/+'’%–-]+)*")
_OTHER = pattern(r"(?i:true|false|null|yes|no|on|off|y|n|~|\.nan|\.inf)")
_MONTHS = 6  # between reviews
_MEASURE = 90  # days from the plan's first, within which an unknown baseline is measured


def plan_of(answers: dict[str, str], language: str, today: date) -> dict[str, Any]:
    """The data of a plan, with what was answered and nothing else; numbers are text in digits that need no quotes."""
    get = answers.get
    objective, goal, initiative = get("objective"), get("goal"), get("initiative")
    audience = get("audience")
    channel = _slug(get("platform", "")) if initiative and get("platform") else None
    plan: dict[str, Any] = {
        "smlint": _Bare("1"),
        "title": get("title") or _title(language, today),
        "language": language,
    }
    plan["status"] = "draft"
    plan["owner"] = {"role": get("owner")}
    plan["period"] = {"from": get("from"), "to": get("to")}
    plan["organisation"] = {
        "name": get("organisation"), "sector": get("sector"), "employees": _bare(get("employees")),
        "countries": _list(get("countries")), "languages": _list(get("languages")), "currency": get("currency"),
    }  # fmt: skip
    plan["sponsor"] = {"role": get("sponsor"), "level": get("sponsor-level")}
    if objective:
        plan["objectives"] = [
            {"id": "B1", "statement": objective, "type": get("objective-type"), "source": get("objective-source")}
        ]
    if audience:
        plan["audiences"] = [{"id": "A1", "description": audience, "scope": _scope(answers)}]
    if goal:
        plan["goals"] = [
            {
                "id": "G1", "statement": goal, "supports": ["B1"] if objective else None, "function": get("function"),
                "audiences": ["A1"] if audience else None,
                "success_criteria": [_criterion(answers, today)] if get("metric") else None,
            }
        ]  # fmt: skip
    if initiative:
        plan["initiatives"] = [
            {
                "id": "I1", "title": initiative, "goals": ["G1"] if goal else None,
                "audiences": ["A1"] if audience else None, "channels": [channel] if channel else None,
                "owner": get("initiative-owner"), "from": get("from"), "to": get("to"),
                "hours": _bare(get("hours")), "cost": _bare(get("cost")),
            }
        ]  # fmt: skip
    if channel:
        plan["channels"] = [
            {
                "id": channel, "platform": get("platform"), "scope": _scope(answers), "goals": ["G1"] if goal else None,
                "audiences": ["A1"] if audience else None, "owner": get("initiative-owner"),
            }
        ]  # fmt: skip
    if get("hours") or get("cost"):
        plan["investment"] = _investment(answers)
    found: dict[str, Any] = _without_nothing(plan)
    return found


def _investment(answers: dict[str, str]) -> dict[str, Any]:
    hours = answers.get("hours")
    person = {
        "role": answers.get("initiative-owner") or answers.get("owner"),
        "hours": _bare(hours),
        "rate": _bare(answers.get("rate")),
    }
    return {
        "currency": answers.get("currency"),
        "people": [person] if hours else None,
        "other": _bare(answers.get("cost")),
    }


def _criterion(answers: dict[str, str], today: date) -> dict[str, Any]:
    get = answers.get
    target, baseline = get("target"), get("baseline")
    start = get("from")
    later = (date.fromisoformat(start) + timedelta(days=_MEASURE)).isoformat() if start else None
    measure_by = min(later, get("deadline") or later) if later else None
    known = (
        {"value": _bare(baseline), "date": today.isoformat()}
        if baseline
        else {"unknown": _Bare("true"), "measure_by": measure_by}
    )
    direction = None
    if target and baseline:
        direction = (
            "increase"
            if float(target) > float(baseline)
            else "decrease"
            if float(target) < float(baseline)
            else "maintain"
        )
    return {
        "id": "K1", "metric": get("metric"), "level": VOCABULARY.get(get("metric", "")), "unit": get("unit"),
        "direction": direction or ("decrease" if get("metric") == "response-time" else "increase"), "baseline": known,
        "target": _bare(target), "deadline": get("deadline"), "source": get("source"), "frequency": "monthly",
        "owner": get("owner"),
    }  # fmt: skip


def _scope(answers: dict[str, str]) -> str:
    return "internal" if answers.get("function") == "internal" else "external"


def _title(language: str, today: date) -> str:
    return {"en": "Social media plan", "nb": "Plan for sosiale medier"}[language] + f" {today.year + 1}"


def _slug(text: str) -> str:
    """An id made of a name."""
    found = re.sub(r"[^a-z0-9]+", "-", text.casefold().translate({230: "ae", 248: "o", 229: "a"})).strip("-")
    return found[:40] if found[:1].isalpha() and not _OTHER.fullmatch(found) else "C1"


class _Bare(str):
    """Text that is a number or an answer, and stands without quotes."""


def _bare(text: str | None) -> str | None:
    return _Bare(text) if text else None


def _list(text: str | None) -> list[str] | None:
    return text.split(", ") if text else None


def _without_nothing(value: Any) -> Any:
    """The value without what was not answered."""
    if isinstance(value, dict):
        kept = {key: _without_nothing(inner) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if inner not in (None, "", {}, [])}
    return [_without_nothing(inner) for inner in value] if isinstance(value, list) else value


# --- text ---------------------------------------------------------------------------------------------------------


def text_of(plan: dict[str, Any], language: str, file: str, comments: bool = True, schema: bool = True) -> str:
    """A plan as YAML, with a comment above each block that says what it is for."""
    lines = [f"# yaml-language-server: $schema={SCHEMA}"] if schema else []
    if comments:
        lines += [f"# {say('block.head', language, file=file)}"]
    for key, value in plan.items():
        about = topic((key,))
        if isinstance(value, dict | list):
            lines.append("")
            if comments and about:
                lines.append(f"# {about.text(language)}")
        lines += _entry(key, value, "")
    return "\n".join(lines) + "\n"


def _entry(key: str, value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, dict):
        yield f"{indent}{key}:"
        for name, inner in value.items():
            yield from _entry(name, inner, f"{indent}  ")
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        yield f"{indent}{key}:"
        for item in value:
            lines = [line for name, inner in item.items() for line in _entry(name, inner, f"{indent}    ")]
            yield f"{indent}  - {lines[0].strip()}"
            yield from lines[1:]
    elif isinstance(value, list):
        yield f"{indent}{key}: [{', '.join(_scalar(item, flow=True) for item in value)}]"
    else:
        yield f"{indent}{key}: {_scalar(value)}"


def _scalar(value: str, flow: bool = False) -> str:
    """A text that reads back as the same text: quoted unless it is plain words."""
    if isinstance(value, _Bare):
        return str(value)
    value = safe(value)
    plain = _SAFE.fullmatch(value) and not _OTHER.fullmatch(value) and not (flow and "," in value)
    dated = re.fullmatch(r"\d{4}-\d\d-\d\d", value)
    return value if plain or dated else quoted(value)
