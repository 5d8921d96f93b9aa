"""Finds the plans that paths mean: files named outright, and under directories whatever holds the key `smlint`."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path as File
from typing import Any, NamedTuple

from smlint.plan import Limits, Plan
from smlint.words import Word, shown

SUFFIXES = (".yaml", ".yml", ".json")
_KEY = re.compile(rb'^(?:\xef\xbb\xbf)?smlint[ \t]*:|"smlint"[ \t\r\n]*:', re.MULTILINE)


class Unreadable(Exception):
    """A file or directory that could not be checked; the run must not pass. `problem` says why."""

    def __init__(self, problem: str, file: str, reason: str = "") -> None:
        self.problem = Word(f"problem.{problem}", {"file": shown(file), "reason": reason})


class Source(NamedTuple):
    """A file to look at. `outright`: it was named, so it is meant to be a plan. `settings`: which of the run's."""

    name: str
    outright: bool
    settings: int = 0


def sources(paths: tuple[str, ...], plans_only: bool) -> Iterator[Source]:
    """The files behind the paths, each once. With `plans_only`, named files are treated like found ones."""
    seen: set[str] = set()
    for path in paths:
        for source in _behind(path, plans_only):
            place = os.path.abspath(source.name)
            if place not in seen:
                seen.add(place)
                yield source


def _behind(path: str, plans_only: bool) -> Iterator[Source]:
    if not os.path.isdir(path):
        yield Source(path, not plans_only)
        return
    root = os.path.realpath(path)
    yield from (Source(_shown(name), False) for name in _under(path, root, _ignores_above(root)))


def _shown(name: str) -> str:
    """A path as we print it: with slashes, without a leading ./ ."""
    return name.replace(os.sep, "/").removeprefix("./")


def _under(folder: str, root: str, ignores: list[Any]) -> Iterator[str]:
    """The YAML and JSON files under a folder, in order; no hidden, ignored or foreign ones, and no linked folders."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise Unreadable("unreadable", folder, str(error.strerror)) from None
    ignores = [*ignores, *_ignore_file(folder)]
    for entry in entries:
        if entry.name.startswith(".") or (ignores and _ignored(entry, ignores)):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _under(os.path.join(folder, entry.name), root, ignores)
        elif entry.name.lower().endswith(SUFFIXES) and _belongs(entry, root):
            yield os.path.join(folder, entry.name)


def _belongs(entry: os.DirEntry[str], root: str) -> bool:
    """A regular file; a link only to one under the folder that is searched."""
    if not entry.is_symlink():
        return entry.is_file(follow_symlinks=False)
    target = os.path.realpath(entry.path)
    return target.startswith(root + os.sep) and os.path.isfile(target)


def _ignores_above(root: str) -> list[Any]:
    """The .gitignore files from the repository's root down to the folder above `root`; none outside a repository."""
    above = [root, *map(str, File(root).parents)]
    top = next((index for index, folder in enumerate(above) if os.path.exists(os.path.join(folder, ".git"))), None)
    if not top:
        return []
    return [ignore for folder in reversed(above[1 : top + 1]) for ignore in _ignore_file(folder)]


def _ignore_file(folder: str) -> list[Any]:
    file = os.path.join(folder, ".gitignore")
    if not os.path.isfile(file):
        return []
    from pathspec import GitIgnoreSpec  # only a folder with a .gitignore needs it

    try:
        lines = File(file).read_text("utf-8", "replace").splitlines()
    except OSError as error:
        raise Unreadable("unreadable", file, str(error.strerror)) from None
    return [(os.path.realpath(folder), GitIgnoreSpec.from_lines(lines))]


def _ignored(entry: os.DirEntry[str], ignores: list[Any]) -> bool:
    """Whether git would ignore it: the deepest .gitignore that says anything decides."""
    place = os.path.join(os.path.realpath(os.path.dirname(entry.path) or "."), entry.name)
    for folder, spec in reversed(ignores):
        name = os.path.relpath(place, folder).replace(os.sep, "/")
        said = spec.check_file(name + "/" if entry.is_dir(follow_symlinks=False) else name).include
        if said is not None:
            return bool(said)
    return False


def read(source: Source, limits: Limits) -> Plan | None:
    """The plan in a file; None for a found file that is none. Raises Unreadable."""
    raw = read_bytes(source.name, limits)
    if source.outright:
        return Plan.read(_shown(source.name), raw, limits)
    if b"smlint" not in raw and b"\\" not in raw and raw[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return None  # no spelling of the key is in it
    plan = Plan.read(_shown(source.name), raw, limits)
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
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise Unreadable("not-regular", name)
            return file.read(limits.max_bytes + 1)
    except (OSError, ValueError) as error:
        raise Unreadable("unreadable", name, str(getattr(error, "strerror", None) or error)) from None
