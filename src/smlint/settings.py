"""What holds for one plan: the rules that judge it and what the gate asks; options over configuration over defaults."""

from __future__ import annotations

from fractions import Fraction

from smlint.record import Record
from smlint.rulebook import Rulebook


class Settings(Record):
    """One plan's settings.

    `fail_on` is a severity or "never"; `min_score` (0–100) and `min_level` (1–5) are None where they do not matter;
    `new_waivers`: whether a waiver that a change brings opens the gate; `language` None leaves the choice to the plan.
    `baseline` names the baseline file; `source` the configuration file, for people.
    """

    book: Rulebook
    language: str | None = None
    fail_on: str = "error"
    min_score: Fraction | None = None
    min_level: int | None = None
    new_waivers: bool = False
    baseline: str | None = None
    source: str | None = None
