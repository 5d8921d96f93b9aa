"""The rules as people read them: the list, and the page of one rule, as text, JSON or Markdown."""

from __future__ import annotations

import json
from typing import Any

from smlint.finding import diagnostics
from smlint.reporters.style import Pen
from smlint.rule import Example, Rule
from smlint.rulebook import Rulebook, examples
from smlint.words import written


def listing(book: Rulebook, format: str, pen: Pen) -> str:
    """All rules by dimension and level."""
    if format == "json":
        return _json([_facts(rule) for rule in book.listed])
    parts = []
    for id, dimension in book.dimensions.items():
        rules = [rule for rule in book.listed if rule.dimension == id]
        if not rules:
            continue
        title, question = dimension.title[pen.language], dimension.question[pen.language]
        parts.append(
            _markdown_table(title, question, rules, pen)
            if format == "markdown"
            else _block(title, question, rules, pen)
        )
    return "\n".join(parts)


def _block(title: str, question: str, rules: list[Rule], pen: Pen) -> str:
    wide = max(len(rule.id) for rule in rules)
    severe = max(len(pen.say(f"severity.{name}")) for name in ("error", "warning", "info"))
    lines = [pen.paint(title, "bold"), pen.paint(pen.wrap(question), "dim")]
    for rule in rules:
        severity = f"{pen.say(f'severity.{rule.default_severity}'):<{severe}}"
        lead = f"  {rule.id:<{wide}}  {severity}  {rule.level}  "
        colour = lead.replace(severity, pen.paint(severity, rule.default_severity))
        text = pen.wrap(rule.title[pen.language], " " * len(lead), lead)
        lines.append(colour + text[len(lead) :])
    return "\n".join(lines) + "\n"


def _markdown_table(title: str, question: str, rules: list[Rule], pen: Pen) -> str:
    heads = [pen.say(f"table.{name}") for name in ("rule", "severity", "level", "title")]
    lines = [f"## {title}", "", question, "", f"| {' | '.join(heads)} |", "| --- | --- | --- | --- |"]
    for rule in rules:
        severity = pen.say(f"severity.{rule.default_severity}")
        lines.append(f"| `{rule.id}` | {severity} | {rule.level} | {_cell(rule.title[pen.language])} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def _facts(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "dimension": rule.dimension,
        "severity": {when or "default": name for when, name in rule.severity},
        "level": rule.level,
        "applies": rule.applies,
        "title": rule.title,
        "why": rule.why,
        "fix": rule.fix,
        "message": rule.message,
        "sources": list(rule.source),
        "options": rule.options,
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=lambda number: float(number)) + "\n"


def explanation(id: str, book: Rulebook, format: str, pen: Pen) -> str:
    """One rule, or one structural diagnostic."""
    if id not in book.rules:
        return _diagnostic(id, format, pen)
    rule = book.rules[id]
    found, as_of = examples(rule)
    if format == "json":
        facts = _facts(rule)
        facts["as_of"] = as_of
        facts["good"] = {example.name: example.plan for example in found if example.at is None}
        facts["bad"] = {e.name: {"plan": e.plan, "at": list(e.at)} for e in found if e.at is not None}
        return _json(facts)
    sections = [
        ("explain.why", rule.why[pen.language]),
        ("explain.fix", rule.fix[pen.language]),
        ("explain.message", rule.message[pen.language]),
    ]
    head = [pen.say("explain.severity", severity=_severity(rule.default_severity, pen), level=rule.level,
                    dimension=book.dimensions[rule.dimension].title[pen.language])]  # fmt: skip
    head += [
        pen.say("explain.by-profile", severity=_severity(name, pen), profile=when) for when, name in rule.severity[:-1]
    ]
    head.append(pen.say("explain.applies", profile=rule.applies or pen.say("explain.everyone")))
    write = _markdown_page if format == "markdown" else _text_page
    return write(rule, head, sections, found, pen)


def _severity(name: str, pen: Pen) -> str:
    return pen.say(f"severity.{name}")


def _text_page(rule: Rule, head: list[str], sections: list[tuple[str, str]], found: list[Example], pen: Pen) -> str:
    lines = [
        pen.paint(rule.id, "bold"),
        pen.wrap(rule.title[pen.language]),
        *(pen.paint(line, "dim") for line in head),
        "",
    ]
    for key, text in sections:
        lines += [pen.paint(pen.say(key), "bold"), pen.wrap(text, "  "), ""]
    if rule.options:
        lines += [pen.paint(pen.say("explain.options"), "bold")]
        lines += [pen.wrap(f"{name}: {_option(value, pen)}", "    ", "  ") for name, value in rule.options.items()] + [
            ""
        ]
    for key, good in (("explain.good", True), ("explain.bad", False)):
        lines.append(pen.paint(pen.say(key), "bold"))
        for example in found:
            if (example.at is None) == good:
                at = "" if example.at is None else f" ({', '.join(example.at)})"
                lines.append(f"  # {example.name}{at}")
                lines += [f"  {line}" for line in example.plan.rstrip().splitlines()] + [""]
    lines.append(f"{pen.paint(pen.say('explain.sources'), 'bold')}: {', '.join(rule.source)}")
    return "\n".join(lines) + "\n"


def _option(value: Any, pen: Pen) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_option(inner, pen)}" for key, inner in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else written(value, pen.language)


def _markdown_page(rule: Rule, head: list[str], sections: list[tuple[str, str]], found: list[Example], pen: Pen) -> str:
    lines = [f"# {rule.id}", "", f"**{_cell(rule.title[pen.language])}**", "", *(f"- {line}" for line in head), ""]
    for key, text in sections:
        lines += [f"## {pen.say(key)}", "", _cell(text), ""]
    if rule.options:
        lines += [f"## {pen.say('explain.options')}", ""]
        lines += [f"- `{name}`: {_option(value, pen)}" for name, value in rule.options.items()] + [""]
    for key, good in (("explain.good", True), ("explain.bad", False)):
        lines += [f"## {pen.say(key)}", ""]
        for example in found:
            if (example.at is None) == good:
                at = "" if example.at is None else f" ({', '.join(f'`{place}`' for place in example.at)})"
                lines += [f"{example.name}{at}", "", "```yaml", *example.plan.rstrip().splitlines(), "```", ""]
    lines += [f"## {pen.say('explain.sources')}", "", ", ".join(rule.source)]
    return "\n".join(lines) + "\n"


def _diagnostic(id: str, format: str, pen: Pen) -> str:
    known = diagnostics()[id]
    if format == "json":
        return _json(
            {
                "id": id,
                "severity": known.severity,
                "stops": known.stops,
                "message": _texts(known.words),
                "fix": known.words["fix"],
            }
        )
    message, fix = known.words[pen.language], known.words["fix"][pen.language]
    note = f"{pen.say(f'severity.{known.severity}')} · {pen.say('explain.diagnostic')}"
    if format == "markdown":
        return f"# {id}\n\n{note}\n\n{message}\n\n## {pen.say('explain.fix')}\n\n{fix}\n"
    lines = [pen.paint(id, "bold"), pen.paint(note, "dim"), "", pen.wrap(message), ""]
    return "\n".join([*lines, pen.paint(pen.say("explain.fix"), "bold"), pen.wrap(fix, "  ")]) + "\n"


def _texts(words: dict[str, Any]) -> dict[str, str]:
    return {language: words[language] for language in ("en", "nb")}
