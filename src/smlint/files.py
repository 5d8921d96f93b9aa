"""Where configuration, rules and baselines are read from: the disk, or a git revision that looks like it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Protocol


class Entry(Protocol):
    """A file or folder, there or not; pathlib.Path is one, too. Reading raises OSError."""

    @property
    def name(self) -> str: ...

    def __truediv__(self, name: str, /) -> Entry: ...

    def is_file(self) -> bool: ...

    def is_dir(self) -> bool: ...

    def iterdir(self) -> Iterable[Entry]: ...

    def read_bytes(self) -> bytes: ...


class File(str):
    """A path on the disk as an Entry. As much of pathlib.Path as is needed, which takes longer to import than most
    plans take to judge."""

    __slots__ = ()

    @property
    def name(self) -> str:
        return os.path.basename(self)

    def __truediv__(self, name: str, /) -> File:
        return File(os.path.join(self, name))

    def is_file(self) -> bool:
        return os.path.isfile(self)

    def is_dir(self) -> bool:
        return os.path.isdir(self)

    def iterdir(self) -> Iterable[File]:
        return [self / name for name in os.listdir(self)]

    def read_bytes(self) -> bytes:
        with open(self, "rb") as file:
            return file.read()


class Files(Protocol):
    """A state of the file system."""

    def entry(self, path: str) -> Entry:
        """What stands at an absolute path."""
        ...


class Disk:
    """The file system as it is now."""

    def entry(self, path: str) -> Entry:
        return File(path)


def called(path: str) -> str:
    """What people call an absolute path: the way from the working directory, where that is shorter."""
    try:
        relative = os.path.relpath(path)
    except ValueError:  # on another drive
        relative = path
    return min(relative, path, key=len).replace(os.sep, "/")
