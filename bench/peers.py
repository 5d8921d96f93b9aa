"""Looks up the tools that smlint is compared with, and installs what is missing into bench/.peers."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEERS = HERE / ".peers"
PYTHON_PEERS = ("check-jsonschema", "yamllint")
PATIENCE = 300  # seconds for one installation; a network that hangs must not hang the measurement


@dataclass(frozen=True, slots=True)
class Peer:
    name: str
    program: Path
    version: str


def find_peers(install: bool, notes: list[str]) -> dict[str, Peer]:
    """The peers that can be run; one that cannot be had is a note, never an error."""
    if install:
        for missing, installed in ((missing_python(), install_python), (missing_spectral(), install_spectral)):
            if missing:
                try:
                    installed()
                except (OSError, subprocess.SubprocessError) as reason:
                    notes.append(f"{', '.join(missing)} could not be installed: {first_line(reason)}")
    found = {}
    for name in (*PYTHON_PEERS, "spectral"):
        program = locate(name)
        if program is None:
            notes.append(f"{name} is left out: not found.")
        else:
            found[name] = Peer(name, program, version_of(program))
    return found


def locate(name: str) -> Path | None:
    own = PEERS / ("node_modules/.bin" if name == "spectral" else "venv/bin") / name
    if own.exists():
        return own
    elsewhere = shutil.which(name)
    return Path(elsewhere) if elsewhere else None


def missing_python() -> list[str]:
    return [name for name in PYTHON_PEERS if locate(name) is None]


def missing_spectral() -> list[str]:
    return [] if locate("spectral") else ["spectral"]


def install_python() -> None:
    # An environment of their own: peers must not share, and so change, the libraries that smlint runs with.
    run(sys.executable, "-m", "venv", str(PEERS / "venv"))
    run(str(PEERS / "venv/bin/python"), "-m", "pip", "install", "--quiet", *PYTHON_PEERS)


def install_spectral() -> None:
    # Its own package.json makes npm stay in this folder; scripts of strangers are not needed to run it.
    run(
        "npm",
        "install",
        "--prefix",
        str(PEERS),
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "@stoplight/spectral-cli",
    )


def run(*argv: str) -> str:
    done = subprocess.run(argv, check=True, capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL)
    return done.stdout


def version_of(program: Path) -> str:
    try:
        words = run(str(program), "--version").split()
    except (OSError, subprocess.SubprocessError):
        return "version unknown"
    return words[-1] if words else "version unknown"


def first_line(reason: Exception) -> str:
    if isinstance(reason, subprocess.TimeoutExpired):
        return f"no answer in {PATIENCE} seconds"
    said = getattr(reason, "stderr", None) or str(reason)
    return str(said).strip().partition("\n")[0][:200]
