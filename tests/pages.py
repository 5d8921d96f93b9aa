"""The pages of the documentation that are made from code: rules, format, configuration, outputs, commands, levels.

`python -m tests.pages` writes them anew; a test says when one is stale.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib import import_module
from inspect import cleandoc
from pathlib import Path
from typing import Any

import click

from smlint.catalogue import explanation
from smlint.cli import COMMANDS, smlint
from smlint.finding import diagnostics
from smlint.guide import Topic, topic
from smlint.reporters import ENDINGS, REPORTERS, Look
from smlint.reporters.style import Pen
from smlint.rulebook import Rulebook, load
from smlint.words import say

TOP = Path(__file__).parent.parent
DOCS = TOP / "docs"
NOTE = "\n<!-- Made by `python -m tests.pages`; change the code that it describes. -->\n"
WORDS = {
    "en": {"rules": "Rules", "rule": "Rule", "severity": "Severity", "level": "Level", "title": "What it asks for",
           "format": "The plan file: all keys", "key": "Key", "kind": "Kind", "meaning": "Meaning", "values": "Values",
           "forms": "Findings about the form of the file", "other": "På norsk",
           "lead": "{n} rules in eight dimensions. `smlint explain RULE` shows the same in a terminal.",
           "forms-lead": "They come from the format, not from a rule. They are never scored and cannot be waived.",
           "format-lead": "Only `smlint` and `title` must be there. Keys that begin with `x-` are yours."},
    "nb": {"rules": "Regler", "rule": "Regel", "severity": "Alvorlighet", "level": "Nivå", "title": "Hva den ber om",
           "format": "Planfilen: alle nøkler", "key": "Nøkkel", "kind": "Type", "meaning": "Betydning",
           "values": "Verdier", "forms": "Funn om filens form", "other": "In English",
           "lead": "{n} regler i åtte dimensjoner. `smlint explain REGEL --lang nb` viser det samme i terminalen.",
           "forms-lead": "De kommer fra formatet, ikke fra en regel. De gir aldri poengtrekk og kan ikke fravikes.",
           "format-lead": "Bare `smlint` og `title` må være med. Nøkler som begynner med `x-`, er dine egne."},
}  # fmt: skip


def pages() -> dict[str, str]:
    """The text of each generated page, by its name under docs."""
    book = load()
    made = {
        "reference/levels.md": levels(book),
        "reference/commands.md": commands(),
        "reference/configuration.md": configuration(),
    }
    made["reference/outputs.md"] = outputs()
    for language in ("en", "nb"):
        made |= {f"rules/{language}/{name}.md": text for name, text in rules(book, language).items()}
        made[f"reference/format.{language}.md"] = plan_format(language)
    return {name: f"{text.rstrip()}\n{NOTE}" for name, text in made.items()}


def rules(book: Rulebook, language: str) -> dict[str, str]:
    """One page for each dimension, one for structural findings, and a list of all."""
    pen, words = Pen(Look(), language), WORDS[language]
    other = {"en": "nb", "nb": "en"}[language]
    found: dict[str, str] = {}
    index = [
        f"# {words['rules']}\n",
        words["lead"].format(n=len(book.listed)),
        f"\n[{words['other']}](../{other}/index.md)\n",
    ]
    for id, dimension in book.dimensions.items():
        mine = [rule for rule in book.listed if rule.dimension == id]
        title, question = dimension.title[language], dimension.question[language]
        index += [f"## {title}\n", f"{question}\n"]
        index += [
            f"| {words['rule']} | {words['severity']} | {words['level']} | {words['title']} |",
            "| --- | --- | --- | --- |",
        ]
        index += [
            f"| [`{rule.id}`]({id}.md#{rule.id}) | {say(f'severity.{rule.default_severity}', language)} "
            f"| {rule.level} | {rule.title[language]} |"
            for rule in mine
        ] + [""]
        parts = [f"# {title}\n\n{question}\n\n[{words['other']}](../{other}/{id}.md)\n"]
        parts += [_section(explanation(rule.id, book, "markdown", pen)) for rule in mine]
        found[id] = "\n".join(parts)
    index += [f"## {words['forms']}\n", f"[{words['forms-lead']}](form.md)"]
    parts = [f"# {words['forms']}\n\n{words['forms-lead']}\n\n[{words['other']}](../{other}/form.md)\n"]
    found["form"] = "\n".join([*parts, *(_section(explanation(id, book, "markdown", pen)) for id in diagnostics())])
    found["index"] = "\n".join(index)
    return found


def _section(page: str) -> str:
    """A page of a rule as a section of a longer one: its own headings become words in bold, its sources links."""
    text = re.sub(r"^## (.*)$", r"**\1**", page, flags=re.M)
    head, bold, last = text.rpartition("\n\n**")
    if bold and re.fullmatch(r"[^*]+\*\*\n\n[A-Z0-9, -]+\n", last):
        label, _, keys = last.partition("**\n\n")
        links = ", ".join(f"[{key}](../../sources.md#{key.lower()})" for key in keys.strip().split(", "))
        text = f"{head}\n\n**{label}**: {links}\n"
    return "#" + text


def plan_format(language: str) -> str:
    """A section for each map of the format, with a table of its keys."""
    words = WORDS[language]
    other = {"en": "nb", "nb": "en"}[language]
    parts = [f"# {words['format']}\n", f"{words['format-lead']}\n", f"[{words['other']}](format.{other}.md)\n"]

    def section(name: str, about: Topic) -> Iterator[str]:
        yield f"## {name}\n" if name else ""
        yield f"| {words['key']} | {words['kind']} | {words['meaning']} |\n| --- | --- | --- |"
        deeper = []
        for key, inner in about.keys.items():
            values = "".join(
                f"<br>`{value}`{f' – {_cell(said)}' if said else ''}"
                for value, said in inner.meanings(language).items()
            )
            yield f"| `{key}` | {', '.join(inner.kinds)} | {_cell(inner.text(language))}{values} |"
            below = inner if inner.keys else inner.item if inner.item is not None and inner.item.keys else None
            if below is not None:
                mark = "[]" if "array" in inner.kinds else ""
                deeper.append((f"{name}.{key}{mark}".lstrip("."), below))
        yield ""
        for path, below in deeper:
            yield from section(path, below)

    whole = topic(())
    assert whole is not None
    return "\n".join([*parts, *section("", whole)])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def schema_table(schema: dict[str, Any], name: str = "", level: int = 2) -> Iterator[str]:
    """The keys of a JSON Schema as tables, one for each object."""
    defs = schema.get("$defs", {})

    def resolved(node: dict[str, Any]) -> dict[str, Any]:
        return {**defs[node["$ref"].removeprefix("#/$defs/")], **node} if "$ref" in node else node

    def kind(node: dict[str, Any]) -> str:
        if "const" in node:
            return f"`{json.dumps(node['const'])}`"
        if "enum" in node:
            return ", ".join(f"`{value}`" for value in node["enum"])
        if "anyOf" in node or "oneOf" in node:
            return " or ".join(dict.fromkeys(kind(resolved(each)) for each in node.get("anyOf") or node["oneOf"]))
        found = node.get("type", "any")
        found = " or ".join(found) if isinstance(found, list) else found
        return f"array of {kind(resolved(node['items']))}" if found == "array" and "items" in node else found

    def tables(node: dict[str, Any], name: str) -> Iterator[str]:
        if name:
            yield f"{'#' * level} {name}\n"
        yield "| Key | Kind | Meaning |\n| --- | --- | --- |"
        deeper = []
        for key, raw in node.get("properties", {}).items():
            inner = resolved(raw)
            yield f"| `{key}` | {kind(inner)} | {_cell(inner.get('description', ''))} |"
            below = resolved(inner.get("items", inner) if isinstance(inner.get("items", {}), dict) else inner)
            if below.get("properties"):
                deeper.append((f"{name}.{key}{'[]' if 'items' in inner else ''}".lstrip("."), below))
        yield ""
        for path, below in deeper:
            yield from tables(below, path)

    yield from tables(schema, name)


def configuration() -> str:
    schema = json.loads((TOP / "schemas/config.schema.json").read_text("utf-8"))
    lead = "What each key of `smlint.yaml`, or of `[tool.smlint]` in `pyproject.toml`, means."
    lead += " [How to use them](../configuration.md)."
    return "\n".join(["# Configuration: all keys\n", f"{lead}\n", *schema_table(schema)])


def outputs() -> str:
    """The formats of findings, and what JSON holds."""
    lines = ["# Outputs\n", "`--format NAME`, or `--output FILE`, whose ending says which.\n"]
    lines += ["| Format | What it is | Files |", "| --- | --- | --- |"]
    for name, module in REPORTERS.items():
        about = " ".join((import_module(module).__doc__ or "").partition("\n\n")[0].split())
        endings = ", ".join(f"`{ending}`" for ending, format in ENDINGS.items() if format == name)
        lines.append(f"| `{name}` | {_cell(about)} | {endings} |")
    schema = json.loads((TOP / "schemas/report.schema.json").read_text("utf-8"))
    lines += [
        "",
        "`smlint report` makes a page, a spreadsheet, CSV or Markdown for a meeting: [reports](../reports.md).\n",
    ]
    lines += ["## JSON\n", "What `--format json` holds; `smlint schema report` prints the JSON Schema.\n"]
    return "\n".join([*lines, *schema_table(schema, level=3)])


def commands() -> str:
    """Each command with its words and options; click's own pages look otherwise from version to version."""
    parts = ["# Commands\n", "What `smlint COMMAND --help` says. Without a command, `check` is meant.\n"]
    parent = click.Context(smlint, info_name="smlint")
    for name in COMMANDS:
        command = smlint.get_command(parent, name)
        assert command is not None
        arguments = [
            each.metavar or str(each.name).upper() for each in command.params if isinstance(each, click.Argument)
        ]
        about = cleandoc(command.help or "").replace("\n\n", "\0").replace("\n", " ").replace("\0", "\n\n")
        parts += [f"## {name}\n", f"`{' '.join(['smlint', name, '[OPTIONS]', *map(str, arguments)])}`\n", f"{about}\n"]
        parts += ["| Option | Meaning |", "| --- | --- |"]
        options = [each for each in command.params if isinstance(each, click.Option) and not each.hidden]
        parts += [f"| `{_option(each)}` | {_cell(each.help or '')} |" for each in options] + [""]
    return "\n".join(parts)


def _option(option: click.Option) -> str:
    names = ", ".join([*option.opts, *option.secondary_opts])
    if option.is_flag:
        return names
    choices = ", ".join(map(str, getattr(option.type, "choices", ())))
    return f"{names} {{{choices}}}" if choices else f"{names} {option.metavar or option.type.name.upper()}"


def levels(book: Rulebook) -> str:
    parts = ["# Rules by level\n", "What a plan is asked for to reach each [level](../levels.md).\n"]
    for level in sorted({rule.level for rule in book.listed}):
        parts += [
            f"## Level {level}\n",
            "| Rule | Severity | Dimension | What it asks for |",
            "| --- | --- | --- | --- |",
        ]
        parts += [
            f"| [`{rule.id}`](../rules/en/{rule.dimension}.md#{rule.id}) | {rule.default_severity} | "
            f"{book.dimensions[rule.dimension].title['en']} | {rule.title['en']} |"
            for rule in book.listed
            if rule.level == level
        ] + [""]
    return "\n".join(parts)


def stale() -> list[str]:
    """The pages under docs that are not as the code would make them, or should not be there."""
    made = pages()
    wrong = [
        name for name, text in made.items() if not (DOCS / name).is_file() or (DOCS / name).read_text("utf-8") != text
    ]
    there = {
        path.relative_to(DOCS).as_posix() for folder in ("rules", "reference") for path in (DOCS / folder).rglob("*.md")
    }
    return wrong + sorted(there - set(made))


def write() -> None:
    for name in set(stale()) - set(pages()):
        (DOCS / name).unlink()
    for name, text in pages().items():
        (DOCS / name).parent.mkdir(parents=True, exist_ok=True)
        (DOCS / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
