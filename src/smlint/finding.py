"""Finding and Outcome: what a rule or the format has to say of a plan, worded only when somebody asks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from smlint.plan import Path, Place, Plan, pointer
from smlint.record import Record
from smlint.rule import Rule
from smlint.rulebook import SEVERITY_WEIGHTS
from smlint.spot import brief, identity
from smlint.words import fill, sentences

SEVERITIES = ("error", "warning", "info")


class Diagnostic(Record):
    """A kind of structural finding; its texts stand in words.yaml. `stops`: the file gets no score."""

    id: str
    severity: str
    stops: bool
    words: dict[str, Any]


@cache
def diagnostics() -> dict[str, Diagnostic]:
    """All structural diagnostics by id."""
    known = sentences()["diagnostics"]
    return {id: Diagnostic(id, words["severity"], bool(words.get("stops")), words) for id, words in known.items()}


class Finding:
    """One thing to mend. `rule` is a Rule, or a Diagnostic for a structural finding.

    `path` is the subject, `at` the path whose line is shown; `values` fill the message, {label} included; `variant`
    names another wording of a diagnostic. `id` names the finding by ids in the plan: reordering changes no identity.
    `stands`: something is written at `at`, rather than missing there.
    """

    __slots__ = ("at", "id", "path", "place", "rule", "severity", "stands", "values", "variant")

    def __init__(
        self,
        rule: Rule | Diagnostic,
        severity: str,
        path: Path,
        at: Path,
        values: dict[str, Any],
        *,
        id: str,
        place: Place,
        stands: bool = True,
        variant: str | None = None,
    ) -> None:
        self.rule = rule
        self.severity = severity
        self.path = path
        self.at = at
        self.values = values
        self.id = id
        self.place = place
        self.stands = stands
        self.variant = variant

    @property
    def structural(self) -> bool:
        return isinstance(self.rule, Diagnostic)

    @property
    def pointer(self) -> str:
        """The subject as a JSON Pointer."""
        return pointer(self.path)

    def message(self, language: str) -> str:
        """What is wrong, in one sentence."""
        if isinstance(self.rule, Diagnostic):
            words = self.rule.words[self.variant] if self.variant else self.rule.words
            return fill(words[language], language, self.values)
        return fill(self.rule.message[language], language, self.values)

    def fix(self, language: str) -> str:
        """What to do about it."""
        if isinstance(self.rule, Diagnostic):
            return fill(self.rule.words["fix"][language], language, self.values)
        return self.rule.fix[language]


class Outcome:
    """What one applicable rule found on one plan: the denominator that a scorer needs.

    `subjects` = `passed` + findings + Σ `blocked`; `blocked` counts subjects by the rule that blocks them. `weight` is
    what the rule weighs in its dimension: that of its severity.
    """

    __slots__ = ("blocked", "findings", "passed", "rule", "severity", "subjects", "weight")

    def __init__(
        self,
        rule: Rule,
        severity: str,
        subjects: int,
        passed: int,
        blocked: dict[str, int],
        findings: list[Finding],
        weights: Mapping[str, int] = SEVERITY_WEIGHTS,
    ) -> None:
        self.rule = rule
        self.severity = severity
        self.weight = weights[severity]
        self.subjects = subjects
        self.passed = passed
        self.blocked = blocked
        self.findings = findings

    def with_passed(self, passed: int, blocked: dict[str, int], findings: list[Finding]) -> Outcome:
        """The same rule on the same subjects, of which others have passed."""
        return Outcome(self.rule, self.severity, self.subjects, passed, blocked, findings, {self.severity: self.weight})


def structural(
    plan: Plan,
    id: str,
    path: Path,
    values: dict[str, Any],
    *,
    variant: str | None = None,
    place: Place | None = None,
    named: Path | None = None,
) -> Finding:
    """A structural finding at a path; its identity adds the value to the path, or to `named` in its stead."""
    kind = diagnostics()[id]
    identified = f"{id}@{identity(plan, path if named is None else named)}"
    if "value" in values:
        identified += f"={brief(str(values['value']))}"
    where, stands = plan.located(path)
    place, stands = place or where, bool(path) and stands
    return Finding(kind, kind.severity, path, path, values, id=identified, place=place, stands=stands, variant=variant)
