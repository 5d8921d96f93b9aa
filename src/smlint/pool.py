"""Looks at many files, in this process or spread over several, and remembers what it saw; the outcome is the same."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from smlint.comparison import Earlier, compared, earlier_report
from smlint.discovery import Source, Unreadable, plan_in, read_bytes, shown_path
from smlint.plan import Limits, Plan
from smlint.report import Report, judge_plan
from smlint.rule import Rule
from smlint.rulebook import Rulebook
from smlint.settings import Settings
from smlint.words import Word

MANY = 200  # files, from which on several processes and a cache are worth their while
Outcome = (
    Report | Word | None
)  # a report; a sentence where a file cannot be read; None for a found file that is no plan

_settings: Sequence[Settings] = ()  # a source says which of them judge it
_as_of: date = date.min
_lean = False


def prepare(settings: Sequence[Settings], as_of: date, lean: bool = False) -> None:
    """Set what files are judged with; processes started afterwards inherit it.

    `lean` reports keep no data of their plans, which many plans at once would not fit beside each other.
    """
    global _settings, _as_of, _lean
    _settings, _as_of, _lean = settings, as_of, lean


def outcomes(found: Sequence[Source], jobs: int | None, remember: bool) -> Iterator[Outcome]:
    """The outcomes of all files, in their order.

    `jobs`: how many processes; None for as many as there are cores, where there are many files to judge and lean
    reports, which cost little to send, are enough. `remember`:
    whether what earlier runs found may stand in for judging, and what this one finds is kept.
    """
    if len(found) < MANY and not (jobs and jobs > 1):
        yield from map(look_at, found)
        return
    memory = _Memory(found) if remember and _lean and len(found) >= MANY else None
    left = [source for number, source in enumerate(found) if not memory or number not in memory.known]
    if jobs is None:
        jobs = _cores() if _lean and len(left) >= MANY else 1
    judged = _spread(left, jobs) if jobs > 1 and len(left) >= 2 * jobs else map(_packed, left)
    for number, source in enumerate(found):
        if memory and number in memory.known:
            yield memory.known.pop(number)
        else:
            packed = next(judged)
            if memory:
                memory.note(packed)
            yield _unpacked(source, packed)
    if memory:
        memory.close()


def _cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def look_at(source: Source) -> Outcome:
    """The outcome of one file."""
    try:
        plan = plan_in(source, read_bytes(source.name, Limits()), Limits())  # whose bytes nobody holds on to
    except Unreadable as error:
        return error.problem
    return _report(source, plan)


def _report(source: Source, plan: Plan | None) -> Report | None:
    return None if plan is None else judged(plan, source.settings, source.earlier)


def judged(plan: Plan, settings: int, earlier: Earlier | None) -> Report:
    """The report of a plan that has been read, compared with what it was."""
    report = judge_plan(plan, _settings[settings], _as_of)
    if earlier is not None:
        report.change = compared(report, earlier_report(report, earlier, _as_of), earlier)
    return report.lean() if _lean else report


# --- small enough to keep many, and to send between processes ----------------------------------------------------

_Packed = tuple[bytes | None, Any]  # the key under which it may be remembered; a stored report as JSON, or the outcome


def _packed(source: Source) -> _Packed:
    """The outcome of a file, as small as it can be made."""
    try:
        raw = read_bytes(source.name, Limits())
        report = _report(source, plan_in(source, raw, Limits()))
    except Unreadable as error:
        return None, error.problem
    if report is None or not _lean or report.change is not None:
        return None, report
    import json  # only where there are many

    from smlint.stored import NotPlain, stored

    try:
        kept = json.dumps(stored(report), separators=(",", ":"))
    except (NotPlain, ValueError):
        return None, report
    return _key(source, raw), (kept, report.saw_day)


def _unpacked(source: Source, packed: _Packed) -> Outcome:
    found = packed[1]
    return _restored(source, found[0]) if type(found) is tuple else found


def _restored(source: Source, kept: str) -> Report:
    import json

    from smlint.stored import restored

    return restored(shown_path(source.name), json.loads(kept), _settings[source.settings])


# --- what earlier runs found -------------------------------------------------------------------------------------


def _key(source: Source, raw: bytes) -> bytes | None:
    """The key of a file's report; None where this run remembers nothing."""
    from smlint.cache import key_of_plan

    rules = _rules.get(source.settings)
    return key_of_plan(rules, raw, source.outright) if rules else None


_rules: dict[int, bytes] = {}  # by number of the settings: the key of the rules that judge


class _Memory:
    """The cache as one run uses it: `known` outcomes by number of the source, and what is to be kept."""

    def __init__(self, found: Sequence[Source]) -> None:
        from smlint import cache

        self.known: dict[int, Report] = {}
        self._asked: list[bytes] = []
        self._new: list[Any] = []
        self._cache = cache.opened() if cache.can_remember() else None
        _rules.clear()
        if self._cache is not None:
            _rules.update((number, cache.key_of_rules(each.book)) for number, each in enumerate(_settings))
            for number, source in enumerate(found):
                if source.earlier is None and (report := self._find(source)) is not None:
                    self.known[number] = report

    def _find(self, source: Source) -> Report | None:
        assert self._cache is not None
        try:
            key = _key(source, read_bytes(source.name, Limits()))
            kept = self._cache.find(key, _as_of.isoformat()) if key else None
            if key is None or kept is None:
                return None
            self._asked.append(key)
            return _restored(source, kept)
        except Exception:  # judging will say what is wrong with the file; an entry of another shape is none
            return None

    def note(self, packed: _Packed) -> None:
        key, found = packed
        if key is not None and self._cache is not None:
            kept, saw_day = found
            self._new.append((key, _as_of.isoformat() if saw_day else None, kept))

    def close(self) -> None:
        if self._cache is not None:
            self._cache.keep(self._new, self._asked)
            self._cache.close()


# --- several processes -------------------------------------------------------------------------------------------


def _spread(found: Sequence[Source], jobs: int) -> Iterator[_Packed]:
    """The outcomes of files, in their order, worked out by `jobs` processes."""
    import multiprocessing  # only where several processes are wanted

    size = max(1, min(32, len(found) // (4 * jobs)))
    if "fork" in multiprocessing.get_all_start_methods():
        pool = multiprocessing.get_context("fork").Pool(jobs, _travel_light)
    else:
        pool = multiprocessing.get_context("spawn").Pool(jobs, _start, (_settings, _as_of, _lean, _rules))
    with pool as workers:
        yield from workers.imap(_packed, found, chunksize=size)


def _start(settings: Sequence[Settings], as_of: date, lean: bool, rules: dict[int, bytes]) -> None:
    """A process that inherits nothing is told."""
    prepare(settings, as_of, lean)
    _rules.update(rules)
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
