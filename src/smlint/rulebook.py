"""The rules of a run: shipped and own ones, in the order in which they must run."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any

from smlint import compiled
from smlint.bundled import bundled
from smlint.files import Entry, File
from smlint.rule import Dimension, Rule
from smlint.rulefile import MODIFIERS, SEVERITY_WEIGHTS, RuleError, add_folder, examples, read_folder

__all__ = [
    "MODEL",
    "MODIFIERS",
    "OWNERS",
    "SEVERITY_WEIGHTS",
    "RuleError",
    "Rulebook",
    "base",
    "blockers",
    "decisive",
    "examples",
    "load",
    "read_folder",
    "read_rules",
]  # fmt: skip

MODEL = 1  # the laws and arithmetic of the score; goes up when they change
# The lists that every plan must have, and the rule that reports an empty one.
OWNERS = {
    "$.objectives[*]": "business-objectives-missing",
    "$.audiences[*]": "audience-missing",
    "$.goals[*]": "success-criteria-missing",
    "$.goals[*].success_criteria[*]": "success-criteria-missing",
    "$.initiatives[*]": "goal-without-initiative",
    "$.channels[?@.status == 'active' || @.status == 'planned']": "channel-without-purpose",
}


class Rulebook:
    """Dimensions and rules, in the order in which rules must run (those that block others first).

    `severities` is what a rule of each severity weighs; `known` holds the ids of all rules, those too that are off.
    """

    def __init__(
        self,
        dimensions: dict[str, Dimension],
        rules: dict[str, Rule],
        severities: Mapping[str, int] = SEVERITY_WEIGHTS,
        known: Collection[str] = (),
        in_order: bool = False,
    ) -> None:
        self.dimensions = dimensions
        self.rules = rules if in_order else _ordered(rules)
        self.severities = severities
        self.known = known or dict.fromkeys(rules)  # a view of keys could not travel to another process

    @cached_property
    def fingerprint(self) -> str:
        """A hash of what decides outcomes and points: not of wording, examples or the order of files."""
        import hashlib  # only machine-readable reports ask for them
        import json

        facts = {
            "model": MODEL,
            "dimensions": {id: dimension.weight for id, dimension in self.dimensions.items()},
            "severities": dict(self.severities),
            "rules": {id: decisive(rule) for id, rule in sorted(self.rules.items())},
        }
        text = json.dumps(facts, sort_keys=True, default=str)
        return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"

    @property
    def listed(self) -> list[Rule]:
        """The rules as people list them: by dimension, then level, then id."""
        order = list(self.dimensions)
        return sorted(self.rules.values(), key=lambda rule: (order.index(rule.dimension), rule.level, rule.id))


def decisive(rule: Rule) -> list[Any]:
    """What of a rule decides outcomes and points."""
    decisive = (rule.severity, rule.level, rule.applies, rule.given, rule.blocked, rule.empty, rule.options, rule.check)
    return [rule.dimension, *decisive]


def load(folders: tuple[str, ...] = ()) -> Rulebook:
    """The shipped rules and those of further folders. Raises RuleError."""
    return read_rules([File(folder) for folder in folders])


def read_rules(folders: Sequence[Entry]) -> Rulebook:
    """The shipped rules, compiled ahead where that fits, and those of further folders. Raises RuleError."""
    ready = compiled.load(bundled("rules"))
    if ready and not folders:
        return Rulebook(*ready, in_order=True)
    dimensions, rules = ready or read_folder(bundled("rules"))
    for folder in folders:
        add_folder(folder, dimensions, rules)
    book = Rulebook(dimensions, rules)
    for rule in rules.values():
        _check_names(rule, rules)
    return book


def blockers(rule: Rule) -> list[str]:
    """The rules whose outcome this rule asks about."""
    named: list[str] = []
    for entry in rule.blocked:
        for key in ("by", "finding", "finding_here"):
            value = entry.get(key, [])
            named += value if isinstance(value, list) else [value]
    if isinstance(rule.empty, str) and rule.empty != "fail":
        named.append(rule.empty)
    owner = OWNERS.get(base(rule.given) or "")
    if owner and owner != rule.id and rule.empty is None:
        named.append(owner)
    return list(dict.fromkeys(named))


def base(given: str) -> str | None:
    """The list that every plan must have from which a query selects; None when it selects from no such list."""
    starts = {
        "$.goals[*].success_criteria[": "$.goals[*].success_criteria[*]",
        "$.objectives[": "$.objectives[*]",
        "$.audiences[": "$.audiences[*]",
        "$.goals[": "$.goals[*]",
        "$.initiatives[": "$.initiatives[*]",
        "$.channels[": "$.channels[?@.status == 'active' || @.status == 'planned']",
    }
    return next((whole for start, whole in starts.items() if given.startswith(start)), None)


def _check_names(rule: Rule, rules: dict[str, Rule]) -> None:
    for name in blockers(rule):
        if name not in rules and name not in OWNERS.values():
            raise RuleError(rule.file, rule.lines.get("blocked", 1), f"blocked by {name!r}, which is not a rule")


def _ordered(rules: dict[str, Rule]) -> dict[str, Rule]:
    """The rules so that each comes after those that may block it. Raises RuleError for a circle."""
    done: dict[str, Rule] = {}
    open_: list[str] = []

    def visit(id: str) -> None:
        if id in done or id not in rules:
            return
        if id in open_:
            circle = " → ".join([*open_[open_.index(id) :], id])
            raise RuleError(
                rules[id].file, rules[id].lines.get("blocked", 1), f"rules block each other in a circle: {circle}"
            )
        open_.append(id)
        for name in blockers(rules[id]):
            visit(name)
        open_.pop()
        done[id] = rules[id]

    for id in rules:
        visit(id)
    return done
