"""Looks at many files, in this process or spread over several; the outcome is the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from smlint.discovery import Source, Unreadable, read
from smlint.plan import Limits
from smlint.report import Report, judge_plan
from smlint.rule import Rule
from smlint.rulebook import Rulebook, load
from smlint.words import Word

_book: Rulebook | None = None
_as_of: date = date.min
_folders: tuple[str, ...] = ()
_lean = False


def prepare(book: Rulebook, as_of: date, folders: tuple[str, ...] = (), lean: bool = False) -> None:
    """Set what every file is judged with (`folders`: of further rules); processes started afterwards inherit it.

    `lean` reports keep no data of their plans, which many plans at once would not fit beside each other.
    """
    global _book, _as_of, _folders, _lean
    _book, _as_of, _folders, _lean = book, as_of, folders, lean


def look_at(source: Source) -> Report | Word | None:
    """The report of a file; None when a found file is no plan; a sentence when it cannot be read."""
    assert _book is not None
    try:
        plan = read(source, Limits())
    except Unreadable as error:
        return error.problem
    if plan is None:
        return None
    report = judge_plan(plan, _book, _as_of)
    return report.lean() if _lean else report


def spread(found: Sequence[Source], jobs: int) -> Iterator[Report | Word | None]:
    """The outcomes of all files, in their order, worked out by `jobs` processes."""
    import copyreg  # both only where several processes are wanted
    import multiprocessing

    copyreg.pickle(Rule, _by_name)  # a rule travels as its name: every process has the same rulebook
    size = max(1, min(32, len(found) // (4 * jobs)))
    if "fork" in multiprocessing.get_all_start_methods():
        pool = multiprocessing.get_context("fork").Pool(jobs)
    else:
        pool = multiprocessing.get_context("spawn").Pool(jobs, _start, (_folders, _as_of, _lean))
    with pool as workers:
        yield from workers.imap(look_at, found, chunksize=size)


def _start(folders: tuple[str, ...], as_of: date, lean: bool) -> None:
    """A process that inherits nothing reads the rules itself."""
    prepare(load(folders), as_of, folders, lean)


def _by_name(rule: Rule) -> tuple[Any, tuple[str]]:
    return _rule, (rule.id,)


def _rule(id: str) -> Rule:
    assert _book is not None
    return _book.rules[id]
