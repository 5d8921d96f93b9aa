"""The pictures of the documentation, taken of the real thing: terminal, editor, review page.

`python -m tests.pictures` takes them anew; it needs Chromium, Neovim and tmux (`make browser editors`).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ansi2html import Ansi2HTMLConverter

TOP = Path(__file__).parent.parent
PICTURES = TOP / "docs/img"
PLAN = TOP / "docs/tutorial/start.yaml"
DAY = "--as-of=2027-01-15"
PATH = f"{Path(sys.executable).parent}:{os.environ['PATH']}"


def shot(page: Path, name: str, width: int, height: int, scale: float = 1.5) -> None:
    """A picture of a page in Chromium."""
    subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
         f"--force-device-scale-factor={scale}",
         f"--window-size={width},{height}", f"--screenshot={PICTURES / name}", page.as_uri()],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip


def terminal(text: str, name: str, folder: Path, columns: int = 100) -> None:
    """A picture of what a terminal shows."""
    body = Ansi2HTMLConverter(inline=True, scheme="dracula", dark_bg=True).convert(text, full=False)
    page = folder / f"{name}.html"
    page.write_text(
        "<!doctype html><meta charset=utf-8><style>body{margin:0;background:#1e1e2e}"
        "pre{margin:0;padding:16px 20px;font:15px/1.35 'DejaVu Sans Mono',monospace;color:#dcdce6}</style>"
        f"<pre>{body}</pre>",
        encoding="utf-8",
    )
    lines = text.rstrip("\n").count("\n") + 1
    shot(page, name, int(columns * 9.05) + 40, int(lines * 20.25) + 34)


def said(*words: str, lines: int | None = None, columns: int = 100) -> str:
    """What smlint prints, with the command above it."""
    run = subprocess.run(
        ["smlint", *words, DAY, "--color", "always"], cwd=PLAN.parent, capture_output=True, text=True,
        env={**os.environ, "PATH": PATH, "COLUMNS": str(columns)},
    )  # fmt: skip
    shown = run.stdout.splitlines()
    if lines is not None and len(shown) > lines:
        shown = [*shown[:lines], "\x1b[2m[…]\x1b[0m", "", *shown[-1:]]
    return "\n".join([f"\x1b[1m$ smlint {' '.join(words)}\x1b[0m", "", *shown]) + "\n"


def editor(folder: Path) -> str:
    """What Neovim shows of the plan, in a terminal of 110 columns."""
    dark = " | ".join(f"hi {group} guibg=#1e1e2e" for group in ("Normal", "SignColumn", "NonText"))
    (folder / "init.lua").write_text(
        f"""
vim.o.termguicolors, vim.o.signcolumn = true, "yes"
vim.cmd("colorscheme desert | {dark}")
vim.diagnostic.config({{ virtual_text = {{ prefix = "■", spacing = 1 }} }})
local server = {{ name = "smlint", cmd = {{ "smlint", "lsp", "{DAY}" }}, root_dir = "{PLAN.parent}" }}
local id = vim.lsp.start_client(server)
vim.api.nvim_create_autocmd("BufEnter", {{ callback = function() vim.lsp.buf_attach_client(0, id) end }})
""",
        encoding="utf-8",
    )
    tmux = ["tmux", "-L", "smlint-pictures"]
    window = [*tmux, "new-session", "-d", "-x", "118", "-y", "26"]
    subprocess.run(
        [*window, f"nvim --clean -u {folder / 'init.lua'} +95 {PLAN}"],
        check=True,
        env={**os.environ, "PATH": PATH, "TERM": "xterm-256color"},
    )
    try:
        time.sleep(5)
        subprocess.run([*tmux, "send-keys", "zt"], check=True)
        time.sleep(1)
        return subprocess.run([*tmux, "capture-pane", "-e", "-p"], check=True, capture_output=True, text=True).stdout
    finally:
        subprocess.run([*tmux, "kill-server"], check=False)


def take() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        terminal(said("start.yaml", lines=27), "terminal.png", folder)
        terminal(said("score", "start.yaml", lines=22), "score.png", folder)
        terminal(editor(folder), "editor.png", folder, columns=118)
        page = folder / "review.html"
        subprocess.run(
            ["smlint", "report", "customer-service-first-draft.yaml", "-o", page, DAY],
            cwd=TOP / "examples", capture_output=True, env={**os.environ, "PATH": PATH},
        )  # fmt: skip
        shot(page, "page.png", 1180, 1000, 1)


if __name__ == "__main__":
    take()
