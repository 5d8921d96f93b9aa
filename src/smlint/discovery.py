"""Finds the plans that paths mean: files named outright, and under directories whatever holds the key `smlint`."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Protocol

from smlint.comparison import Earlier
from smlint.files import File
from smlint.pattern import pattern
from smlint.plan import Limits, Plan
from smlint.record import Record
from smlint.words import Word, shown

SUFFIXES = (".yaml", ".yml", ".json")
_MORE = 1 << 16  # bytes to read at once where a file holds more than it said
_KEY = pattern(rb'^(?:\xef\xbb\xbf)?smlint[ \t]*:|"smlint"[ \t\r\n]*:', re.MULTILINE)


class Unreadable(Exception):
    """A file or directory that could not be checked; the run must not pass. `problem` says why."""

    def __init__(self, problem: str, file: str, reason: str = "") -> None:
        self.problem = Word(f"problem.{problem}", {"file": shown(file), "reason": reason})


class Source(Record):
    """A file to look at. `outright`: it was named, so it is meant to be a plan. `settings`: the number of those that
    hold for it. `place`: its absolute path (see `place_of`). `earlier`: the state that it is compared with."""

    name: str
    outright: bool
    settings: int = 0
    place: str = ""
    earlier: Earlier | None = None


class Configured(Protocol):
    """What a configuration says of paths: which settings hold for a plan, and what a folder's search passes by."""

    def at(self, folder: str) -> Any: ...

    def excludes(self, config: Any, path: str, folder: bool) -> bool: ...

    def of(self, path: str) -> int: ...


def sources(paths: tuple[str, ...], plans_only: bool, configured: Configured) -> Iterator[Source]:
    """The files behind the paths, each once. With `plans_only`, named files are treated like found ones."""
    seen: set[str] = set()
    real = cache(os.path.realpath)  # of a folder that hundreds of the paths may name
    for path in paths:
        for source, place in _behind(path, plans_only, configured, real):
            if place not in seen:
                seen.add(place)
                yield source._replace(settings=configured.of(place), place=place)


def place_of(name: str, real: Callable[[str], str] = os.path.realpath) -> str:
    """The absolute path of a file, links to folders resolved, as configuration and git know it."""
    folder, file = os.path.split(os.path.abspath(name))
    return os.path.join(real(folder), file)


def _behind(
    path: str, plans_only: bool, configured: Configured, real: Callable[[str], str]
) -> Iterator[tuple[Source, str]]:
    """The sources with their places; `real` resolves the links to a folder."""
    if not os.path.isdir(path):
        place = place_of(path, real)
        if not (plans_only and configured.excludes(configured.at(os.path.dirname(place)), place, False)):
            yield Source(path, not plans_only), place
        return
    root = os.path.realpath(path)
    search = _Search(root, configured)
    yield from ((Source(shown_path(name), False), place) for name, place in search.under(path, root, search.above()))


def shown_path(name: str) -> str:
    """A path as we print it: with slashes, without a leading ./ ."""
    return name.replace(os.sep, "/").removeprefix("./")


class _Search:
    """A search for files under one folder, `root`."""

    def __init__(self, root: str, configured: Configured) -> None:
        self.root = root
        self.configured = configured

    def above(self) -> list[Any]:
        """The .gitignore files from the repository's root down to the folder above; none outside a repository."""
        above = [self.root]
        while (parent := os.path.dirname(above[-1])) != above[-1]:
            above.append(parent)
        top = next((index for index, folder in enumerate(above) if os.path.exists(os.path.join(folder, ".git"))), None)
        if not top:
            return []
        return [ignore for folder in reversed(above[1 : top + 1]) for ignore in _ignore_file(folder)]

    def under(self, folder: str, place: str, ignores: list[Any]) -> Iterator[tuple[str, str]]:
        """The YAML and JSON files under a folder, in order, with their places; no hidden, ignored, excluded or foreign
        ones, and no linked folders."""
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            raise Unreadable("unreadable", folder, str(error.strerror)) from None
        ignores = [*ignores, *_ignore_file(place)]
        config = self.configured.at(place)
        for entry in entries:
            is_folder, here = entry.is_dir(follow_symlinks=False), os.path.join(place, entry.name)
            if entry.name.startswith(".") or not (is_folder or entry.name.lower().endswith(SUFFIXES)):
                continue
            if ignores and _ignored(here, is_folder, ignores):
                continue
            if config is not None and self.configured.excludes(config, here, is_folder):
                continue
            if is_folder:
                yield from self.under(os.path.join(folder, entry.name), here, ignores)
            elif _belongs(entry, self.root):
                yield os.path.join(folder, entry.name), here


def _belongs(entry: os.DirEntry[str], root: str) -> bool:
    """A regular file; a link only to one under the folder that is searched."""
    if not entry.is_symlink():
        return entry.is_file(follow_symlinks=False)
    target = os.path.realpath(entry.path)
    return target.startswith(root + os.sep) and os.path.isfile(target)


def _ignore_file(folder: str) -> list[Any]:
    file = os.path.join(folder, ".gitignore")
    if not os.path.isfile(file):
        return []
    try:
        return [(folder, ignore_spec(File(file).read_bytes()))]
    except OSError as error:
        raise Unreadable("unreadable", file, str(error.strerror)) from None


def ignore_spec(raw: bytes) -> Any:
    """The patterns of a .gitignore."""
    from pathspec import GitIgnoreSpec  # only a folder with a .gitignore needs it

    return GitIgnoreSpec.from_lines(raw.decode("utf-8", "replace").splitlines())


def _ignored(place: str, is_folder: bool, ignores: list[Any]) -> bool:
    """Whether git would ignore it: the deepest .gitignore that says anything decides."""
    for folder, spec in reversed(ignores):
        name = os.path.relpath(place, folder).replace(os.sep, "/")
        said = spec.check_file(name + "/" if is_folder else name).include
        if said is not None:
            return bool(said)
    return False


def is_plan(raw: bytes) -> bool:
    """Whether bytes under a folder would be taken for a plan."""
    return _found("", raw, Limits()) is not None


def read(source: Source, limits: Limits) -> Plan | None:
    """The plan in a file; None for a found file that is none. Raises Unreadable."""
    return plan_in(source, read_bytes(source.name, limits), limits)


def plan_in(source: Source, raw: bytes, limits: Limits) -> Plan | None:
    """The plan in the bytes of a file; None for a found file that is none."""
    if source.outright:
        return Plan.read(shown_path(source.name), raw, limits)
    return _found(shown_path(source.name), raw, limits)


def _found(name: str, raw: bytes, limits: Limits) -> Plan | None:
    """The plan in a file that was found; None for a file that is none."""
    if b"smlint" not in raw and b"\\" not in raw and raw[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return None  # no spelling of the key is in it
    plan = Plan.read(name, raw, limits)
    if plan.fault is None or plan.fault.id == "unsupported-format":
        return plan
    return plan if plan.fault.id != "not-a-plan" and _mentions_key(raw) else None


def _mentions_key(raw: bytes) -> bool:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raw = raw.decode("utf-16", "replace").encode("utf-8", "replace")
    return _KEY.search(raw) is not None


def read_bytes(name: str, limits: Limits) -> bytes:
    """A regular file's bytes, at most one more than a plan may have. Raises Unreadable."""
    try:
        descriptor = os.open(name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise Unreadable("not-regular", name)
            return _content(descriptor, found.st_size, limits.max_bytes + 1)
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:
        raise Unreadable("unreadable", name, str(getattr(error, "strerror", None) or error)) from None


def _content(descriptor: int, size: int, most: int) -> bytes:
    """At most so many bytes of a file that had `size` of them a moment ago.

    Python sets aside whatever is asked for: asking for the most that a plan may have takes a tenth of judging it.
    """
    parts = [os.read(descriptor, min(size, most))]
    left = most - len(parts[0])
    while left and (more := os.read(descriptor, min(left, _MORE))):  # it has grown, or was read in part
        parts.append(more)
        left -= len(more)
    return parts[0] if len(parts) == 1 else b"".join(parts)
