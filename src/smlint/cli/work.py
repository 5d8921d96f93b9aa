"""From paths and options to reports: what check, score, report and others have in common."""

from __future__ import annotations

import datetime
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from smlint import pool
from smlint.checks import PluginError, allow
from smlint.cli.console import Problem, meant
from smlint.comparison import Earlier
from smlint.config import Configurations, Options
from smlint.discovery import Source, Unreadable, place_of, shown_path, sources
from smlint.files import Disk, called
from smlint.record import Record
from smlint.report import Report
from smlint.rulebook import Rulebook, RuleError, load
from smlint.words import LANGUAGES, Code, Word

STDIN = "<stdin>"


class Judged(Record):
    """What judging the files of a command gave.

    `reports` in the order of their names; `skipped` counts files that are no plans; `problems` say what could not be
    checked, `notes` what else the reader should know; `book` judges where no configuration says otherwise.
    """

    reports: tuple[Report, ...]
    skipped: int
    problems: tuple[Word, ...]
    notes: tuple[Word, ...]
    book: Rulebook


def unjudged(reports: Iterable[Report]) -> tuple[Word, ...]:
    """What commands that show no findings say of files that could not be read: where and why."""
    faulty = [(report, report.findings[0]) for report in reports if report.score is None]
    return tuple(
        Word("problem.unjudged", {
            "file": report.plan.name, "line": str(finding.place.line), "column": str(finding.place.column),
            "why": {language: finding.message(language) for language in LANGUAGES},
        })
        for report, finding in faulty
    )  # fmt: skip


@contextmanager
def faults() -> Iterator[None]:
    """Turn what is wrong with rules, configuration, plugins, baseline or git into one sentence and exit 2."""
    try:
        yield
    except (RuleError, PluginError) as error:
        raise Problem(str(error)) from None
    except Exception as error:
        if type(error).__name__ in ("GitError", "BaselineError"):  # their modules are loaded only where they are used
            raise Problem(str(error)) from None
        raise


def rulebook(options: dict[str, Any]) -> Rulebook:
    """The shipped rules and those of --rules, for commands that know no plans."""
    with faults():
        allow(options.get("plugins", ()))
        return load(options["folders"])


def judged(paths: tuple[str, ...], as_of: datetime.date, options: dict[str, Any], lean: bool = False) -> Judged:
    """Judge the plans behind the paths by the settings that hold for each, compared where that is asked for.

    `lean`: keep no data of the plans, only what was found.
    """
    _check_names(paths)
    with faults():
        if options.get("since") is not None:
            from smlint.cli.gated import judged_since

            return judged_since(paths, as_of, options, lean)
        configured = Configurations(Disk(), chosen(options))
        work = Work(paths, configured, as_of, options, lean)
        work.judge(work.sources())
        return work.done(list(work.baselines.notes(work.reports)))


def _check_names(paths: tuple[str, ...]) -> None:
    """A single word that is no file may be a mistyped command."""
    from smlint.cli import COMMANDS

    if len(paths) == 1 and not os.path.exists(paths[0]) and (near := meant(paths[0], list(COMMANDS))):
        raise Problem(f"{paths[0]!r} is neither a file nor a command{near}")


def chosen(options: dict[str, Any]) -> Options:
    """What the command line says of settings."""
    return Options(
        file=options.get("config"),
        isolated=bool(options.get("isolated")),
        rule_folders=options["folders"],
        plugins=options.get("plugins", ()),
        language=options["lang"],
        fail_on=options.get("fail_on"),
        min_score=options.get("min_score"),
        min_level=options.get("min_level"),
        baseline=options.get("baseline"),
    )


def folder_in_repository() -> str:
    """The working directory as seen from the top of the repository; "" at the top, or outside of any."""
    here = os.getcwd()
    top = here
    while not os.path.exists(os.path.join(top, ".git")):
        top, below = os.path.dirname(top), top
        if top == below:
            return ""
    return "" if top == here else os.path.relpath(here, top).replace(os.sep, "/")


@contextmanager
def progress(outcomes: Iterable[Any], count: int) -> Iterator[Iterable[Any]]:
    """The outcomes as they come, told on standard error where that is a terminal and there are many."""
    if count < pool.MANY or not sys.stderr.isatty():
        yield outcomes
        return
    with click.progressbar(outcomes, length=count, file=sys.stderr) as told:
        yield told


class Work:
    """The files of one command on their way to reports."""

    def __init__(
        self,
        paths: tuple[str, ...],
        configured: Configurations,
        as_of: datetime.date,
        options: dict[str, Any],
        lean: bool,
    ) -> None:
        self.paths = paths
        self.configured = configured
        self.as_of = as_of
        self.options = options
        self.lean = lean
        self.plans_only = bool(options.get("plans_only"))
        self.baselines = Baselines(configured)
        self.reports: dict[str, Report] = {}  # by place
        self.skipped = 0
        self.problems: list[Word] = []

    def sources(self) -> list[Source]:
        """The files behind the paths."""
        named = tuple(path for path in self.paths if path != "-")
        found: list[Source] = []
        try:
            found += sources(named, self.plans_only, self.configured)
        except Unreadable as error:
            self.problems.append(error.problem)
        return found

    def judge(self, found: Sequence[Source], past: Any = None) -> None:
        """Judge files, and standard input where it is among the paths, against what is known of earlier states."""
        compared = [(source, self.earlier(source.place, source.settings, past)) for source in found]
        ready = [source if earlier is None else source._replace(earlier=earlier) for source, earlier in compared]
        standard = self._standard_input(past) if "-" in self.paths and not self.reports else None
        pool.prepare(self.configured.settings, self.as_of, self.lean)
        jobs, remember = self.options.get("jobs"), not self.options.get("no_cache")
        with progress(pool.outcomes(ready, jobs, remember), len(ready)) as told:
            for source, outcome in zip(ready, told, strict=True):
                self._note(source.place, outcome)
        if standard is not None:
            self._note(standard[0], pool.judged(standard[1], *standard[2:]))

    def _note(self, place: str, outcome: Report | Word | None) -> None:
        if outcome is None:
            self.skipped += 1
        elif isinstance(outcome, Word):
            self.problems.append(outcome)
        else:
            self.reports[place] = outcome

    def _standard_input(self, past: Any) -> tuple[Any, ...]:
        """Place, plan, number of the settings and earlier state of what is read from -."""
        from smlint.plan import Limits, Plan

        name = self.options.get("stdin_filename") or STDIN
        place, limits = place_of(name), Limits()
        number = self.configured.of(place)
        raw = sys.stdin.buffer.read(limits.max_bytes + 1)
        return place, Plan.read(shown_path(name), raw, limits), number, self.earlier(place, number, past)

    def earlier(self, place: str, settings: int, past: Any) -> Earlier | None:
        """What a plan is compared with: a revision, a baseline, both or nothing."""
        baseline = self.baselines.of(settings)
        known = baseline.known(place) if baseline else frozenset()
        if past is not None:
            name, raw = past.of(place)
            return Earlier(past.revision.name, raw, name, known, revision=True)
        return Earlier(self.baselines.called(settings), known=known) if baseline else None

    def done(self, notes: Sequence[Word] = ()) -> Judged:
        """All that was found. Nothing checked is a problem, but for hooks that are handed files of all kinds."""
        if not self.reports and not self.problems and not self.plans_only:
            self.problems.append(Word("problem.nothing"))
        reports = tuple(sorted(self.reports.values(), key=lambda report: report.plan.name))
        book = self.configured.settings[0].book if self.configured.settings else load(self.options["folders"])
        return Judged(reports, self.skipped, tuple(self.problems), tuple(notes), book)


class Baselines:
    """The baselines that the settings of a run name, each read once."""

    def __init__(self, configured: Configurations) -> None:
        self.configured = configured
        self._read: dict[str, Any] = {}

    def of(self, settings: int) -> Any:
        """The baseline of some settings, None for none. Raises BaselineError."""
        path = self.configured.settings[settings].baseline
        if path is None:
            return None
        if path not in self._read:
            from smlint.baseline import read_baseline

            self._read[path] = read_baseline(self.configured.files.entry(path), path, called(path))
        return self._read[path]

    def called(self, settings: int) -> str:
        return called(self.configured.settings[settings].baseline or "")

    def notes(self, judged: dict[str, Report]) -> Iterator[Word]:
        """Entries that nothing answers to any more."""
        for path, baseline in self._read.items():
            there = [name for name in baseline.plans if os.path.isfile(os.path.join(baseline.folder, name))]
            if stale := baseline.stale(judged, there):
                key = f"note.stale.{'one' if len(stale) == 1 else 'many'}"
                yield Word(key, {"file": Code(called(path)), "n": len(stale)})
