"""The commands: parse, call, print, exit. Nothing else in smlint prints or exits."""

from __future__ import annotations

import datetime
import gc
import os
import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NoReturn, TypeVar

import click

from smlint import __version__

F = TypeVar("F", bound=Callable[..., Any])
FORMATS = ("text", "concise", "table", "json")
SCHEMAS = ("plan", "rule", "dimensions", "report")


class Problem(click.ClickException):
    """Wrong use, or something that could not be checked: one sentence, exit 2."""

    exit_code = 2


class Commands(click.Group):
    """A first word that is neither a command nor --help or --version means `check`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = ("--help", "--version")
        if not args or (args[0] not in self.commands and args[0] not in own):
            args = ["check", *args]
        return super().parse_args(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["--help"], "max_content_width": 100})
@click.version_option(__version__, message="smlint %(version)s")
def smlint() -> None:
    """Lint social media strategy plans, and score how mature they are.

    Without a command, `check` is meant: `smlint plan.yaml`.
    """


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run smlint and exit. click's own exit codes do not shine through: wrong use is 2, Ctrl-C 130."""
    words = list(sys.argv[1:] if args is None else args)
    # What start-up makes lives as long as the process, and plans come and go whole: rare collections are enough.
    gc.set_threshold(200_000, 20, 100)
    debug = "--debug" in words
    try:
        code = smlint.main(words, prog_name="smlint", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as exit:
        code = exit.exit_code
    except (click.Abort, KeyboardInterrupt):
        code = 130
    except click.ClickException as problem:
        problem.show()
        code = 2
    except Exception as error:
        if debug:
            raise
        said = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        click.echo(
            f"smlint: internal error: {said} (run again with --debug for a traceback, and please report it)", err=True
        )
        code = 2
    sys.exit(code if isinstance(code, int) else 0)


# --- options that commands share ----------------------------------------------------------------------------------


class Day(click.ParamType[datetime.date]):
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


class Points(click.ParamType[Fraction]):
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
        click.option(
            "--rules", "folders", multiple=True, metavar="DIR", help="Add the rules of a folder. May be repeated."
        ),
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


def _colour(wish: str, stream: Any) -> bool:
    """NO_COLOR and FORCE_COLOR decide where the option does not."""
    if wish != "auto":
        return wish == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return bool(stream.isatty()) and os.environ.get("TERM") != "dumb"


def _width() -> int:
    """Columns of the terminal, 40 to 120; 80 in a pipe."""
    try:
        columns = int(os.environ.get("COLUMNS") or os.get_terminal_size(sys.stdout.fileno()).columns)
    except (ValueError, OSError):
        columns = 80
    return max(40, min(120, columns or 80))


def _rulebook(folders: tuple[str, ...]) -> Any:
    from smlint.rulebook import RuleError, load

    try:
        return load(folders)
    except RuleError as error:
        raise Problem(str(error)) from None


# --- check -----------------------------------------------------------------------------------------------------------


@smlint.command()
@click.argument("paths", nargs=-1, metavar="[PATH]…")
@click.option("--format", "format", type=click.Choice(FORMATS), default="text", help="What to print (default: text).")
@click.option("--output", "outputs", multiple=True, metavar="[FORMAT=]FILE", help="Write a file too. May be repeated.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info", "never"]),
    default="error",
    help="Least severity that fails.",
)
@click.option("--min-score", type=Points(), metavar="N", help="Fail below this score, 0 to 100.")
@click.option("--min-level", type=click.IntRange(1, 5), metavar="N", help="Fail below this maturity level, 1 to 5.")
@click.option(
    "--select", multiple=True, metavar="WHAT", help="Show and gate only these rules, dimensions or severities."
)
@click.option("--ignore", multiple=True, metavar="WHAT", help="Neither show nor gate these.")
@click.option("--jobs", type=click.IntRange(1, 256), default=1, metavar="N", help="Processes (default: 1).")
@click.option("--plans-only", is_flag=True, help="Skip named files that are no plans, as under a folder.")
@click.option("--stdin-filename", metavar="NAME", help="The name of what is read from -.")
@click.option("--statistics", is_flag=True, help="Count the findings per rule.")
@common
def check(paths: tuple[str, ...], **options: Any) -> None:
    """Lint and score plans; the gate: 0 open, 1 closed, 2 something could not be checked.

    PATH is a file, a folder to search, or - for standard input. Without one, the current folder.
    """
    from smlint.gate import decide
    from smlint.report import Run
    from smlint.words import say

    outputs = [_output(text) for text in options["outputs"]]
    book = _rulebook(options["folders"])
    as_of = options["as_of"] or datetime.date.today()
    select, ignore = (_selection(options[name], book, name) for name in ("select", "ignore"))
    reports, skipped, problems = _judged(paths or (".",), _settings(book, options), as_of, options)
    verdict = decide(reports, select, ignore, tuple(problems))
    run = Run(reports, skipped, verdict, book, as_of, options["lang"], select, ignore)
    if reports or options["format"] == "json":
        _echo(_rendered(run, options["format"], _look(options)))
    elif not problems and not options["quiet"]:
        click.echo(say("summary.nothing-checked", run.own_language), err=True)
    for format, file in outputs:
        _write(file, _rendered(run, format, _look(options, file=True)))
    _complain(problems, run.own_language)
    raise click.exceptions.Exit(2 if problems else 0 if verdict.passed else 1)


def _settings(book: Any, options: dict[str, Any]) -> Any:
    from smlint.settings import Settings

    asked = {name: options.get(name) for name in ("fail_on", "min_score", "min_level")}
    return Settings(book, options["lang"], **{name: value for name, value in asked.items() if value is not None})


def _complain(problems: list[Any], language: str) -> None:
    """Say what could not be checked, on standard error."""
    from smlint.words import written

    for problem in problems:
        click.echo(f"smlint: {written(problem, language)}", err=True)


def _look(options: dict[str, Any], file: bool = False) -> Any:
    from smlint.reporters import Look

    if file:
        return Look(width=100, colour=False, statistics=options["statistics"])
    return Look(_width(), _colour(options["colour"], sys.stdout), options["quiet"], options["statistics"])


def _rendered(run: Any, format: str, look: Any) -> str:
    from smlint.reporters import reporter

    return reporter(format)(run, look)


def _echo(text: str) -> None:
    """Print as UTF-8 whatever the locale, and without click's own stripping of colours."""
    stream = sys.stdout
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure:
        reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:  # the reader has seen enough; that changes nothing of what was decided
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _selection(wanted: tuple[str, ...], book: Any, option: str) -> tuple[str, ...]:
    """The names after --select or --ignore, by comma too; each a rule, diagnostic, dimension or severity."""
    from smlint.finding import SEVERITIES, diagnostics

    known = [*book.rules, *diagnostics(), *book.dimensions, *SEVERITIES]
    names = tuple(name.strip() for text in wanted for name in text.split(",") if name.strip())
    for name in names:
        if name not in known:
            raise Problem(f"--{option}: {name!r} is no rule, dimension or severity{_meant(name, known)}")
    return names


def _meant(name: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name[:60], known, 1, 0.6)
    return f"; did you mean {near[0]}?" if near else ""


def _judged(
    paths: tuple[str, ...], settings: Any, as_of: datetime.date, options: dict[str, Any]
) -> tuple[tuple[Any, ...], int, list[Any]]:
    """The reports in order of their names, how many files were skipped, and what could not be checked."""
    from smlint.discovery import Unreadable, sources
    from smlint.rulebook import RuleError
    from smlint.words import Word

    found: list[Any] = []
    problems: list[Word] = []
    if len(paths) == 1 and not os.path.exists(paths[0]) and (meant := _meant(paths[0], list(smlint.commands))):
        raise Problem(f"{paths[0]!r} is neither a file nor a command{meant}")
    try:
        found += sources(tuple(path for path in paths if path != "-"), options.get("plans_only", False))
    except Unreadable as error:
        problems.append(error.problem)
    try:
        outcomes = [_standard_input(settings, as_of, options)] if "-" in paths else []
        outcomes += _work(found, settings, as_of, options)
    except RuleError as error:
        raise Problem(str(error)) from None
    problems += [outcome for outcome in outcomes if isinstance(outcome, Word)]
    reports = [outcome for outcome in outcomes if outcome is not None and not isinstance(outcome, Word)]
    skipped = outcomes.count(None)
    if not reports and not problems and not (options.get("plans_only") and skipped):
        problems.append(Word("problem.nothing"))
    return tuple(sorted(reports, key=lambda report: report.plan.name)), skipped, problems


def _standard_input(settings: Any, as_of: datetime.date, options: dict[str, Any]) -> Any:
    from smlint.plan import Limits
    from smlint.report import judge

    limits = Limits()
    raw = sys.stdin.buffer.read(limits.max_bytes + 1)
    return judge(options.get("stdin_filename") or "<stdin>", raw, settings, as_of, limits)


def _work(found: list[Any], settings: Any, as_of: datetime.date, options: dict[str, Any]) -> Any:
    """One outcome per file: a report, None for a file that is no plan, or the sentence why it could not be read."""
    from smlint import pool

    pool.prepare((settings,), as_of, lean="format" in options)
    jobs = options.get("jobs", 1)
    if jobs == 1 or len(found) < 2 * jobs:
        return map(pool.look_at, found)
    return pool.spread(found, jobs)


def _output(text: str) -> tuple[str, str]:
    """FORMAT=FILE, or FILE whose ending decides."""
    from smlint.reporters import ENDINGS, REPORTERS

    format, separator, file = text.partition("=")
    if separator and format in REPORTERS and file:
        return format, file
    ending = os.path.splitext(text)[1].lower()
    if ending not in ENDINGS:
        raise Problem(f"--output {text}: say the format, as in json={text} (formats: {', '.join(REPORTERS)})")
    return ENDINGS[ending], text


def _write(file: str, text: str) -> None:
    """Write a file whole or not at all: to a temporary file beside it, then renamed."""
    import tempfile

    folder = os.path.dirname(os.path.abspath(file))
    try:
        descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=".smlint-")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
                stream.write(text)
            os.chmod(temporary, 0o644)
            os.replace(temporary, file)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        raise Problem(f"{file}: cannot be written: {error.strerror}") from None


# --- score -----------------------------------------------------------------------------------------------------------


@smlint.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option("--explain", is_flag=True, help="Print the ledger that sums to 100.")
@common
def score(paths: tuple[str, ...], **options: Any) -> None:
    """Level, dimensions and next steps of plans."""
    from smlint.report import Run, Verdict
    from smlint.reporters import Look
    from smlint.reporters.scorecard import render
    from smlint.words import Word

    book = _rulebook(options["folders"])
    as_of = options["as_of"] or datetime.date.today()
    reports, skipped, problems = _judged(paths, _settings(book, options), as_of, options)
    unread = [report.plan.name for report in reports if report.score is None]
    problems += [Word("gate.unread", {"files": unread})] if unread else []
    run = Run(reports, skipped, Verdict(not problems), book, as_of, options["lang"])
    look = Look(_width(), _colour(options["colour"], sys.stdout), options["quiet"])
    _echo(render(run, look, explain=options["explain"]))
    _complain(problems, run.own_language)
    raise click.exceptions.Exit(2 if problems else 0)


# --- rules -----------------------------------------------------------------------------------------------------------

_FORMAT = click.option(
    "--format",
    "format",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    help="What to print (default: text).",
)


@smlint.command()
@_FORMAT
@common
def rules(format: str, **options: Any) -> None:
    """List the rules."""
    from smlint.catalogue import listing

    _echo(listing(_rulebook(options["folders"]), format, _pen(options)))


@smlint.command()
@click.argument("rule")
@_FORMAT
@common
def explain(rule: str, format: str, **options: Any) -> None:
    """Explain a rule: why, what to do, sources, examples."""
    from smlint.catalogue import explanation
    from smlint.finding import diagnostics

    book = _rulebook(options["folders"])
    if rule not in book.rules and rule not in diagnostics():
        raise Problem(f"{rule!r} is not a rule{_meant(rule, [*book.rules, *diagnostics()])}")
    _echo(explanation(rule, book, format, _pen(options)))


def _pen(options: dict[str, Any]) -> Any:
    from smlint.reporters import Look
    from smlint.reporters.style import Pen

    return Pen(Look(_width(), _colour(options["colour"], sys.stdout)), options["lang"] or "en")


@smlint.command("test-rules")
@click.argument("folders", nargs=-1, metavar="[DIR]…")
@click.option("--debug", is_flag=True, help="Show the traceback of an internal error.")
def test_rules(folders: tuple[str, ...], debug: bool) -> None:
    """Run the good and bad examples of rule files: those in DIR, or the shipped ones."""
    from smlint.proof import prove
    from smlint.rulebook import RuleError

    book = _rulebook(folders)
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


@smlint.command()
@click.argument("name", type=click.Choice(SCHEMAS), default="plan")
@click.option("--path", "show_path", is_flag=True, help="Print where the schema lies instead.")
def schema(name: str, show_path: bool) -> None:
    """Print a JSON Schema: of plans, rule files, dimensions or the JSON report."""
    from smlint.bundled import bundled

    file = bundled("schemas") / f"{name}.schema.json"
    _echo(f"{file}\n" if show_path else file.read_text("utf-8"))
