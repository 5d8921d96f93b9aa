"""Proves rules by their own examples: good ones must pass, bad ones must fail at exactly the places they name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from os import PathLike

from smlint import ahead, compiled
from smlint.bundled import bundled
from smlint.files import File
from smlint.format import essentials
from smlint.plan import dotted
from smlint.record import Record
from smlint.report import Report, judge
from smlint.rule import Example, Rule
from smlint.rulebook import Rulebook, examples, read_folder
from smlint.settings import Settings
from smlint.words import LANGUAGES, holes, read_sentences

_TITLE = "title: an example\n"


def look_ahead(package: PathLike[str] | None = None) -> None:
    """Write what start-up needs: the shipped rules with the queries that judging their examples meets, sentences and
    schemas. Into the checkout or, for a package, into the file that is named."""
    folder = bundled("rules")
    dimensions, rules = read_folder(folder)
    book = Rulebook(dimensions, rules)
    for rule in rules.values():
        prove(rule, book)
    sections = {
        "rules": compiled.packed(folder, dimensions, book.rules),
        "words": read_sentences(),
        "schemas": {name: essentials(name) for name in ("plan", "config")},
    }
    if package is None:
        ahead.write(sections, made_of=ahead.sources())
    else:
        ahead.write(sections, File(package))


class Failure(Record):
    """An example that does not prove its rule."""

    rule: str
    file: str
    line: int
    example: str
    problem: str


def prove(rule: Rule, book: Rulebook) -> tuple[int, list[Failure]]:
    """Judge a rule's examples with the whole rulebook: how many there are, and which do not prove it."""
    found, as_of = examples(rule)
    failures = [
        Failure(rule.id, rule.file, example.line, example.name, problem)
        for example in found
        for problem in _problems(rule, example, judge_example(example, book, date.fromisoformat(as_of)))
    ]
    return len(found), failures


def complete(example: Example) -> str:
    """An example as a whole plan: with the keys that every plan needs, where it does not bring them."""
    lines = example.plan.splitlines()
    head = "" if any(line.startswith("smlint:") for line in lines) else "smlint: 1\n"
    return head + ("" if any(line.startswith("title:") for line in lines) else _TITLE) + example.plan


def judge_example(example: Example, book: Rulebook, as_of: date) -> Report:
    """What smlint says of an example."""
    return judge(example.name, complete(example).encode(), Settings(book), as_of)


def _problems(rule: Rule, example: Example, report: Report) -> Iterable[str]:
    if report.score is None:
        yield f"cannot be read: {report.findings[0].message('en')}"
        return
    outcome = report.score.outcomes.get(rule.id)
    findings = outcome.findings if outcome else []
    at = sorted(dotted(finding.path) for finding in findings)
    if example.at is None:
        if outcome is None:
            yield "the rule does not apply to this good example"
        elif findings:
            yield f"a good example, but there are findings at {', '.join(at)}"
        elif outcome.blocked:
            yield f"a good example, but it is blocked by {', '.join(outcome.blocked)}"
        return
    if at != sorted(example.at):
        blocked = f"; blocked by {', '.join(outcome.blocked)}" if outcome and outcome.blocked else ""
        yield f"expected findings at {', '.join(sorted(example.at))}, but found {', '.join(at) or 'none'}{blocked}"
    for finding in findings:
        for language in LANGUAGES:
            unfilled = holes(finding.message(language)) | {
                name for name in holes(rule.message[language]) if name not in finding.values
            }
            if unfilled:
                yield f"the message in {language} asks for {', '.join(sorted(unfilled))}, which the check does not give"
