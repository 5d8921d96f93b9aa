"""`smlint init`: a conversation, and a commented plan to go on with; and the files of the gate."""

from __future__ import annotations

import datetime
import locale
import os
import sys
from typing import Any

import click

from smlint.cli.complete import files
from smlint.cli.console import Day, Problem, echo, write
from smlint.cli.plain import Command

FILE = "plan.yaml"


@click.command(cls=Command)
@click.argument("file", default=FILE, shell_complete=files)
@click.option("--yes", is_flag=True, help="Ask nothing: a plan of nothing but what is likely.")
@click.option("--minimal", is_flag=True, help="Without comments and room for more.")
@click.option("--complete", is_flag=True, help="With commented room for every block of the format.")
@click.option(
    "--ci", type=click.Choice(["github", "gitlab", "pre-commit"]), help="Write the files of the gate instead."
)
@click.option("--no-schema", is_flag=True, help="No copy of the schema beside the plan.")
@click.option("--force", is_flag=True, help="Write over a file that is there, without asking.")
@click.option("--as-of", type=Day(), metavar="DATE", help="The day to write on (default: today).")
@click.option("--lang", type=click.Choice(["en", "nb"]), help="Language (default: the system's).")
@click.option("--debug", is_flag=True, help="Show the traceback of an internal error.")
def init(file: str, ci: str | None, lang: str | None, as_of: datetime.date | None, debug: bool, **how: Any) -> None:
    """Ask a few questions and write a plan to FILE (default: plan.yaml)."""
    language, today = lang or _system_language(), as_of or datetime.date.today()
    if how["minimal"] and how["complete"]:
        raise Problem("--minimal and --complete exclude each other")
    if ci is not None:
        from smlint.cli.recipes import write_gate

        write_gate(ci, language, how["force"])
        return
    if not how["yes"] and not sys.stdin.isatty():
        raise Problem("init asks questions, so it needs a terminal; --yes asks none")
    try:
        if not _may_write(file, language, how):
            return
        answers = {} if how["yes"] else _asked(language, today)
    except (click.Abort, KeyboardInterrupt, EOFError):
        click.echo("\n" + _say("begin.ended", language), err=True)
        raise click.exceptions.Exit(130) from None
    _write(file, answers, language, today, how)


def _say(key: str, language: str, **values: Any) -> str:
    from smlint.begin import conversation  # noqa: F401  # the words of init
    from smlint.words import say

    return say(key, language, **values)


def _system_language() -> str:
    """Norwegian where the system speaks it."""
    names = [os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    name = next(filter(None, names), None) or locale.getlocale()[0] or ""
    return "nb" if name[:2].lower() in ("nb", "nn", "no") else "en"


def _may_write(file: str, language: str, how: dict[str, Any]) -> bool:
    """Whether a file that is there may go; without a terminal that is an error."""
    if not os.path.lexists(file) or how["force"]:
        return True
    if os.path.isdir(file):
        raise Problem(f"{file} is a folder; name a file, as in {os.path.join(file, FILE)}")
    if how["yes"]:
        raise Problem(f"{file} is there already; --force writes over it")
    if _input(f"{_say('begin.exists', language, file=file)} [{_say('begin.yes-no', language)}] ").strip().casefold()[
        :1
    ] in ("y", "j"):
        return True
    click.echo(_say("begin.kept", language, file=file))
    return False


def _input(prompt: str) -> str:
    """A line from the terminal. click's prompt asks again where nothing is said; here that is an answer."""
    click.echo(prompt, nl=False)
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\r\n")


def _asked(language: str, today: datetime.date) -> dict[str, str]:
    """The answers to the questions."""
    from smlint.begin.conversation import Conversation, Refused
    from smlint.words import safe

    talk = Conversation(language, today)
    click.echo(_wrapped(_say("begin.hello", language)) + "\n")
    while question := talk.question:
        fallback = talk.fallback(question)
        asked = _say(f"ask.{question.key}", language)
        if choices := talk.choices(question):
            click.echo(_wrapped(asked))
            asked = "  " + "  ".join(f"{number} {choice}" for number, choice in enumerate(choices, 1)) + " :"
        said = _input(f"{asked}{f' [{safe(fallback)}]' if fallback else ''} ").strip()
        if said == "<":
            if not talk.back():
                click.echo(f"  {_say('begin.first', language)}")
        elif said == "?":
            click.echo("\n".join(f"  {line}" for line in talk.explained(question)))
        else:
            try:
                talk.answer(said)
            except Refused as refused:
                click.echo(f"  {refused}")
    return talk.answers


def _wrapped(text: str) -> str:
    import textwrap

    from smlint.cli.console import width

    return textwrap.fill(text, width())


def _write(file: str, answers: dict[str, str], language: str, today: datetime.date, how: dict[str, Any]) -> None:
    """Write the plan, and say what it lacks and what to do next."""
    from smlint.begin.draft import SCHEMA, plan_of, text_of
    from smlint.bundled import bundled
    from smlint.report import judge
    from smlint.rulebook import load
    from smlint.settings import Settings
    from smlint.stub import block, with_stubs

    text = text_of(plan_of(answers, language, today), language, file, not how["minimal"], not how["no_schema"])
    report = judge(file, text.encode(), Settings(load()), today)
    if how["complete"]:
        from smlint.guide import topic

        whole = topic(())
        missing = [
            key
            for key in (whole.keys if whole else ())
            if key not in report.plan.data and key not in ("$schema", "waivers")
        ]
        text = "\n".join([text, *(line for key in missing for line in [*block(key, language), ""])]).rstrip() + "\n"
    elif not how["minimal"] and report.score:
        text, _ = with_stubs(report, {finding.id for finding in report.score.next_level})
    write(file, text)
    schema = os.path.join(os.path.dirname(file), SCHEMA)
    if not how["no_schema"] and not os.path.lexists(schema):
        write(schema, (bundled("schemas") / SCHEMA).read_bytes())
    echo(_told(file, report, language, how, None if how["no_schema"] else schema))


def _told(file: str, report: Any, language: str, how: dict[str, Any], schema: str | None) -> str:
    from smlint.words import figure

    score = report.score
    level = _say(f"level.{score.level}", language)
    lines = [
        "",
        _say("begin.wrote", language, file=file, level=score.level, name=level, score=figure(score.total, language, 1)),
    ]
    if schema:
        lines.append(_say("begin.schema", language, file=schema))
    steps = list(score.next_level)
    if steps:
        lines += [
            "",
            _say(f"begin.todo.{'one' if len(steps) == 1 else 'many'}", language, level=score.level + 1, n=len(steps)),
        ]
        for finding in steps:
            lines += [_indented(f"– {finding.message(language)}"), _indented(f"  {finding.fix(language)}")]
        if not how["minimal"]:
            lines.append(_say("begin.stubs", language))
    rule = steps[0].rule.id if steps else "sponsor-missing"
    commands = {
        f"smlint {file}": "check", f"smlint score {file}": "score", f"smlint fix {file} --stubs": "stubs",
        f"smlint explain {rule}": "explain",
    }  # fmt: skip
    wide = max(map(len, commands)) + 2
    lines += [
        "",
        _say("begin.then", language),
        *(f"  {command:<{wide}}{_say(f'begin.then-{key}', language)}" for command, key in commands.items()),
    ]
    return "\n".join(lines) + "\n"


def _indented(text: str) -> str:
    import textwrap

    from smlint.cli.console import width

    return textwrap.fill(text, width(), initial_indent="  ", subsequent_indent="    ")
