"""What commands share: options, printing, writing files, complaining."""

from __future__ import annotations

import datetime
import os
import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


class Problem(click.ClickException):
    """Wrong use, or something that could not be checked: one sentence, exit 2."""

    exit_code = 2


class Day(click.ParamType):  # type: ignore[type-arg]  # generic only in later versions of click
    """A calendar date as YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime.date:
        if isinstance(value, datetime.date):
            return value
        try:
            if len(value) != 10:
                raise ValueError
            return datetime.date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date such as 2027-06-30", param, ctx)


class Points(click.ParamType):  # type: ignore[type-arg]  # generic only in later versions of click
    """An exact number from 0 to 100."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Fraction:
        from smlint.plan import number

        found = number(str(value))
        if not isinstance(found, int | Fraction) or not 0 <= found <= 100:
            self.fail(f"{value!r} is not a number from 0 to 100", param, ctx)
        return Fraction(found)


def common(command: F) -> F:
    """The options that every command on plans has."""
    options = (
        click.option("--config", metavar="FILE", help="This configuration, rather than the nearest one upwards."),
        click.option("--isolated", is_flag=True, help="No configuration at all."),
        click.option(
            "--rules", "folders", multiple=True, metavar="DIR", help="Add the rules of a folder. May be repeated."
        ),
        click.option("--plugin", "plugins", multiple=True, metavar="NAME", help="Allow an installed package's verbs."),
        click.option("--as-of", type=Day(), metavar="DATE", help="The day to judge on (default: today)."),
        click.option(
            "--lang", type=click.Choice(["en", "nb"]), help="Language (default: what each plan says, else en)."
        ),
        click.option(
            "--color",
            "colour",
            type=click.Choice(["auto", "always", "never"]),
            default="auto",
            help="Colours (default: auto).",
        ),
        click.option("--quiet", is_flag=True, help="Only what was asked for: no closing line."),
        click.option("--debug", is_flag=True, help="Show the traceback of an internal error."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def colour(wish: str, stream: Any) -> bool:
    """NO_COLOR and FORCE_COLOR decide where the option does not."""
    if wish != "auto":
        return wish == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return bool(stream.isatty()) and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Columns of the terminal, 40 to 120; 80 in a pipe."""
    try:
        columns = int(os.environ.get("COLUMNS") or os.get_terminal_size(sys.stdout.fileno()).columns)
    except (ValueError, OSError):
        columns = 80
    return max(40, min(120, columns or 80))


def meant(name: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name[:60], known, 1, 0.6)
    return f"; did you mean {near[0]}?" if near else ""


def echo(text: str) -> None:
    """Print as UTF-8 whatever the locale, and without click's own stripping of colours."""
    stream = sys.stdout
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure:
        reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:  # the reader has seen enough; that changes nothing of what was decided
        let_go(stream)
    except OSError as error:
        let_go(stream)
        raise Problem(f"standard output: cannot be written: {error.strerror}") from None


def let_go(stream: Any) -> None:
    """Send what a stream still holds nowhere, so that closing it at exit does not fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def complain(problems: Sequence[Any], language: str) -> None:
    """Say what could not be checked, on standard error."""
    from smlint.words import written

    for problem in problems:
        click.echo(f"smlint: {written(problem, language)}", err=True)


def write(file: str, content: str | bytes) -> None:
    """Write a file whole or not at all: to a temporary file beside it, then renamed.

    A file that is there keeps its mode; behind a link, the file that is meant is written. What is no regular file, such
    as a terminal or a pipe, is written as it comes.
    """
    import stat
    import tempfile

    raw = content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace")
    try:
        target = os.path.realpath(file)
        mode = os.stat(target).st_mode if os.path.exists(target) else stat.S_IFREG | 0o644
        if not stat.S_ISREG(mode):
            with open(file, "wb") as stream:
                stream.write(raw)
            return
        descriptor, temporary = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".smlint-")
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(raw)
            os.chmod(temporary, stat.S_IMODE(mode))
            os.replace(temporary, target)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        raise Problem(f"{file}: cannot be written: {error.strerror}") from None
