"""Tailors a rulebook to a configuration: rules off, other severities and options, other weights."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from fractions import Fraction
from typing import Any

from smlint.files import Entry, File
from smlint.rule import Rule
from smlint.rulebook import SEVERITY_WEIGHTS, Rulebook
from smlint.rulefile import RuleError, read_rule
from smlint.words import Speller

Path = tuple[str, ...]  # of a key in a configuration
Complain = Callable[[Path, str], RuleError]  # the error about a key, with its file and line


def tailored(book: Rulebook, wishes: Mapping[str, Any], files: Mapping[str, Entry], complain: Complain) -> Rulebook:
    """The rulebook as a configuration's `rules` and `score` want it; the same one where they want nothing.

    `files` holds the files of own rules by id. Raises what `complain` gives for a wish that names nothing.
    """
    rules, score = wishes.get("rules", {}), wishes.get("score", {})
    if not rules and not score:
        return book
    found = dict(book.rules)
    for id, wish in rules.items():
        if id not in book.rules:
            raise complain(("rules", id), f"{id!r} is not a rule{near(id, book.rules)}")
        wish = wish if isinstance(wish, dict) else {"severity": wish}
        if wish.get("severity") == "off":
            del found[id]
        else:
            found[id] = _changed(book.rules[id], wish, files.get(id), complain)
    weights = score.get("dimensions", {})
    for id in weights:
        if id not in book.dimensions:
            raise complain(("score", "dimensions", id), f"{id!r} is not a dimension{near(id, book.dimensions)}")
    dimensions = {id: each._replace(weight=weights.get(id, each.weight)) for id, each in book.dimensions.items()}
    return Rulebook(dimensions, found, SEVERITY_WEIGHTS | score.get("severities", {}), frozenset(book.rules))


def near(name: str, known: Collection[str]) -> str:
    """A question that suggests the name that was meant; empty where none comes near."""
    meant = Speller().nearest(name, known)
    return f"; did you mean {meant}?" if meant else ""


def _changed(rule: Rule, wish: Mapping[str, Any], file: Entry | None, complain: Complain) -> Rule:
    """A rule with other options, which its file is read again for, and with one severity for every profile."""
    options = wish.get("options", {})
    for name, value in options.items():
        path = ("rules", rule.id, "options", name)
        if name not in rule.options:
            known = f"; its options are {', '.join(rule.options)}" if rule.options else "; it has none"
            raise complain(path, f"{name!r} is not an option of {rule.id}{near(name, rule.options) or known}")
        if _kind(value) != _kind(rule.options[name]):
            raise complain(path, f"{name} must be {_kind(rule.options[name])}, not {_kind(value)}")
    if options:
        rule = read_rule(file or File(rule.file), rule.dimension, options)
    return rule._replace(severity=(("", wish["severity"]),)) if "severity" in wish else rule


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    kinds = {str: "text", int: "a number", Fraction: "a number", list: "a list", dict: "a map"}
    return next((name for type, name in kinds.items() if isinstance(value, type)), "nothing")
