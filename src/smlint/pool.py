"""Looks at many files, in this process or spread over several; the outcome is the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from smlint.comparison import Earlier, compared, earlier_report
from smlint.discovery import Source, Unreadable, read
from smlint.plan import Limits, Plan
from smlint.report import Report, judge_plan
from smlint.rule import Rule
from smlint.rulebook import Rulebook
from smlint.settings import Settings
from smlint.words import Word

_settings: Sequence[Settings] = ()  # a source says which of them judge it
_as_of: date = date.min
_lean = False


def prepare(settings: Sequence[Settings], as_of: date, lean: bool = False) -> None:
    """Set what files are judged with; processes started afterwards inherit it.

    `lean` reports keep no data of their plans, which many plans at once would not fit beside each other.
    """
    global _settings, _as_of, _lean
    _settings, _as_of, _lean = settings, as_of, lean


def look_at(source: Source) -> Report | Word | None:
    """The report of a file; None when a found file is no plan; a sentence when it cannot be read."""
    try:
        plan = read(source, Limits())
    except Unreadable as error:
        return error.problem
    return None if plan is None else judged(plan, source.settings, source.earlier)


def judged(plan: Plan, settings: int, earlier: Earlier | None) -> Report:
    """The report of a plan that has been read, compared with what it was."""
    report = judge_plan(plan, _settings[settings], _as_of)
    if earlier is not None:
        report.change = compared(report, earlier_report(report, earlier, _as_of), earlier)
    return report.lean() if _lean else report


def spread(found: Sequence[Source], jobs: int) -> Iterator[Report | Word | None]:
    """The outcomes of all files, in their order, worked out by `jobs` processes."""
    import multiprocessing  # only where several processes are wanted

    size = max(1, min(32, len(found) // (4 * jobs)))
    if "fork" in multiprocessing.get_all_start_methods():
        pool = multiprocessing.get_context("fork").Pool(jobs, _travel_light)
    else:
        pool = multiprocessing.get_context("spawn").Pool(jobs, _start, (_settings, _as_of, _lean))
    with pool as workers:
        yield from workers.imap(look_at, found, chunksize=size)


def _start(settings: Sequence[Settings], as_of: date, lean: bool) -> None:
    """A process that inherits nothing is told."""
    prepare(settings, as_of, lean)
    _travel_light()


def _travel_light() -> None:
    """Let what every process has travel by name: rules, rulebooks and settings are not part of an answer."""
    import copyreg

    rules = {
        id(rule): (number, name) for number, each in enumerate(_settings) for name, rule in each.book.rules.items()
    }
    books = {id(each.book): number for number, each in enumerate(_settings)}
    own = {id(each): number for number, each in enumerate(_settings)}
    copyreg.pickle(Rule, lambda rule: (_rule, rules[id(rule)]))
    copyreg.pickle(Rulebook, lambda book: (_book, (books[id(book)],)))
    copyreg.pickle(Settings, lambda settings: (_own, (own[id(settings)],)))


def _rule(number: int, name: str) -> Rule:
    return _settings[number].book.rules[name]


def _book(number: int) -> Rulebook:
    return _settings[number].book


def _own(number: int) -> Settings:
    return _settings[number]
