"""A real git repository with plans, for tests of the gate."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from tests.test_cli import DAY, TOP, Said, smlint

GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
}
LEAST = (TOP / "examples" / "least.yaml").read_text("utf-8")


class Repository:
    """A repository in a folder; `main` is its first branch."""

    def __init__(self, folder: Path, **files: str) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *words: str, cwd: Path | None = None) -> str:
        """Run git, which must succeed."""
        run = subprocess.run(
            ["git", *words], cwd=cwd or self.folder, env={**os.environ, **GIT}, capture_output=True, check=True
        )
        return run.stdout.decode().strip()

    def write(self, name: str, text: str) -> Path:
        """Write a file of the work tree."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        return file

    def edit(self, name: str, old: str, new: str) -> None:
        """Change a file's text, in which `old` must stand."""
        text = (self.folder / name).read_text("utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def commit(self, **files: str) -> str:
        """Commit all that is in the work tree."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "change")
        return self.git("rev-parse", "HEAD")

    def smlint(self, *words: str, cwd: str = ".", **environment: str) -> Said:
        """Run smlint in the repository on the day of the tests."""
        return smlint(*words, *DAY, cwd=self.folder / cwd, **{**GIT, **environment})

    def gate(self, *words: str, cwd: str = ".", **environment: str) -> Gated:
        """`smlint check --since main` with what it says as JSON."""
        return Gated(self.smlint("check", "--since", "main", "--format", "json", *words, cwd=cwd, **environment))


class Gated:
    """What the gate says of a change."""

    def __init__(self, said: Said) -> None:
        self.code = said.code
        self.err = said.err
        self.report: dict[str, Any] = json.loads(said.out) if said.out else {}

    @property
    def files(self) -> list[dict[str, Any]]:
        return list(self.report["files"])

    def ids(self, new: bool = True) -> list[str]:
        """The findings that are new, or those that are known."""
        return [finding["id"] for file in self.files for finding in file["findings"] if finding["new"] is new]

    @property
    def fixed(self) -> list[str]:
        return [finding["id"] for file in self.files for finding in file["change"]["fixed"]]

    @property
    def why(self) -> list[str]:
        return list(self.report["summary"]["why"])

    @property
    def notes(self) -> list[str]:
        return list(self.report["summary"]["notes"])
