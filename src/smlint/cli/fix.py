"""`smlint fix`: repairs what is certain, and makes room for what is missing."""

from __future__ import annotations

import datetime
import difflib
from typing import Any

import click

from smlint.cli.complete import files
from smlint.cli.console import Problem, common, complain, echo, write
from smlint.cli.plain import Command


@click.command(cls=Command)
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", shell_complete=files)
@click.option("--stubs", is_flag=True, help="Make commented room for what is missing, at its place.")
@click.option(
    "--diff", "show", is_flag=True, help="Show what would change, and write nothing: 1 where something would."
)
@click.option("--stdin-filename", metavar="NAME", help="The name of what is read from -; the result is printed.")
@common
def fix(paths: tuple[str, ...], stubs: bool, show: bool, **options: Any) -> None:
    """Repair plans: mistyped keys and values, dates and numbers in local notation, references in the wrong case.

    Only what can have been meant one way is changed, and nothing else of the text.
    """
    from smlint.cli.work import judged

    as_of = options["as_of"] or datetime.date.today()
    reports, _, problems, _, _ = judged(paths, as_of, options)
    language = options["lang"] or next((each.settings.language or each.language for each in reports), None) or "en"
    works = [_Work(report, stubs, as_of, options["lang"]) for report in reports]
    problems += tuple(problem for work in works if (problem := work.problem))
    changed = [work for work in works if work.text != work.before]
    lines = [line for work in works for line in work.told()]
    click.echo("\n".join([*lines, _sum(works, changed, show, language)]), err=show or "-" in paths)
    if show:
        echo("".join(work.difference() for work in changed))
    elif "-" in paths:
        echo(works[0].text if works else "")
    else:
        for work in changed:
            work.save()
    complain(problems, language)
    raise click.exceptions.Exit(2 if problems else 1 if show and changed else 0)


class _Work:
    """What is made of one plan."""

    def __init__(self, report: Any, stubs: bool, as_of: datetime.date, language: str | None) -> None:
        from smlint.fix import encoded, fix
        from smlint.report import judge
        from smlint.stub import with_stubs
        from smlint.words import Word

        self.report, self.language = report, language or report.settings.language or report.language or "en"
        self.name: str = report.plan.name
        self.before = self.text = str(report.plan.text)
        self.repairs: list[Any] = []
        self.problem: Word | None = None
        self.mark, readable = self._encoding()
        if report.score is None:
            message = report.findings[0].message(self.language)
            self.problem = Word("fix.stopped", {"path": self.name, "message": message})
        elif not readable:
            self.problem = Word("fix.not-utf-8", {"path": self.name})
        else:
            self.text, made = fix(report, as_of)
            self.repairs += made
            if stubs:
                again = judge(self.name, encoded(self.text), report.settings, as_of)
                self.text, more = with_stubs(again)
                self.repairs += more
                if self.text.lstrip().startswith("{"):
                    self.problem = Word("fix.no-comments", {"path": self.name})

    def _encoding(self) -> tuple[bytes, bool]:
        """The byte order mark of the file, and whether it is UTF-8."""
        from smlint.cli.work import STDIN

        if self.name == STDIN or not self.report.plan.text:
            return b"", True
        from smlint.discovery import Unreadable, read_bytes
        from smlint.plan import Limits

        try:
            raw = read_bytes(self.name, Limits())
        except Unreadable:
            return b"", True  # standard input under another name
        return (b"\xef\xbb\xbf" if raw.startswith(b"\xef\xbb\xbf") else b""), raw[:2] not in (b"\xff\xfe", b"\xfe\xff")

    def save(self) -> None:
        """Write the plan, unless somebody else has in the meantime."""
        from smlint.discovery import Unreadable, read_bytes
        from smlint.fix import encoded
        from smlint.plan import Limits

        try:
            same = read_bytes(self.name, Limits()) == self.mark + encoded(self.before)
        except Unreadable:
            same = False
        if not same:
            raise Problem(f"{self.name} has changed in the meantime; nothing is written")
        write(self.name, self.mark + encoded(self.text))

    def difference(self) -> str:
        """What changes, as a unified diff; a terminal is not steered by what the plan holds."""
        from smlint.words import safe

        old, new = self.before.splitlines(), self.text.splitlines()
        lines = difflib.unified_diff(old, new, self.name, self.name, lineterm="")
        return "".join(f"{safe(line)}\n" for line in lines)

    def told(self) -> list[str]:
        """A line for each repair, with its place in the text as it was."""
        from smlint.words import Code, say, shown, written

        lines = []
        for repair in self.repairs:
            line = f"{shown(self.name)}:{repair.finding.place.line}: {written(repair.title, self.language)}"
            if repair.brings:
                line += f" ({say('fix.brings', self.language, rules=[Code(id) for id in repair.brings])})"
            lines.append(line)
        return lines


def _sum(works: list[_Work], changed: list[_Work], show: bool, language: str) -> str:
    from smlint.words import Word, say

    count = sum(len(work.repairs) for work in works)
    if not count:
        return say("fix.nothing", language)
    files = Word(f"fix.files.{'one' if len(changed) == 1 else 'many'}", {"n": len(changed)})
    kind = "would" if show else "changed"
    return say(f"fix.{kind}.{'one' if count == 1 else 'many'}", language, n=count, files=files)
