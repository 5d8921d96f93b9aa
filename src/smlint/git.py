"""A git revision as a state of the files. Only git itself reads the repository; nothing in it is run or fetched."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from functools import cached_property

from smlint.files import Entry, File
from smlint.record import Record
from smlint.words import shown

_LINKS = 8  # symbolic links followed one after the other
_REPOSITORY = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")  # a hook's; we ask by folder


class GitError(Exception):
    """Git is missing, does not know the revision, or cannot read it: one sentence, with what to do."""


class Commit(Record):
    """A commit that touched a file: `day` is the committer's, `path` what the file was called."""

    id: str
    day: str
    subject: str
    path: str


class _Object(Record):
    mode: str
    id: str


def _git(folder: str, *words: str) -> subprocess.CompletedProcess[bytes]:
    """Run git in a folder. Raises GitError where it cannot be started."""
    try:
        return subprocess.run(_command(folder, *words), capture_output=True, env=_environment(), check=False)
    except OSError as error:
        raise GitError(f"git cannot be run: {error.strerror}") from None


def _command(folder: str, *words: str) -> list[str]:
    return ["git", "-C", folder, "-c", "core.quotePath=false", "-c", "protocol.allow=never", *words]


def _environment() -> dict[str, str]:
    own = {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1"}
    return {name: value for name, value in os.environ.items() if name not in _REPOSITORY} | own


def _said(run: subprocess.CompletedProcess[bytes]) -> str:
    """Git's complaint, on one line."""
    lines = [line for line in run.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    return shown(lines[0].removeprefix("fatal: "), 200) if lines else f"git ended with {run.returncode}"


def top_of(folder: str) -> str:
    """The top folder of the repository that a folder belongs to. Raises GitError."""
    run = _git(folder, "rev-parse", "--show-toplevel")
    if run.returncode:
        raise GitError(f"{shown(folder)} is not in a git repository that can be read ({_said(run)})")
    return os.path.realpath(os.fsdecode(run.stdout.removesuffix(b"\n")))


class Revision:
    """One commit of a repository; `entry(path)` is what stood at an absolute path, or stands there outside of it."""

    def __init__(self, top: str, name: str) -> None:
        """`name` is what a user types: a branch, tag or commit; `NAME...` is where HEAD parted from it. GitError."""
        self.top = top
        self.name = name
        self.commit = _commit(top, name)
        self._reader: subprocess.Popen[bytes] | None = None

    def entry(self, path: str) -> Entry:
        inside = self.inside(path)
        return File(path) if inside is None else Committed(self, inside)

    def inside(self, path: str) -> str | None:
        """An absolute path relative to the top, with slashes; None outside the repository."""
        relative = os.path.relpath(path, self.top).replace(os.sep, "/")
        return None if relative == ".." or relative.startswith("../") else "" if relative == "." else relative

    @cached_property
    def objects(self) -> dict[str, _Object]:
        """All files by their path from the top."""
        run = _git(self.top, "ls-tree", "-r", "-z", "--full-tree", self.commit)
        if run.returncode:
            raise GitError(f"{self.name}: {_said(run)}")
        lines = (line.partition("\t") for line in os.fsdecode(run.stdout).split("\0") if line)
        return {path: _Object(facts.split()[0], facts.split()[2]) for facts, _, path in lines}

    @cached_property
    def folders(self) -> dict[str, list[str]]:
        """The names in every folder, by its path from the top; the top is ""."""
        found: dict[str, dict[str, None]] = {"": {}}
        for path in self.objects:
            while path:
                parent, _, name = path.rpartition("/")
                known = parent in found and name in found[parent]
                found.setdefault(parent, {})[name] = None
                if known:
                    break
                path = parent
        return {path: list(names) for path, names in found.items()}

    def find(self, path: str) -> str | None:
        """The file behind a path, symbolic links followed within the repository; None when there is none."""
        for _ in range(_LINKS):
            found = self.objects.get(path)
            if found is None or not found.mode.startswith("12"):
                return path if found is not None and found.mode.startswith("10") else None
            target = os.fsdecode(self._read(found))
            joined = self.inside(os.path.join(self.top, os.path.dirname(path), target))
            if joined is None:
                return None
            path = joined
        return None

    def read(self, path: str, most: int = -1) -> bytes | None:
        """The bytes of a file, at most `most` where that is not negative; None when there is none. Raises GitError."""
        found = self.find(path)
        return None if found is None else self._read(self.objects[found], most)

    def read_at(self, commit: str, path: str, most: int = -1) -> bytes | None:
        """The bytes of a file at another commit of the same repository; None when there is none."""
        run = _git(self.top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}:{path}")
        return None if run.returncode else self._read(_Object("100644", run.stdout.decode().strip()), most)

    def commits(self, path: str) -> list[Commit]:
        """The commits up to this revision that touched a file, under whatever name, the oldest first. GitError."""
        form = "--format=%x01%H%x00%cs%x00%s"
        words = ("log", "--follow", "--name-only", "-z", "--no-show-signature", form, self.commit, "--", path)
        run = _git(self.top, *words)
        if run.returncode:
            raise GitError(f"{self.name}: {_said(run)}")
        found = []
        for entry in os.fsdecode(run.stdout).split("\x01")[1:]:
            id, day, subject, *names = entry.split("\0")
            name = next((name.removeprefix("\n") for name in names if name.strip("\n")), path)
            found.append(Commit(id, day, subject, name))
        return found[::-1]

    def _read(self, object: _Object, most: int = -1) -> bytes:
        reader = self._started()
        assert reader.stdin
        assert reader.stdout
        try:
            reader.stdin.write(f"{object.id}\n".encode())
            reader.stdin.flush()
            facts = reader.stdout.readline().split()
            if len(facts) != 3:
                raise GitError(f"{self.name}: the object {object.id} is not in this clone; fetch it first")
            size = int(facts[2])
            content = reader.stdout.read(size if most < 0 else min(size, most))
            rest = size - len(content) + 1
            while rest:
                rest -= len(reader.stdout.read(min(rest, 1 << 20))) or rest
        except OSError as error:
            raise GitError(f"{self.name}: git stopped: {error.strerror}") from None
        return content

    def _started(self) -> subprocess.Popen[bytes]:
        """One git process answers all questions."""
        if self._reader is None:
            self._reader = subprocess.Popen(
                _command(self.top, "cat-file", "--batch"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
            )
        return self._reader

    def close(self) -> None:
        """Let git go."""
        if self._reader is not None:
            assert self._reader.stdin
            assert self._reader.stdout
            self._reader.stdin.close()
            self._reader.stdout.close()
            self._reader.wait()
            self._reader = None

    def __enter__(self) -> Revision:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _commit(top: str, name: str) -> str:
    if name.endswith("..."):
        run = _git(top, "merge-base", "--", name.removesuffix("..."), "HEAD")
        if run.returncode:
            _commit(top, name.removesuffix("..."))  # complains where the name itself is not known
            raise GitError(f"{shown(name)}: HEAD has no common ancestor with it in this clone{_shallow(top)}")
    else:
        run = _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if run.returncode:
        raise GitError(f"the revision {shown(name)!r} is not in this clone{_shallow(top)}")
    return run.stdout.decode().strip()


def _shallow(top: str) -> str:
    """What to do about a clone that holds only the latest commits."""
    run = _git(top, "rev-parse", "--is-shallow-repository")
    if run.stdout.strip() != b"true":
        return ""
    return ", which is shallow: fetch it first, as in `git fetch --depth=1 origin REV`, or clone with full history"


class Committed:
    """A file or folder of a revision; as much of pathlib.Path as reading needs."""

    def __init__(self, revision: Revision, path: str) -> None:
        self.revision = revision
        self.path = path

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    def __truediv__(self, name: str) -> Committed:
        return Committed(self.revision, f"{self.path}/{name}".lstrip("/"))

    def __str__(self) -> str:
        return f"{self.revision.name}:{self.path}"

    def is_file(self) -> bool:
        return self.revision.find(self.path) is not None

    def is_dir(self) -> bool:
        return self.path in self.revision.folders and self.path not in self.revision.objects

    def iterdir(self) -> Iterator[Committed]:
        return (self / name for name in self.revision.folders.get(self.path, ()))

    def read_bytes(self) -> bytes:
        content = self.revision.read(self.path)
        if content is None:
            raise FileNotFoundError(2, "No such file in this revision", str(self))
        return content


def is_revision_path(text: str) -> bool:
    """Whether a text is REV:path rather than a file."""
    return ":" in text and not os.path.exists(text)
