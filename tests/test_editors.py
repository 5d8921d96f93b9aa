"""The language server in real editors without a screen: Neovim, Emacs with eglot, Vim with ALE (`make editors`)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pygls", reason="the extra lsp is not installed")

SCRIPTS = Path(__file__).parent / "editors"
PLAN = """\
smlint: 1
title: A plan 😀
language: en
goals:
  - {id: G1, statement: 😀 More}
  - id: G2
    statment: 😀 Fewer calls
"""


def seen(folder: Path, *words: str) -> dict[str, str]:
    """What an editor wrote down, by the first word of each line."""
    if shutil.which(words[0]) is None:
        pytest.skip(f"{words[0]} is not installed: make editors")
    (folder / "plan.yaml").write_text(PLAN, encoding="utf-8")
    server = f"{sys.executable} -m smlint lsp --as-of 2027-01-15"
    environment = {
        **os.environ, "SERVER": server, "PLAN": str(folder / "plan.yaml"), "SAW": str(folder / "saw"),
        "HOME": str(folder),
        "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TERM": "dumb",
    }  # fmt: skip
    run = subprocess.run(words, cwd=folder, env=environment, capture_output=True, timeout=120)
    said = (folder / "saw").read_text("utf-8") if (folder / "saw").exists() else ""
    assert said, run.stdout.decode(errors="replace") + run.stderr.decode(errors="replace")
    assert "timeout" not in said, said + run.stderr.decode(errors="replace")
    return dict(line.split(" ", 1) for line in said.splitlines())


def test_neovim(tmp_path: Path) -> None:
    saw = seen(tmp_path, "nvim", "--clean", "--headless", "-c", f"luafile {SCRIPTS / 'nvim.lua'}")
    assert saw["diagnostic"] == "6 4 unknown-key"
    assert saw["hover"].startswith("**title**")
    assert "statement" in saw["action"]
    assert saw["line"] == "    statement: 😀 Fewer calls"


def test_emacs_with_eglot(tmp_path: Path) -> None:
    saw = seen(tmp_path, "emacs", "--batch", "--eval", "(package-initialize)", "-l", str(SCRIPTS / "emacs.el"))
    assert saw["diagnostic"].startswith("7 ")
    assert "statement" in saw["action"]
    assert saw["line"] == "    statement: 😀 Fewer calls"


def test_vim_with_ale(tmp_path: Path) -> None:
    saw = seen(tmp_path, "vim", "-Nu", "NONE", "-n", "-es", "-S", str(SCRIPTS / "ale.vim"))
    assert saw["diagnostic"] == "7 5 unknown-key"
    assert saw["line"] == "    statement: 😀 Fewer calls"
