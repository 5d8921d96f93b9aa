"""Looks at many files, in this process or spread over several, and remembers what it saw; the outcome is the same."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from itertools import chain, groupby
from typing import Any

from smlint.comparison import Earlier, compared, earlier_report
from smlint.discovery import Source, Unreadable, plan_in, read_bytes, shown_path
from smlint.light import lighten
from smlint.plan import Limits, Plan
from smlint.record import Record
from smlint.report import Report, judge_plan, judge_plans
from smlint.rule import Rule
from smlint.rulebook import Rulebook
from smlint.settings import Settings
from smlint.words import Word

FEW, FEW_CHARACTERS = 16, 256 * 1024  # plans that are judged side by side, and what they may hold together
AT_ONCE = 1_000  # reports that are remembered in one go
MANY = 200  # files, from which on several processes and a cache are worth their while
Outcome = (
    Report | Word | None
)  # a report; a sentence where a file cannot be read; None for a found file that is no plan

_settings: Sequence[Settings] = ()  # a source says which of them judge it
_as_of: date = date.min
_lean = False


def prepare(settings: Sequence[Settings], as_of: date, lean: bool = False) -> None:
    """Set what files are judged with; processes started afterwards inherit it. PyYAML's events become light ones.

    `lean` reports keep no data of their plans, which many plans at once would not fit beside each other.
    """
    global _settings, _as_of, _lean
    _settings, _as_of, _lean = settings, as_of, lean
    lighten()


def outcomes(found: Sequence[Source], jobs: int | None, remember: bool) -> Iterator[Outcome]:
    """The outcomes of all files, in their order.

    `jobs`: how many processes; None for as many as there are cores, where there are many files to judge and lean
    reports, which cost little to send, are enough. `remember`:
    whether what earlier runs found may stand in for judging, and what this one finds is kept.
    """
    if len(found) < MANY and not (jobs and jobs > 1):
        for few in _few(found):
            yield from (outcome for _, outcome in _looked_at(few))
        return
    memory = _Memory(found) if remember and _lean and len(found) >= MANY else None
    left = [source for number, source in enumerate(found) if not memory or number not in memory.known]
    if jobs is None:
        jobs = _cores() if _lean and len(left) >= MANY else 1
    groups = _few(left)
    spread = jobs > 1 and len(left) >= 2 * jobs
    judged = chain.from_iterable(_spread(groups, jobs) if spread else map(_packed, groups))
    for number, source in enumerate(found):
        if memory and number in memory.known:
            yield memory.known.pop(number)
        else:
            packed = next(judged)
            if memory:
                memory.note(packed)
            yield packed.outcome if packed.outcome or not packed.kept else _restored(source, packed.kept)
    if memory:
        memory.close()


def _cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _few(found: Sequence[Source]) -> list[list[Source]]:
    """The files in their order, a few with the same settings at a time."""
    alike = (list(sources) for _, sources in groupby(found, lambda source: source.settings))
    return [sources[start : start + FEW] for sources in alike for start in range(0, len(sources), FEW)]


_Read = tuple[Source, bytes | None, Plan | Word | None]  # with the key under which the report may be remembered


def _looked_at(few: Sequence[Source]) -> Iterator[tuple[bytes | None, Outcome]]:
    """The outcomes of a few files with the same settings, each with the key under which it may be remembered."""
    for portion in _portions(map(_read, few)):
        plans = [plan for _, _, plan in portion if isinstance(plan, Plan)]
        reports = iter(judge_plans(plans, _settings[few[0].settings], _as_of))
        for source, key, read in portion:
            yield (key, _compared(next(reports), source.earlier)) if isinstance(read, Plan) else (None, read)


def _portions(read: Iterable[_Read]) -> Iterator[list[_Read]]:
    """What has been read, as much at a time as may lie in memory side by side."""
    portion: list[_Read] = []
    size = 0
    for each in read:
        portion.append(each)
        size += len(each[2].text) if isinstance(each[2], Plan) else 0
        if size > FEW_CHARACTERS:
            yield portion
            portion, size = [], 0
    yield portion


def _read(source: Source) -> _Read:
    try:
        raw = read_bytes(source.name, Limits())
        return source, _key(source, raw), plan_in(source, raw, Limits())
    except Unreadable as error:
        return source, None, error.problem


def judged(plan: Plan, settings: int, earlier: Earlier | None) -> Report:
    """The report of a plan that has been read, compared with what it was."""
    return _compared(judge_plan(plan, _settings[settings], _as_of), earlier)


def _compared(report: Report, earlier: Earlier | None) -> Report:
    if earlier is not None:
        report.change = compared(report, earlier_report(report, earlier, _as_of), earlier)
    return report.lean() if _lean else report


# --- small enough to keep many, and to send between processes ----------------------------------------------------


class _Packed(Record):
    """An outcome as small as it can be made; of a report also what is kept of it as JSON, where it is remembered under
    a key, or travels and is all there is."""

    outcome: Outcome
    key: bytes | None = None
    kept: str = ""
    saw_day: bool = False


def _packed(few: Sequence[Source], travels: bool = False) -> list[_Packed]:
    """The outcomes of a few files with the same settings."""
    return [_small(key, outcome, travels) for key, outcome in _looked_at(few)]


def _small(key: bytes | None, outcome: Outcome, travels: bool) -> _Packed:
    if not isinstance(outcome, Report) or not _lean or outcome.change is not None:
        return _Packed(outcome)
    from smlint.stored import NotPlain, compact, stored  # only where there are many

    if key is None and not travels:
        return _Packed(compact(outcome))
    import json

    try:
        kept = json.dumps(stored(outcome), separators=(",", ":"))
    except (NotPlain, ValueError):
        return _Packed(outcome)
    return _Packed(None if travels else compact(outcome), key, kept, outcome.saw_day)


def _restored(source: Source, kept: str) -> Report:
    import json

    from smlint.stored import restored

    return restored(shown_path(source.name), json.loads(kept), _settings[source.settings])


# --- what earlier runs found -------------------------------------------------------------------------------------


def _key(source: Source, raw: bytes) -> bytes | None:
    """The key of a file's report; None where this run remembers nothing."""
    rules = _rules.get(source.settings)
    if rules is None:
        return None
    from smlint.cache import key_of_plan

    return key_of_plan(rules, raw, source.outright)


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
        if packed.key is not None and self._cache is not None:
            self._new.append((packed.key, _as_of.isoformat() if packed.saw_day else None, packed.kept))
            if len(self._new) >= AT_ONCE:
                self._cache.keep(self._new)
                self._new.clear()

    def close(self) -> None:
        if self._cache is not None:
            self._cache.keep(self._new, self._asked)
            self._cache.close()


# --- several processes -------------------------------------------------------------------------------------------


def _spread(groups: Iterable[Sequence[Source]], jobs: int) -> Iterator[list[_Packed]]:
    """The outcomes of files, in their order, worked out by `jobs` processes."""
    import multiprocessing  # only where several processes are wanted

    if "fork" in multiprocessing.get_all_start_methods():
        pool = multiprocessing.get_context("fork").Pool(jobs, _travel_light)
    else:
        pool = multiprocessing.get_context("spawn").Pool(jobs, _start, (_settings, _as_of, _lean, _rules))
    with pool as workers:
        yield from workers.imap(partial(_packed, travels=True), groups)


def _start(settings: Sequence[Settings], as_of: date, lean: bool, rules: dict[int, bytes]) -> None:
    """A process that inherits nothing is told."""
    gc.disable()  # see cli.run
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
