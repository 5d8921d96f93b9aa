"""`smlint rules`, `explain` and `test-rules`: the rules as people read and prove them."""

from __future__ import annotations

import sys
from typing import Any

import click

from smlint.cli.complete import files
from smlint.cli.complete import rules as complete
from smlint.cli.console import Problem, colour, common, echo, meant, width
from smlint.cli.plain import Command

_FORMAT = click.option(
    "--format",
    "format",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    help="What to print (default: text).",
)


@click.command(cls=Command)
@_FORMAT
@common
def rules(format: str, **options: Any) -> None:
    """List the rules."""
    from smlint.catalogue import listing
    from smlint.cli.work import rulebook

    echo(listing(rulebook(options), format, _pen(options)))


@click.command(cls=Command)
@click.argument("rule", shell_complete=complete)
@_FORMAT
@common
def explain(rule: str, format: str, **options: Any) -> None:
    """Explain a rule: why, what to do, sources, examples."""
    from smlint.catalogue import explanation
    from smlint.cli.work import rulebook
    from smlint.finding import diagnostics

    book = rulebook(options)
    if rule not in book.rules and rule not in diagnostics():
        raise Problem(f"{rule!r} is not a rule{meant(rule, [*book.rules, *diagnostics()])}")
    echo(explanation(rule, book, format, _pen(options)))


def _pen(options: dict[str, Any]) -> Any:
    from smlint.reporters import Look
    from smlint.reporters.style import Pen

    return Pen(Look(width(), colour(options["colour"], sys.stdout)), options["lang"] or "en")


@click.command("test-rules", cls=Command)
@click.argument("folders", nargs=-1, metavar="[DIR]…", shell_complete=files)
@click.option("--plugin", "plugins", multiple=True, metavar="NAME", help="Allow an installed package's verbs.")
@click.option("--debug", is_flag=True, help="Show the traceback of an internal error.")
def test_rules(folders: tuple[str, ...], plugins: tuple[str, ...], debug: bool) -> None:
    """Run the good and bad examples of rule files: those in DIR, or the shipped ones."""
    from smlint.cli.work import rulebook
    from smlint.proof import prove
    from smlint.rulebook import RuleError

    book = rulebook({"folders": folders, "plugins": plugins})
    own = [rule for rule in book.rules.values() if not folders or rule.file.startswith(tuple(folders))]
    total, failures = 0, []
    try:
        for rule in own:
            count, failed = prove(rule, book)
            total += count
            failures += failed
    except RuleError as error:
        raise Problem(str(error)) from None
    for failure in failures:
        click.echo(f"{failure.file}:{failure.line}: {failure.rule}: {failure.example}: {failure.problem}")
    if not own:
        raise Problem(f"no rule in {', '.join(folders)}")
    click.echo(f"{len(own)} rules, {total} examples, {len(failures)} failed")
    raise click.exceptions.Exit(1 if failures else 0)
