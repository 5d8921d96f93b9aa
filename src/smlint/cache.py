"""What earlier runs found: reports by all that decided them, so that an unchanged plan is not judged again.

One SQLite file in the user's cache folder, which only the user may write; SQLite sees to runs that write at once. Every
entry is sealed, so that a damaged one is not believed. Whatever is wrong with folder, file or entry, the plans are
judged as if there were no cache.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import cache

import yaml

from smlint import __version__
from smlint.bundled import HERE
from smlint.checks import VERBS, is_built_in
from smlint.events import PurePython, parse
from smlint.rulebook import MODEL, Rulebook

try:
    from _blake2 import blake2b  # hashlib has the same, and brings all of OpenSSL: 4 MB
except ImportError:
    from hashlib import blake2b

Entry = tuple[bytes, str | None, str]  # key, the day that it holds for (None: any), the stored report as JSON

_KEPT_DAYS = 30  # an entry that nobody asked for
_LARGEST = 200_000_000  # bytes of the file, beyond which it is begun anew
_PATIENCE = 2.0  # seconds to wait for another run that writes
_BROKEN = ("no such", "table", "malformed", "cannot", "near")  # an OperationalError that waiting does not mend
_TABLE = """
CREATE TABLE IF NOT EXISTS reports (key BLOB PRIMARY KEY, day TEXT, seal BLOB, used INTEGER, kept TEXT) WITHOUT ROWID
"""


class Cache:
    """The open cache of one run."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._today = int(time.time() // 86400)
        self._base: sqlite3.Connection | None = None
        try:
            self._base = sqlite3.connect(file, timeout=_PATIENCE, isolation_level=None)
            self._base.execute("PRAGMA trusted_schema = OFF")
            self._base.execute("PRAGMA synchronous = OFF")  # an entry that is lost is worked out again
            self._base.execute(_TABLE)
        except sqlite3.Error as error:
            self._give_up(error)

    def find(self, key: bytes, day: str) -> str | None:
        """The stored report of a key on a day; None where there is none to be believed."""
        if self._base is None:
            return None
        try:
            row = self._base.execute("SELECT day, seal, kept FROM reports WHERE key = ?", (key,)).fetchone()
        except (sqlite3.Error, UnicodeDecodeError) as error:
            self._give_up(error)
            return None
        if row is None or row[0] not in (None, day) or not isinstance(row[2], str):
            return None
        return row[2] if row[1] == _seal(key, row[0], row[2]) else None

    def keep(self, entries: Iterable[Entry], asked: Iterable[bytes] = ()) -> None:
        """Remember new entries, and that old ones were `asked` for; forget what nobody asks for any more."""
        if self._base is None:
            return
        rows = [(key, day, _seal(key, day, kept), self._today, kept) for key, day, kept in entries]
        again = [(self._today, key, self._today) for key in asked]
        try:
            if not rows and not self._is_due():
                return
            self._base.execute("BEGIN IMMEDIATE")
            self._base.executemany("INSERT OR REPLACE INTO reports VALUES (?, ?, ?, ?, ?)", rows)
            self._base.executemany("UPDATE reports SET used = ? WHERE key = ? AND used < ?", again)
            self._base.execute("DELETE FROM reports WHERE used < ?", (self._today - _KEPT_DAYS,))
            self._base.execute("COMMIT")
            if os.path.getsize(self.file) > _LARGEST:
                self._give_up(None)
        except (sqlite3.Error, OSError) as error:
            self._give_up(error)

    def _is_due(self) -> bool:
        """Whether it is time to note what is still asked for: some entry was last used before yesterday."""
        assert self._base is not None
        found = self._base.execute("SELECT 1 FROM reports WHERE used < ? LIMIT 1", (self._today - 1,))
        return found.fetchone() is not None

    def _give_up(self, why: Exception | None) -> None:
        """Do without the file for the rest of this run, and begin another unless it is just not to be had for now."""
        self.close()
        is_passing = isinstance(why, sqlite3.OperationalError) and not str(why).startswith(_BROKEN)
        if not is_passing:
            with suppress(OSError):
                os.unlink(self.file)

    def close(self) -> None:
        if self._base is not None:
            with suppress(sqlite3.Error):
                self._base.close()
            self._base = None


def _seal(key: bytes, day: str | None, kept: str) -> bytes:
    sealed = b"\0".join((key, (day or "").encode(), kept.encode("utf-8", "surrogatepass")))
    return blake2b(sealed, digest_size=12).digest()


def opened() -> Cache | None:
    """The cache in the user's folder; None where that folder cannot be had, or others may write to it.

    SMLINT_CACHE_DIR names another folder.
    """
    from platformdirs import user_cache_dir

    folder = os.environ.get("SMLINT_CACHE_DIR") or user_cache_dir("smlint", appauthor=False)
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        file = os.path.join(folder, "reports.sqlite3")
        if not _is_ours(folder, stat.S_ISDIR) or (os.path.lexists(file) and not _is_ours(file, stat.S_ISREG)):
            return None
    except (OSError, ValueError):
        return None
    return Cache(file)


def _is_ours(path: str, is_kind: object) -> bool:
    """Whether a folder or file is of the right kind, belongs to this user, and no one else may write to it."""
    found = os.lstat(path)
    if not is_kind(found.st_mode):  # type: ignore[operator]
        return False
    return os.name == "nt" or (found.st_uid == os.geteuid() and not found.st_mode & 0o022)


def can_remember() -> bool:
    """Whether reports can be kept at all: verbs of plugins may change without anything here noticing."""
    return all(map(is_built_in, VERBS))


def key_of_rules(book: Rulebook) -> bytes:
    """What, beside a plan's bytes, decides its report: the rules with all their texts and weights, this code, and the
    libraries that read plans."""
    rules = [rule._replace(file="", lines={}) for rule in book.rules.values()]
    facts = (
        _program(),
        MODEL,
        rules,
        list(book.dimensions.values()),
        sorted(book.severities.items()),
        sorted(book.known),
    )
    return blake2b(repr(facts).encode("utf-8", "surrogatepass"), digest_size=16).digest()


@cache
def _program() -> tuple[object, ...]:
    """This code and what reads plans with it. The modules' times tell a checkout's versions apart."""
    modules = []
    for folder, _, files in os.walk(HERE):
        for file in files:
            if file.endswith((".py", ".yaml")):
                found = os.stat(os.path.join(folder, file))
                modules.append((file, found.st_mtime_ns, found.st_size))
    return __version__, yaml.__version__, parse is PurePython, sys.version_info[:3], sorted(modules)


def key_of_plan(rules: bytes, raw: bytes, outright: bool) -> bytes:
    """The key of a file: what judges it, its bytes, and whether it was named outright."""
    return blake2b(raw, digest_size=20, key=rules, person=b"named" if outright else b"found").digest()
